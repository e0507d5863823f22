#include "training/measures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace centralita::training {
namespace {

Judged Text(size_t truth, std::vector<double> margins) { return {truth, "es", std::move(margins)}; }

TEST(MeasuresTest, PrecisionRecallAndF1PerLabel) {
  const std::vector<Judged> judged = {Text(0, {1, 0, 0}), Text(0, {1, 0, 0}), Text(0, {0, 1, 0}),
                                      Text(1, {0, 1, 0})};
  const auto measures = MeasuresOf(judged, 3);
  EXPECT_EQ(measures[0].texts, 3u);
  EXPECT_DOUBLE_EQ(measures[0].precision, 1);
  EXPECT_DOUBLE_EQ(measures[0].recall, 2.0 / 3);
  EXPECT_DOUBLE_EQ(measures[1].precision, 0.5);
  EXPECT_DOUBLE_EQ(measures[1].recall, 1);
  EXPECT_EQ(measures[2].texts, 0u);
  // The label without texts does not count.
  EXPECT_DOUBLE_EQ(MacroF1(measures), (0.8 + 2.0 / 3) / 2);
  EXPECT_DOUBLE_EQ(AccuracyOf(judged), 0.75);
}

// Texts whose label is drawn with the probabilities that their margins say at `temperature`.
std::vector<Judged> Drawn(double temperature, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Judged> judged;
  for (int i = 0; i < 20'000; ++i) {
    const double margin = (random() % 4000) / 1000.0 - 2;
    const double first = 1 / (1 + std::exp(-margin / temperature));
    judged.push_back(Text((random() % 100'000) / 100'000.0 < first ? 0 : 1, {margin, 0}));
  }
  return judged;
}

TEST(MeasuresTest, TheTemperatureThatDrewTheLabelsIsFound) {
  for (const double temperature : {0.3, 1.0, 3.0}) {
    const auto judged = Drawn(temperature, 7);
    EXPECT_NEAR(FitTemperature(judged) / temperature, 1, 0.1);
    EXPECT_LT(CalibrationError(judged, temperature), 0.02);
  }
  EXPECT_GT(CalibrationError(Drawn(1, 7), 0.1), 0.1);
}

TEST(MeasuresTest, TheThresholdLeavesOutWhatIsMoreOftenWrongThanRight) {
  const auto judged = Drawn(1, 3);
  // Two labels: the surer one is right in at least half of all cases.
  EXPECT_LE(ThresholdOf(judged, 1, 1), 540);
  // A wrong answer is as bad as three right ones are good: three quarters must be right.
  EXPECT_NEAR(ThresholdOf(judged, 1, 3), 750, 40);
}

TEST(MeasuresTest, NothingJudgedIsNoDivisionByZero) {
  EXPECT_EQ(AccuracyOf({}), 0);
  EXPECT_EQ(MacroF1(MeasuresOf({}, 2)), 0);
  EXPECT_EQ(CalibrationError({}, 1), 0);
}

}  // namespace
}  // namespace centralita::training
