#include "queue_pace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <vector>

namespace centralita::sla_timer {
namespace {

constexpr int64_t kStart = 1'800'000'000'000;
constexpr int64_t kMinute = 60'000;

// Takes `count` of a queue that always has somebody, one each `every`.
int64_t TakeEach(QueuePace& pace, int64_t now, int64_t every, int count) {
  for (int i = 0; i < count; ++i) {
    pace.Join(now);
    now += every;
    pace.Take(now - every, now - every, now);
  }
  return now;
}

TEST(FadingMeanTest, SaysNothingOfFewAndForgetsTheOld) {
  FadingMean mean;
  for (int i = 0; i < 7; ++i) mean.Observe(1000);
  EXPECT_EQ(mean.Milliseconds(), std::nullopt);
  mean.Observe(1000);
  EXPECT_EQ(mean.Milliseconds(), 1000);
  for (int i = 0; i < 200; ++i) mean.Observe(5000);
  EXPECT_NEAR(static_cast<double>(*mean.Milliseconds()), 5000, 5);
}

TEST(FadingMeanTest, TheFirstOnesWeighTheSame) {
  FadingMean mean;
  for (int i = 1; i <= 8; ++i) mean.Observe(i * 1000);
  EXPECT_EQ(mean.Milliseconds(), 4500);
}

TEST(QueuePaceTest, TheWaitIsTheNumberAheadTimesThePace) {
  QueuePace pace;
  const int64_t now = TakeEach(pace, kStart, 30'000, 20);
  for (int i = 0; i < 5; ++i) pace.Join(kStart + i * kMinute);
  EXPECT_EQ(pace.ExpectedWait(kStart, now, now), 30'000);
  EXPECT_EQ(pace.ExpectedWait(kStart + 4 * kMinute, now, now), 5 * 30'000);
  pace.Leave(kStart);
  EXPECT_EQ(pace.ExpectedWait(kStart + 4 * kMinute, now, now), 4 * 30'000) << "one ahead has gone";
}

TEST(QueuePaceTest, FewObservationsSayNothing) {
  QueuePace pace;
  const int64_t now = TakeEach(pace, kStart, 30'000, 7);
  pace.Join(now);
  EXPECT_EQ(pace.ExpectedWait(now, now, now), std::nullopt);
}

TEST(QueuePaceTest, TimeInWhichNobodyWaitsMakesNoQueueSlow) {
  QueuePace pace;
  int64_t now = kStart;
  for (int i = 0; i < 20; ++i) now = TakeEach(pace, now, 2000, 1) + 30 * kMinute;
  pace.Join(now);
  EXPECT_EQ(pace.ExpectedWait(now, now, now), 2000);
}

TEST(QueuePaceTest, WhoeverWaitsForASkillThatNobodyHasMakesNoQueueSlow) {
  QueuePace pace;
  pace.Join(kStart - kMinute);
  int64_t now = kStart;
  for (int i = 0; i < 20; ++i) now = TakeEach(pace, now, 2000, 1) + 30 * kMinute;
  pace.Join(now);
  EXPECT_EQ(pace.ExpectedWait(now, now, now), 2 * 2000) << "one ahead";
}

TEST(QueuePaceTest, AQueueThatStandsStillLooksSlowerAndAfterAnHourSaysNothing) {
  QueuePace pace;
  const int64_t now = TakeEach(pace, kStart, kMinute, 20);
  pace.Join(now);
  EXPECT_EQ(pace.ExpectedWait(now, now, now), kMinute);
  EXPECT_EQ(pace.ExpectedWait(now, now, now + 33 * kMinute), 3 * kMinute);
  EXPECT_EQ(pace.ExpectedWait(now, now, now + 61 * kMinute), std::nullopt);
}

TEST(QueuePaceTest, ANightIsNoWait) {
  QueuePace pace;
  const int64_t evening = TakeEach(pace, kStart, kMinute, 20);
  for (int i = 0; i < 3; ++i) pace.Join(evening);
  const int64_t morning = evening + 14 * 60 * kMinute;
  EXPECT_EQ(pace.ExpectedWait(evening, evening, morning), std::nullopt);
  pace.Take(evening, evening, morning);
  EXPECT_EQ(pace.ExpectedWait(morning, morning, morning), 3 * kMinute)
      << "two ahead, at the pace of the evening";
}

TEST(QueuePaceTest, AClockThatIsBehindMakesNoWaitNegative) {
  QueuePace pace;
  const int64_t now = TakeEach(pace, kStart, kMinute, 20);
  pace.Join(now);
  pace.Take(now, now, now - 10 * kMinute);
  EXPECT_GT(*pace.ExpectedWait(now, now, now - 10 * kMinute), 0);
  EXPECT_EQ(pace.taken_at(), now);
}

// First come, first served by `agents` who take random times: what was expected of those who
// waited, in the middle and on the whole, is what they waited.
TEST(QueuePaceTest, ExpectedWaitsOfARandomQueueAreRightInTheMiddle) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    const auto draw = [&](double mean) {
      return 1 + static_cast<int64_t>(std::exponential_distribution<double>(1 / mean)(random));
    };
    const int agents = 1 + static_cast<int>(random() % 20);
    const double service = 60'000;
    const double arrival = service / agents / 1.1;
    struct Waiting {
      int64_t order;
      std::optional<int64_t> expected;
    };
    QueuePace pace;
    std::deque<Waiting> line;
    std::vector<int64_t> free_at(static_cast<size_t>(agents), kStart);
    std::vector<double> ratios;
    int64_t next = kStart;
    for (int served = 0; served < 5000;) {
      const auto first = std::min_element(free_at.begin(), free_at.end());
      const int64_t taken = line.empty() ? INT64_MAX : std::max(*first, line.front().order);
      if (next <= taken) {
        pace.Join(next);
        line.push_back({next, pace.ExpectedWait(next, next, next)});
        next += draw(arrival);
        continue;
      }
      pace.Take(line.front().order, line.front().order, taken);
      const int64_t waited = taken - line.front().order;
      if (served++ > 500 && line.front().expected.has_value() && waited > 2 * kMinute) {
        ratios.push_back(static_cast<double>(*line.front().expected) / static_cast<double>(waited));
      }
      line.pop_front();
      *first = taken + draw(service);
    }
    ASSERT_GT(ratios.size(), 1000u) << seed;
    std::sort(ratios.begin(), ratios.end());
    EXPECT_GT(ratios[ratios.size() / 2], 0.8) << seed;
    EXPECT_LT(ratios[ratios.size() / 2], 1.25) << seed;
    EXPECT_GT(ratios[ratios.size() / 10], 0.5) << seed;
    EXPECT_LT(ratios[ratios.size() * 9 / 10], 2) << seed;
  }
}

// A partition of `events` sees every n-th conversation of a queue.
TEST(QueuePaceTest, WhoSeesASixthOfAQueueExpectsTheSame) {
  QueuePace whole;
  QueuePace sixth;
  int64_t now = kStart;
  for (int i = 0; i < 600; ++i) {
    const int64_t order = now + i * kMinute;
    whole.Join(order);
    if (i % 6 == 0) sixth.Join(order);
  }
  for (int i = 0; i < 300; ++i) {
    const int64_t order = kStart + i * kMinute;
    now += 10'000;
    whole.Take(order, kStart, now);
    if (i % 6 == 0) sixth.Take(order, kStart, now);
  }
  const int64_t last = kStart + 594 * kMinute;
  const auto expected = static_cast<double>(*whole.ExpectedWait(last, kStart, now));
  EXPECT_NEAR(static_cast<double>(*sixth.ExpectedWait(last, kStart, now)), expected,
              expected * 0.05);
}

}  // namespace
}  // namespace centralita::sla_timer
