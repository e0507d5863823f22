#include "training/measures.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace centralita::training {
namespace {

constexpr int kBins = 15;

double LogLikelihood(const Judged& judged, double temperature) {
  const double best = *std::max_element(judged.margins.begin(), judged.margins.end());
  double sum = 0;
  for (const double margin : judged.margins) sum += std::exp((margin - best) / temperature);
  return (judged.margins[judged.truth] - best) / temperature - std::log(sum);
}

}  // namespace

size_t BestOf(const Judged& judged) {
  return static_cast<size_t>(std::max_element(judged.margins.begin(), judged.margins.end()) -
                             judged.margins.begin());
}

std::vector<LabelMeasures> MeasuresOf(std::span<const Judged> judged, size_t labels) {
  std::vector<LabelMeasures> measures(labels);
  std::vector<size_t> said(labels, 0);
  std::vector<size_t> right(labels, 0);
  for (const Judged& text : judged) {
    const size_t best = BestOf(text);
    ++measures[text.truth].texts;
    ++said[best];
    if (best == text.truth) ++right[best];
  }
  for (size_t i = 0; i < labels; ++i) {
    const auto hits = static_cast<double>(right[i]);
    LabelMeasures& of = measures[i];
    of.precision = said[i] == 0 ? 0 : hits / static_cast<double>(said[i]);
    of.recall = of.texts == 0 ? 0 : hits / static_cast<double>(of.texts);
    const double sum = of.precision + of.recall;
    of.f1 = sum == 0 ? 0 : 2 * of.precision * of.recall / sum;
  }
  return measures;
}

double MacroF1(std::span<const LabelMeasures> measures) {
  double sum = 0;
  size_t count = 0;
  for (const LabelMeasures& of : measures) {
    if (of.texts == 0) continue;
    sum += of.f1;
    ++count;
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

double AccuracyOf(std::span<const Judged> judged) {
  const auto right = std::count_if(judged.begin(), judged.end(),
                                   [](const Judged& text) { return BestOf(text) == text.truth; });
  return judged.empty() ? 0 : static_cast<double>(right) / static_cast<double>(judged.size());
}

double ConfidenceOf(const Judged& judged, double temperature) {
  const double best = judged.margins[BestOf(judged)];
  double sum = 0;
  for (const double margin : judged.margins) sum += std::exp((margin - best) / temperature);
  return 1 / sum;
}

double FitTemperature(std::span<const Judged> judged) {
  const auto loss = [&](double log_temperature) {
    double sum = 0;
    for (const Judged& text : judged) sum -= LogLikelihood(text, std::exp(log_temperature));
    return sum;
  };
  // Golden-section search: the loss has one valley.
  const double ratio = (std::sqrt(5.0) - 1) / 2;
  double low = std::log(0.02);
  double high = std::log(20.0);
  double left = high - ratio * (high - low);
  double right = low + ratio * (high - low);
  double loss_left = loss(left);
  double loss_right = loss(right);
  for (int i = 0; i < 30; ++i) {
    if (loss_left <= loss_right) {
      high = right;
      right = left;
      loss_right = loss_left;
      left = high - ratio * (high - low);
      loss_left = loss(left);
    } else {
      low = left;
      left = right;
      loss_left = loss_right;
      right = low + ratio * (high - low);
      loss_right = loss(right);
    }
  }
  return std::round(std::exp((low + high) / 2) * 1000) / 1000;
}

double CalibrationError(std::span<const Judged> judged, double temperature) {
  std::array<double, kBins> confidence{};
  std::array<double, kBins> right{};
  for (const Judged& text : judged) {
    const double says = ConfidenceOf(text, temperature);
    const auto bin = static_cast<size_t>(std::min(kBins - 1, static_cast<int>(says * kBins)));
    confidence[bin] += says;
    right[bin] += BestOf(text) == text.truth ? 1 : 0;
  }
  double error = 0;
  for (size_t bin = 0; bin < kBins; ++bin) error += std::abs(confidence[bin] - right[bin]);
  return judged.empty() ? 0 : error / static_cast<double>(judged.size());
}

int32_t ThresholdOf(std::span<const Judged> judged, double temperature, double wrong_cost) {
  // What each thousandth gains if it is answered.
  std::array<double, 1001> gains{};
  for (const Judged& text : judged) {
    const auto says = static_cast<size_t>(ConfidenceOf(text, temperature) * 1000);
    gains[std::min<size_t>(says, 1000)] += BestOf(text) == text.truth ? 1 : -wrong_cost;
  }
  double sum = 0;
  double greatest = 0;
  int32_t threshold = 1000;
  for (int32_t at = 1000; at >= 0; --at) {
    sum += gains[static_cast<size_t>(at)];
    if (sum >= greatest) {
      greatest = sum;
      threshold = at;
    }
  }
  return threshold;
}

}  // namespace centralita::training
