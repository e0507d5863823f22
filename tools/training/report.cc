// What `centralita train` prints.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "training/training.h"

namespace centralita::training {
namespace {

constexpr size_t kShownConfusions = 12;

class Report {
 public:
  template <typename... Args>
  void Line(fmt::format_string<Args...> format, Args&&... args) {
    text_ += fmt::format(format, std::forward<Args>(args)...) + "\n";
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

void AddRows(std::span<const Row> rows, const model::Content& content, Report& report) {
  std::map<std::string_view, size_t> groups;
  for (const Row& row : rows) ++groups[row.group];
  report.Line("{} rows of {} groups, {} intents", rows.size(), groups.size(),
              content.labels.size());
}

void AddLabels(std::span<const Judged> judged, const std::vector<std::string>& labels,
               Report& report) {
  const std::vector<LabelMeasures> measures = MeasuresOf(judged, labels.size());
  report.Line("held out: {} texts, accuracy {:.3f}, macro-F1 {:.3f}\n", judged.size(),
              AccuracyOf(judged), MacroF1(measures));
  report.Line("{:<22}{:>7}{:>11}{:>8}{:>7}", "intent", "texts", "precision", "recall", "F1");
  for (size_t i = 0; i < labels.size(); ++i) {
    const LabelMeasures& of = measures[i];
    report.Line("{:<22}{:>7}{:>11.3f}{:>8.3f}{:>7.3f}", labels[i], of.texts, of.precision,
                of.recall, of.f1);
  }
}

void AddLanguages(std::span<const Judged> judged, size_t labels, Report& report) {
  std::map<std::string, std::vector<Judged>> by_language;
  for (const Judged& text : judged) by_language[text.language].push_back(text);
  report.Line("\n{:<22}{:>7}{:>11}{:>10}", "language", "texts", "accuracy", "macro-F1");
  for (const auto& [language, texts] : by_language) {
    report.Line("{:<22}{:>7}{:>11.3f}{:>10.3f}", language.empty() ? "(not said)" : language,
                texts.size(), AccuracyOf(texts), MacroF1(MeasuresOf(texts, labels)));
  }
}

void AddConfusion(std::span<const Judged> judged, const std::vector<std::string>& labels,
                  Report& report) {
  std::vector<size_t> counts(labels.size() * labels.size(), 0);
  for (const Judged& text : judged) ++counts[text.truth * labels.size() + BestOf(text)];
  report.Line("\nConfusion: a row is what a text is, a column what the model says.");
  std::string head(24, ' ');
  for (size_t i = 0; i < labels.size(); ++i) head += fmt::format("{:>6}", i + 1);
  report.Line("{}", head);
  for (size_t truth = 0; truth < labels.size(); ++truth) {
    std::string line = fmt::format("{:>2} {:<21}", truth + 1, labels[truth]);
    for (size_t said = 0; said < labels.size(); ++said) {
      line += fmt::format("{:>6}", counts[truth * labels.size() + said]);
    }
    report.Line("{}", line);
  }
  std::vector<size_t> pairs;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (i / labels.size() != i % labels.size() && counts[i] > 0) pairs.push_back(i);
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [&](size_t a, size_t b) { return counts[a] > counts[b]; });
  pairs.resize(std::min(pairs.size(), kShownConfusions));
  report.Line("\nMost often taken for another:");
  for (const size_t pair : pairs) {
    report.Line("{:>6}  {} -> {}", counts[pair], labels[pair / labels.size()],
                labels[pair % labels.size()]);
  }
}

void AddCalibration(std::span<const Judged> judged, const model::Content& content,
                    double wrong_cost, Report& report) {
  report.Line(
      "\nCalibration: temperature {:.3f}, expected calibration error {:.3f} (before: {:.3f})",
      content.temperature, CalibrationError(judged, content.temperature),
      CalibrationError(judged, 1));
  std::vector<Judged> answered;
  for (const Judged& text : judged) {
    if (ConfidenceOf(text, content.temperature) * 1000 >= content.threshold_permille) {
      answered.push_back(text);
    }
  }
  report.Line(
      "Abstains below {} thousandths{}: answers {:.3f} of the texts, {:.3f} of those right",
      content.threshold_permille,
      wrong_cost > 0 ? fmt::format(" (a wrong answer costs {:.2f} right ones)", wrong_cost) : "",
      static_cast<double>(answered.size()) / static_cast<double>(judged.size()),
      AccuracyOf(answered));
  std::vector<Judged> surest(judged.begin(), judged.end());
  std::stable_sort(surest.begin(), surest.end(), [&](const Judged& a, const Judged& b) {
    return ConfidenceOf(a, content.temperature) > ConfidenceOf(b, content.temperature);
  });
  surest.resize(std::max<size_t>(1, surest.size() / 2));
  report.Line("Of the surer half {:.3f} are right", AccuracyOf(surest));
}

}  // namespace

std::string ReportOf(std::span<const Row> rows, std::span<const Judged> judged,
                     const model::Content& content, double wrong_cost) {
  Report report;
  AddRows(rows, content, report);
  if (judged.empty()) {
    report.Line("Nothing was held out: not measured, not calibrated, never unsure.");
    return report.Take();
  }
  AddLabels(judged, content.labels, report);
  AddLanguages(judged, content.labels.size(), report);
  AddConfusion(judged, content.labels, report);
  AddCalibration(judged, content, wrong_cost, report);
  return report.Take();
}

}  // namespace centralita::training
