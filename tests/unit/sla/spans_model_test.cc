// The arithmetic against a slow one that goes through time step by step.
#include <algorithm>
#include <random>

#include "centralita/sla/spans.h"
#include "gtest/gtest.h"
#include "tests/unit/sla/open_spans.h"

namespace centralita::sla {
namespace {

using base::Duration;
using base::FromUnixMillis;
using base::TimePoint;
using base::ToUnixMillis;
using clocks::v1::Calendar;

// Looks at each span for each step of time.
class SlowModel final {
 public:
  explicit SlowModel(const Calendar& calendar) : calendar_(calendar) {}

  bool IsOpen(int64_t t) const {
    if (t < calendar_.known_from_unix_ms() || t >= calendar_.known_until_unix_ms()) return true;
    return std::any_of(calendar_.spans().begin(), calendar_.spans().end(), [t](const auto& span) {
      return span.start_unix_ms() <= t && t < span.end_unix_ms();
    });
  }
  int64_t NextOpen(int64_t t) const {
    while (!IsOpen(t)) ++t;
    return t;
  }
  int64_t Add(int64_t t, int64_t business) const {
    for (; business > 0; ++t) business -= IsOpen(t) ? 1 : 0;
    return t;
  }
  int64_t Between(int64_t from, int64_t to) const {
    int64_t sum = 0;
    for (int64_t t = from; t < to; ++t) sum += IsOpen(t) ? 1 : 0;
    return sum;
  }
  int64_t WarnAt(int64_t t, int64_t before) const {
    for (; before > 0; --t) before -= IsOpen(t - 1) ? 1 : 0;
    return t;
  }

 private:
  const Calendar& calendar_;
};

class Dice final {
 public:
  explicit Dice(uint32_t seed) : random_(seed) {}
  int64_t Below(int64_t n) { return static_cast<int64_t>(random_() % static_cast<uint32_t>(n)); }

 private:
  std::mt19937 random_;
};

Calendar Draw(Dice& dice) {
  std::vector<std::pair<int64_t, int64_t>> spans;
  const int64_t from = dice.Below(40);
  int64_t t = from;
  for (int64_t n = 1 + dice.Below(8); n > 0; --n) {
    const int64_t start = t + dice.Below(30);
    t = start + 1 + dice.Below(30);
    spans.emplace_back(start, t);
  }
  Calendar calendar = OpenAt(spans);
  calendar.set_known_from_unix_ms(from);
  calendar.set_known_until_unix_ms(t + dice.Below(30));
  return calendar;
}

TEST(SpansModelTest, AllQuestionsAgreeOnRandomCalendars) {
  Dice dice(20261122);
  for (int round = 0; round < 3000; ++round) {
    const Calendar calendar = Draw(dice);
    ASSERT_TRUE(CheckCalendar(calendar).ok());
    const Spans hours = calendar;
    const SlowModel slow(calendar);
    SCOPED_TRACE(calendar.ShortDebugString());
    for (int question = 0; question < 20; ++question) {
      const int64_t t = dice.Below(600) - 60;
      const int64_t n = dice.Below(250);
      SCOPED_TRACE(testing::Message() << "t " << t << ", n " << n);
      const TimePoint at = FromUnixMillis(t);
      ASSERT_EQ(hours.IsOpen(at), slow.IsOpen(t));
      ASSERT_EQ(ToUnixMillis(hours.NextOpen(at)), slow.NextOpen(t));
      ASSERT_EQ(ToUnixMillis(hours.Add(at, Duration(n))), slow.Add(t, n));
      ASSERT_EQ(hours.Between(at, FromUnixMillis(t + n)).count(), slow.Between(t, t + n));
      ASSERT_EQ(ToUnixMillis(hours.WarnAt(at, Duration(n))), slow.WarnAt(t, n));
    }
  }
}

TEST(SpansModelTest, WhatIsAddedLiesBetweenAndAddsUp) {
  Dice dice(8);
  for (int round = 0; round < 3000; ++round) {
    const Spans hours = Draw(dice);
    const TimePoint start = FromUnixMillis(dice.Below(600) - 60);
    const Duration a(1 + dice.Below(100));
    const Duration b(1 + dice.Below(100));
    ASSERT_EQ(hours.Between(start, hours.Add(start, a)), a);
    ASSERT_EQ(hours.Add(hours.Add(start, a), b), hours.Add(start, a + b))
        << "a pause of no length changes nothing";
    ASSERT_EQ(hours.Between(hours.WarnAt(start, a), start), a);
  }
}

}  // namespace
}  // namespace centralita::sla
