#include "centralita/timer/wheel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace centralita::timer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kStart = 1'800'000'000'123;
constexpr int64_t kHour = 3'600'000;
constexpr int64_t kDay = 24 * kHour;

struct Node {
  int64_t due = 0;
  uint32_t next = kNone;
  uint32_t prev = kNone;
  uint16_t list = WheelSlots::kNoList;
};

class WheelTest : public testing::Test {
 protected:
  WheelTest() { wheel_.StartAt(kStart); }

  uint32_t Set(int64_t due) {
    const uint32_t node = slab_.Take();
    slab_[node].due = due;
    wheel_.Set(node);
    return node;
  }
  // Due times, after the start, of all that is due.
  std::vector<int64_t> Take(int64_t after_start) {
    std::vector<int64_t> due;
    for (;;) {
      const uint32_t node = wheel_.TakeDue(kStart + after_start);
      if (node == kNone) return due;
      due.push_back(slab_[node].due - kStart);
      slab_.Give(node);
    }
  }

  Slab<Node> slab_;
  Wheel<Node> wheel_{slab_};
};

TEST_F(WheelTest, AnEmptyWheelHasNothingDue) {
  EXPECT_EQ(wheel_.NextAt(), INT64_MAX);
  EXPECT_THAT(Take(100 * kDay), IsEmpty());
}

TEST_F(WheelTest, ATimerIsDueAtItsMillisecondAndNotBeforeHoweverFarAway) {
  for (const int64_t in : {int64_t{0}, int64_t{1}, int64_t{255}, int64_t{256}, int64_t{257},
                           int64_t{511}, int64_t{512}, int64_t{65'535}, int64_t{65'536}, kHour,
                           5 * kHour, 3 * kDay, 50 * kDay, 365 * kDay, 30'000 * kDay}) {
    SCOPED_TRACE(in);
    const int64_t start = wheel_.current();
    const uint32_t node = Set(start + in);
    EXPECT_EQ(in == 0 ? kNone : wheel_.TakeDue(start + in - 1), kNone);
    EXPECT_LE(wheel_.NextAt(), start + in);
    EXPECT_EQ(wheel_.TakeDue(start + in), node);
    EXPECT_EQ(wheel_.size(), 0u);
    EXPECT_EQ(wheel_.NextAt(), INT64_MAX);
  }
}

TEST_F(WheelTest, OneThatIsCancelledIsNeverDue) {
  const uint32_t first = Set(kStart + 10);
  const uint32_t middle = Set(kStart + 10);
  const uint32_t last = Set(kStart + 10);
  for (const uint32_t node : {middle, first, last}) wheel_.Cancel(node);
  wheel_.Cancel(middle);
  EXPECT_EQ(wheel_.size(), 0u);
  EXPECT_THAT(Take(kDay), IsEmpty());
}

TEST_F(WheelTest, WhatIsDueAlreadyComesAtOnce) {
  Set(kStart - kDay);
  Set(-5);
  EXPECT_LE(wheel_.NextAt(), kStart);
  EXPECT_THAT(Take(0), ElementsAre(-5 - kStart, -kDay));
}

TEST_F(WheelTest, AClockThatGoesBackMakesNothingEarlyAndNothingLate) {
  EXPECT_THAT(Take(300'000), IsEmpty());
  // It is five minutes earlier than was thought.
  Set(kStart + 1000);
  const uint32_t gone = Set(kStart + 1500);
  Set(kStart + 400'000);
  EXPECT_EQ(wheel_.NextAt(), kStart + 1000);
  EXPECT_THAT(Take(999), IsEmpty());
  EXPECT_THAT(Take(1000), ElementsAre(1000));
  wheel_.Cancel(gone);
  EXPECT_THAT(Take(399'999), IsEmpty());
  EXPECT_THAT(Take(400'000), ElementsAre(400'000));
}

TEST_F(WheelTest, AHundredThousandOfOneSecondComeInOrderAfterALongSilence) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) Set(kStart + 30 * kDay + static_cast<int64_t>(random() % 1000));
  EXPECT_THAT(Take(30 * kDay - 1), IsEmpty());
  const std::vector<int64_t> due = Take(31 * kDay);
  EXPECT_EQ(due.size(), 100'000u);
  EXPECT_TRUE(std::is_sorted(due.begin(), due.end()));
}

TEST_F(WheelTest, SettledAheadOfTimeNothingIsLeftToMoveWhenASlotBegins) {
  for (int i = 0; i < 10'000; ++i) Set(kStart + kDay + i);
  // Wakes whenever the wheel asks, and moves a little each time.
  int64_t now = kStart;
  int rounds = 0;
  while (wheel_.NextAt() < kStart + kDay) {
    now = std::max(now, wheel_.NextAt());
    ASSERT_EQ(wheel_.TakeDue(now), kNone);
    const int64_t before = wheel_.current();
    wheel_.Settle(100);
    ASSERT_EQ(wheel_.current(), before);
    ASSERT_LT(++rounds, 1000) << "each turn moves something";
  }
  EXPECT_GE(rounds, 4 * 2);
  EXPECT_EQ(Take(2 * kDay).size(), 10'000u);
}

TEST_F(WheelTest, TheSoonestAreVisitedFirstAndNoMoreThanAsked) {
  Set(kStart + 3 * kDay);
  Set(kStart + 10);
  Set(kStart + kHour);
  Set(kStart - 1);
  std::vector<int64_t> seen;
  wheel_.VisitSoonest([&](uint32_t node) {
    seen.push_back(slab_[node].due - kStart);
    return seen.size() < 3;
  });
  EXPECT_THAT(seen, ElementsAre(-1, 10, kHour));
}

// Random sets, cancels and steps of time (some backwards) beside an ordered map.
TEST_F(WheelTest, AgreesWithAnOrderedMapWhateverHappens) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    Slab<Node> slab;
    Wheel<Node> wheel(slab);
    std::map<uint32_t, int64_t> model;
    int64_t now = kStart;
    wheel.StartAt(now);
    const auto far = [&] { return static_cast<int64_t>(random() % (int64_t{1} << random() % 40)); };
    for (int step = 0; step < 20'000; ++step) {
      const auto what = random() % 10;
      if (what < 5) {
        const uint32_t node = slab.Take();
        slab[node].due = now + far() - (random() % 8 == 0 ? 5000 : 0);
        model[node] = slab[node].due;
        wheel.Set(node);
      } else if (what < 7 && !model.empty()) {
        auto node = model.lower_bound(static_cast<uint32_t>(random() % (slab.end() + 1)));
        if (node == model.end()) node = model.begin();
        wheel.Cancel(node->first);
        slab.Give(node->first);
        model.erase(node);
      } else if (what == 7) {
        wheel.Settle(random() % 50);
      } else {
        now += random() % 16 == 0 ? -static_cast<int64_t>(random() % 100'000) : far() / 64;
        int64_t first = INT64_MAX;
        for (const auto& [node, due] : model) first = std::min(first, due);
        ASSERT_LE(wheel.NextAt(), first);
        for (;;) {
          const uint32_t node = wheel.TakeDue(now);
          if (node == kNone) break;
          ASSERT_LE(slab[node].due, now) << "early";
          ASSERT_EQ(model.erase(node), 1u) << "cancelled, or twice";
          slab.Give(node);
        }
        for (const auto& [node, due] : model) ASSERT_GT(due, now) << "forgotten";
        ASSERT_EQ(wheel.size(), model.size());
      }
    }
  }
}

}  // namespace
}  // namespace centralita::timer
