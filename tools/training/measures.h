// How good predictions are: pure arithmetic over held-out texts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace centralita::training {

// A text that the model which judged it was not trained on.
struct Judged {
  // Index of its label.
  size_t truth = 0;
  std::string language;
  // One per label.
  std::vector<double> margins;
};

struct LabelMeasures {
  size_t texts = 0;
  double precision = 0;
  double recall = 0;
  double f1 = 0;
};

// Label with the greatest margin; the first of equals.
size_t BestOf(const Judged& judged);

// Per label, and as their last element nothing: a label without texts has zeros.
std::vector<LabelMeasures> MeasuresOf(std::span<const Judged> judged, size_t labels);
// Mean F1 of the labels that have texts.
double MacroF1(std::span<const LabelMeasures> measures);
double AccuracyOf(std::span<const Judged> judged);

// Probability of the best label at `temperature`.
double ConfidenceOf(const Judged& judged, double temperature);
// The temperature of the least mean negative log-likelihood (Guo et al. 2017, On Calibration of
// Modern Neural Networks), to three digits, in 0.02 to 20.
double FitTemperature(std::span<const Judged> judged);
// Expected calibration error in 15 bins of equal width (the same paper).
double CalibrationError(std::span<const Judged> judged, double temperature);

// The probability in thousandths below which saying nothing is better, if a wrong answer costs as
// much as `wrong_cost` right ones are worth. The lowest of equals.
int32_t ThresholdOf(std::span<const Judged> judged, double temperature, double wrong_cost);

}  // namespace centralita::training
