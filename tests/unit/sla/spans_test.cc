#include "centralita/sla/spans.h"

#include <random>

#include "centralita/base/error.h"
#include "gtest/gtest.h"

namespace centralita::sla {
namespace {

using base::Duration;
using base::FromUnixMillis;
using clocks::v1::Calendar;

// Open [100, 200), [300, 350), [350, 400).
Calendar Office() {
  Calendar calendar;
  calendar.set_name("office");
  for (const auto& [start, end] : {std::pair{100, 200}, {300, 350}, {350, 400}}) {
    auto* span = calendar.add_spans();
    span->set_start_unix_ms(start);
    span->set_end_unix_ms(end);
  }
  return calendar;
}

int64_t AddMs(const Calendar& c, int64_t start, int64_t business) {
  return base::ToUnixMillis(Add(c, FromUnixMillis(start), Duration(business)).value());
}

TEST(SpansTest, AlwaysOpenIsPlainTime) {
  EXPECT_EQ(AddMs(AlwaysOpen(), 1000, 500), 1500);
  EXPECT_EQ(Between(AlwaysOpen(), FromUnixMillis(5), FromUnixMillis(12)).count(), 7);
  EXPECT_EQ(NextOpen(AlwaysOpen(), FromUnixMillis(7)).value(), FromUnixMillis(7));
  EXPECT_EQ(WarnAt(AlwaysOpen(), FromUnixMillis(100), Duration(30)), FromUnixMillis(70));
}

TEST(SpansTest, AddSkipsClosedTime) {
  EXPECT_EQ(AddMs(Office(), 0, 10), 110);
  EXPECT_EQ(AddMs(Office(), 150, 50), 200) << "the deadline may be the moment of closing";
  EXPECT_EQ(AddMs(Office(), 150, 51), 301);
  EXPECT_EQ(AddMs(Office(), 200, 60), 360) << "a span's end is closed";
  EXPECT_EQ(AddMs(Office(), 250, 0), 250);
}

TEST(SpansTest, AddBehindTheLastSpanIsAnError) {
  EXPECT_EQ(AddMs(Office(), 0, 200), 400);
  const auto ended = Add(Office(), FromUnixMillis(0), Duration(201));
  EXPECT_EQ(ended.status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(base::ReasonOf(ended.status()), "calendar_ended");
}

TEST(SpansTest, NeverOpenIsAClearError) {
  Calendar never;
  never.set_name("closed");
  for (const absl::Status& status : {Add(never, FromUnixMillis(0), Duration(1)).status(),
                                     NextOpen(never, FromUnixMillis(0)).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(base::ReasonOf(status), "calendar_never_open");
  }
}

TEST(SpansTest, NextOpenIsNowOrTheNextStart) {
  EXPECT_EQ(NextOpen(Office(), FromUnixMillis(0)).value(), FromUnixMillis(100));
  EXPECT_EQ(NextOpen(Office(), FromUnixMillis(199)).value(), FromUnixMillis(199));
  EXPECT_EQ(NextOpen(Office(), FromUnixMillis(200)).value(), FromUnixMillis(300));
  EXPECT_EQ(NextOpen(Office(), FromUnixMillis(400)).status().code(), absl::StatusCode::kOutOfRange);
}

TEST(SpansTest, BetweenCountsOpenTimeOnly) {
  EXPECT_EQ(Between(Office(), FromUnixMillis(0), FromUnixMillis(1000)).count(), 200);
  EXPECT_EQ(Between(Office(), FromUnixMillis(190), FromUnixMillis(310)).count(), 20);
  EXPECT_EQ(Between(Office(), FromUnixMillis(210), FromUnixMillis(290)).count(), 0);
  EXPECT_EQ(Between(Office(), FromUnixMillis(310), FromUnixMillis(190)).count(), 0);
}

TEST(SpansTest, WarnsInOpenTime) {
  EXPECT_EQ(WarnAt(Office(), FromUnixMillis(360), Duration(10)), FromUnixMillis(350));
  EXPECT_EQ(WarnAt(Office(), FromUnixMillis(310), Duration(20)), FromUnixMillis(190));
  EXPECT_EQ(WarnAt(Office(), FromUnixMillis(310), Duration(5000)), FromUnixMillis(100));
  EXPECT_EQ(WarnAt(Office(), FromUnixMillis(310), Duration(0)), FromUnixMillis(310));
}

TEST(SpansTest, OverlappingOrEmptySpansAreFound) {
  EXPECT_TRUE(CheckCalendar(Office()).ok());
  Calendar bad = Office();
  bad.mutable_spans(1)->set_start_unix_ms(150);
  EXPECT_EQ(base::ReasonOf(CheckCalendar(bad)), "bad_calendar");
  bad = Office();
  bad.mutable_spans(1)->set_end_unix_ms(300);
  EXPECT_EQ(base::ReasonOf(CheckCalendar(bad)), "bad_calendar");
}

TEST(SpansTest, AddBetweenAndWarnAtAgreeOnRandomCalendars) {
  std::mt19937 random(20260301);
  const auto draw = [&](int64_t below) {
    return static_cast<int64_t>(random() % static_cast<uint32_t>(below));
  };
  for (int round = 0; round < 500; ++round) {
    Calendar calendar;
    int64_t t = 0;
    for (int64_t i = 0, n = 1 + draw(6); i < n; ++i) {
      auto* span = calendar.add_spans();
      span->set_start_unix_ms(t += draw(50));
      span->set_end_unix_ms(t += 1 + draw(50));
    }
    const base::TimePoint start = FromUnixMillis(draw(100));
    const Duration business(1 + draw(120));
    const auto end = Add(calendar, start, business);
    if (!end.ok()) {
      EXPECT_LT(Between(calendar, start, FromUnixMillis(t)), business);
      continue;
    }
    EXPECT_EQ(Between(calendar, start, *end), business);
    EXPECT_EQ(Between(calendar, start, *end - Duration(1)), business - Duration(1))
        << "the first such moment";
    const base::TimePoint warn = WarnAt(calendar, *end, business);
    EXPECT_EQ(Between(calendar, warn, *end), business);
    EXPECT_LT(Between(calendar, warn + Duration(1), *end), business) << "the last such moment";
  }
}

}  // namespace
}  // namespace centralita::sla
