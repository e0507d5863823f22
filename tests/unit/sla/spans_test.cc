#include "centralita/sla/spans.h"

#include <limits>

#include "centralita/base/error.h"
#include "centralita/sla/calendars.h"
#include "gtest/gtest.h"
#include "tests/unit/sla/open_spans.h"

namespace centralita::sla {
namespace {

using base::Duration;
using base::FromUnixMillis;
using base::TimePoint;
using base::ToUnixMillis;
using clocks::v1::Calendar;

// Open [100, 200), [300, 350), [350, 400); known to 500.
Calendar Office() {
  Calendar calendar = OpenAt({{100, 200}, {300, 350}, {350, 400}});
  calendar.set_name("office");
  calendar.set_known_until_unix_ms(500);
  return calendar;
}

int64_t AddMs(const Spans& hours, int64_t start, int64_t business) {
  return ToUnixMillis(hours.Add(FromUnixMillis(start), Duration(business)));
}

int64_t BetweenMs(const Spans& hours, int64_t from, int64_t to) {
  return hours.Between(FromUnixMillis(from), FromUnixMillis(to)).count();
}

int64_t WarnMs(const Spans& hours, int64_t deadline, int64_t before) {
  return ToUnixMillis(hours.WarnAt(FromUnixMillis(deadline), Duration(before)));
}

int64_t NextOpenMs(const Spans& hours, int64_t t) {
  return ToUnixMillis(hours.NextOpen(FromUnixMillis(t)));
}

TEST(SpansTest, AlwaysOpenIsPlainTime) {
  for (const Spans& always : {Spans(), Spans(AlwaysOpen())}) {
    EXPECT_EQ(AddMs(always, 1000, 500), 1500);
    EXPECT_EQ(BetweenMs(always, 5, 12), 7);
    EXPECT_EQ(NextOpenMs(always, 7), 7);
    EXPECT_EQ(WarnMs(always, 100, 30), 70);
    EXPECT_TRUE(always.IsOpen(FromUnixMillis(-3)));
  }
}

TEST(SpansTest, AddSkipsClosedTime) {
  EXPECT_EQ(AddMs(Office(), 0, 10), 110) << "what begins outside of hours counts from the opening";
  EXPECT_EQ(AddMs(Office(), 150, 50), 200) << "the deadline may be the moment of closing";
  EXPECT_EQ(AddMs(Office(), 150, 51), 301);
  EXPECT_EQ(AddMs(Office(), 200, 60), 360) << "a span's end is closed";
  EXPECT_EQ(AddMs(Office(), 250, 0), 250);
  EXPECT_EQ(AddMs(Office(), 250, -7), 250);
}

TEST(SpansTest, WhatIsNotKnownCountsAsOpen) {
  EXPECT_EQ(AddMs(Office(), 0, 200), 400);
  EXPECT_EQ(AddMs(Office(), 0, 201), 501) << "closed from 400 to the horizon, open behind it";
  EXPECT_EQ(AddMs(Office(), 700, 5), 705);
  EXPECT_EQ(BetweenMs(Office(), 390, 520), 30);
  EXPECT_EQ(NextOpenMs(Office(), 450), 500);
  EXPECT_FALSE(Spans(Office()).IsOpen(FromUnixMillis(499)));
  EXPECT_TRUE(Spans(Office()).IsOpen(FromUnixMillis(500)));

  Calendar later = Office();
  later.set_known_from_unix_ms(50);
  EXPECT_EQ(BetweenMs(later, 20, 110), 40);
  EXPECT_EQ(WarnMs(later, 110, 40), 20);
  EXPECT_TRUE(Spans(later).IsOpen(FromUnixMillis(49)));
  EXPECT_FALSE(Spans(later).IsOpen(FromUnixMillis(50)));
}

TEST(SpansTest, WithoutAStatedHorizonTheLastSpanIsIt) {
  const Spans hours = OpenAt({{100, 200}});
  EXPECT_EQ(AddMs(hours, 0, 100), 200);
  EXPECT_EQ(AddMs(hours, 0, 150), 250);
}

TEST(SpansTest, NextOpenIsNowOrTheNextStart) {
  EXPECT_EQ(NextOpenMs(Office(), 0), 100);
  EXPECT_EQ(NextOpenMs(Office(), 100), 100);
  EXPECT_EQ(NextOpenMs(Office(), 199), 199);
  EXPECT_EQ(NextOpenMs(Office(), 200), 300);
  EXPECT_EQ(NextOpenMs(Office(), 350), 350);
}

TEST(SpansTest, BetweenCountsOpenTimeOnly) {
  EXPECT_EQ(BetweenMs(Office(), 0, 400), 200);
  EXPECT_EQ(BetweenMs(Office(), 190, 310), 20);
  EXPECT_EQ(BetweenMs(Office(), 210, 290), 0);
  EXPECT_EQ(BetweenMs(Office(), 310, 190), 0);
}

TEST(SpansTest, WarnsInOpenTime) {
  EXPECT_EQ(WarnMs(Office(), 360, 10), 350);
  EXPECT_EQ(WarnMs(Office(), 310, 20), 190);
  EXPECT_EQ(WarnMs(Office(), 310, 0), 310);
  EXPECT_EQ(WarnMs(Office(), 310, -5), 310);
}

// Deadline an hour into the day, warning an hour before it: when the doors open, not at midnight,
// nor at last night's closing.
TEST(SpansTest, WarningOneHourBeforeDoesNotLandAtMidnight) {
  EXPECT_EQ(WarnMs(Office(), 310, 10), 300);
}

TEST(SpansTest, WorkThatArrivesOutsideHoursDoesNotGetZeroDelay) {
  for (const int64_t closed : {0, 99, 200, 299, 450}) {
    const int64_t opens = NextOpenMs(Office(), closed);
    EXPECT_GT(opens, closed);
    EXPECT_EQ(AddMs(Office(), closed, 30), opens + 30) << closed;
  }
}

TEST(SpansTest, ExtremesSaturate) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  Calendar endless = OpenAt({{kMin, -5}, {5, kMax}});
  endless.set_known_from_unix_ms(kMin);
  endless.set_known_until_unix_ms(kMax);
  for (const Spans& hours : {Spans(), Spans(Office()), Spans(endless)}) {
    EXPECT_EQ(hours.Add(base::kNever, Duration(1)), base::kNever);
    EXPECT_EQ(hours.Add(FromUnixMillis(150), Duration::max()), base::kNever);
    EXPECT_EQ(hours.Add(FromUnixMillis(kMin), Duration::min()), FromUnixMillis(kMin));
    EXPECT_GT(hours.Between(FromUnixMillis(kMin), base::kNever), Duration(kMax / 2));
    EXPECT_EQ(hours.NextOpen(base::kNever), base::kNever);
    EXPECT_EQ(hours.NextOpen(FromUnixMillis(kMin)), FromUnixMillis(kMin));
    EXPECT_LE(hours.WarnAt(FromUnixMillis(kMin), Duration::max()), FromUnixMillis(kMin));
    EXPECT_TRUE(hours.IsOpen(base::kNever));
  }
}

TEST(SpansTest, DisorderIsPutRight) {
  const Spans office = Office();
  Calendar mess = OpenAt({{340, 400}, {150, 150}, {120, 180}, {100, 200}, {300, 350}, {90, 80}});
  mess.set_known_until_unix_ms(500);
  const Spans hours = mess;
  for (int64_t t = 0; t < 520; ++t) {
    EXPECT_EQ(BetweenMs(hours, 0, t), BetweenMs(office, 0, t)) << t;
    EXPECT_EQ(hours.IsOpen(FromUnixMillis(t)), office.IsOpen(FromUnixMillis(t))) << t;
  }
}

TEST(SpansTest, WrongCalendarsAreFound) {
  EXPECT_TRUE(CheckCalendar(Office()).ok());
  EXPECT_TRUE(CheckCalendar(AlwaysOpen()).ok());
  for (const auto& [field, value] : {std::pair(1, 150), {2, 300}, {4, 150}, {5, 399}}) {
    Calendar bad = Office();
    if (field == 1) bad.mutable_spans(1)->set_start_unix_ms(value);
    if (field == 2) bad.mutable_spans(1)->set_end_unix_ms(value);
    if (field == 4) bad.set_known_from_unix_ms(value);
    if (field == 5) bad.set_known_until_unix_ms(value);
    EXPECT_EQ(base::ReasonOf(CheckCalendar(bad)), "bad_calendar") << field;
  }
}

TEST(SpansTest, ACalendarThatIsNeverOpenIsAClearError) {
  Calendar never;
  never.set_name("closed");
  never.set_known_until_unix_ms(1000);
  const absl::Status status = CheckCalendar(never);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::ReasonOf(status), "calendar_never_open");
  EXPECT_EQ(AddMs(never, 10, 5), 1005) << "and whoever counts by it all the same gets an answer";
}

TEST(CalendarsTest, FindsByNameAndIsAlwaysOpenOtherwise) {
  google::protobuf::RepeatedPtrField<Calendar> list;
  *list.Add() = Office();
  *list.Add() = AlwaysOpen();
  list.Mutable(1)->set_name("office");
  const Calendars calendars(list);
  EXPECT_EQ(AddMs(calendars.Find("office"), 0, 10), 110) << "the first of that name";
  EXPECT_EQ(AddMs(calendars.Find(""), 0, 10), 10);
  EXPECT_EQ(AddMs(calendars.Find("none"), 0, 10), 10);
}

}  // namespace
}  // namespace centralita::sla
