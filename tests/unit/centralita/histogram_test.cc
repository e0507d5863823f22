#include "load/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace centralita::load {
namespace {

using std::chrono::microseconds;

TEST(HistogramTest, NothingAddedIsZero) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.QuantileMs(0.5), 0);
  EXPECT_EQ(histogram.MaxMs(), 0);
}

TEST(HistogramTest, QuantilesAreNeverTooLowAndWithinThreePercentOverMagnitudes) {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> latency(8, 3);
  Histogram histogram;
  std::vector<int64_t> exact;
  for (int i = 0; i < 20'000; ++i) {
    exact.push_back(std::min<int64_t>(1 + std::llround(latency(random)), 3'600'000'000));
    histogram.Add(microseconds(exact.back()));
  }
  std::ranges::sort(exact);
  for (const double q : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto rank = static_cast<size_t>(std::ceil(q * static_cast<double>(exact.size())));
    const double truth = static_cast<double>(exact[rank - 1]) / 1000.0;
    EXPECT_GE(histogram.QuantileMs(q), truth) << q;
    EXPECT_LE(histogram.QuantileMs(q), truth * 1.032) << q;
  }
  EXPECT_EQ(histogram.MaxMs(), static_cast<double>(exact.back()) / 1000.0);
  EXPECT_EQ(histogram.QuantileMs(1.0), histogram.MaxMs());
}

TEST(HistogramTest, SmallValuesAreExactAndNegativeOnesAreZero) {
  Histogram histogram;
  histogram.Add(microseconds(-5));
  EXPECT_EQ(histogram.QuantileMs(1.0), 0);
  for (int us = 1; us < 32; ++us) {
    Histogram one;
    one.Add(microseconds(us));
    EXPECT_EQ(one.QuantileMs(0.5), us / 1000.0);
  }
}

TEST(HistogramTest, TheLongestTimeHasABucket) {
  Histogram histogram;
  histogram.Add(std::chrono::nanoseconds::max());
  EXPECT_EQ(histogram.count(), 1u);
  EXPECT_EQ(histogram.QuantileMs(0.5), histogram.MaxMs());
}

TEST(HistogramTest, TwoThatAreMergedAreAsOne) {
  Histogram both;
  Histogram left;
  Histogram right;
  for (int us = 1; us < 5000; us += 7) {
    (us % 2 == 0 ? left : right).Add(microseconds(us));
    both.Add(microseconds(us));
  }
  left.Merge(right);
  EXPECT_EQ(left.count(), both.count());
  for (const double q : {0.1, 0.5, 0.99, 1.0}) EXPECT_EQ(left.QuantileMs(q), both.QuantileMs(q));
}

}  // namespace
}  // namespace centralita::load
