#include "centralita/calendar/compile.h"

#include <cstdlib>

#include "centralita/base/error.h"
#include "centralita/sla/spans.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/calendar/definitions.h"

namespace centralita::calendar {
namespace {

using absl::CivilDay;
using base::Duration;
using clocks::v1::CalendarDefinition;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using testing::ElementsAre;

const Hours kAllDay = {{0, At(24)}};

std::vector<std::string> Spans(const CalendarDefinition& definition, const Range& range) {
  const auto calendar = Compile(definition, range);
  EXPECT_TRUE(calendar.ok()) << calendar.status();
  return calendar.ok() ? Lines(*calendar) : std::vector<std::string>();
}

Duration OpenTime(const CalendarDefinition& definition, const Range& range) {
  return sla::Spans(Compile(definition, range).value()).Between(range.from, range.until);
}

TEST(CompileTest, SeveralSpansADayFollowTheZonesOffset) {
  const auto shop = Weekly("Europe/Madrid", 1, 5, {{At(15, 30), At(18)}, {At(9), At(14)}});
  // A Friday in winter, and a Monday behind the change of March.
  EXPECT_THAT(Spans(shop, Between("2026-03-27T00:00:00Z", "2026-03-31T00:00:00Z")),
              ElementsAre("2026-03-27T08:00Z to 2026-03-27T13:00Z",
                          "2026-03-27T14:30Z to 2026-03-27T17:00Z",
                          "2026-03-30T07:00Z to 2026-03-30T12:00Z",
                          "2026-03-30T13:30Z to 2026-03-30T16:00Z"));
}

TEST(CompileTest, TheRangeCutsAndIsWhatIsKnown) {
  const Range range = Between("2026-01-05T10:00:00Z", "2026-01-06T09:00:00Z");
  const auto calendar = Compile(Weekly("Etc/UTC", 1, 7, {{At(8), At(12)}}), range).value();
  EXPECT_THAT(Lines(calendar), ElementsAre("2026-01-05T10:00Z to 2026-01-05T12:00Z",
                                           "2026-01-06T08:00Z to 2026-01-06T09:00Z"));
  EXPECT_EQ(calendar.known_from_unix_ms(), base::ToUnixMillis(range.from));
  EXPECT_EQ(calendar.known_until_unix_ms(), base::ToUnixMillis(range.until));
  EXPECT_TRUE(sla::CheckCalendar(calendar).ok());
}

TEST(CompileTest, NightsBelongToTheDayOnWhichTheyBegin) {
  auto bar = Weekly("Etc/UTC", 5, 6, {{At(22), At(26)}});
  const Range week = Between("2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z");
  EXPECT_THAT(Spans(bar, week), ElementsAre("2026-01-09T22:00Z to 2026-01-10T02:00Z",
                                            "2026-01-10T22:00Z to 2026-01-11T02:00Z"));
  AddHoliday(CivilDay(2026, 1, 10), bar);
  EXPECT_THAT(Spans(bar, week), ElementsAre("2026-01-09T22:00Z to 2026-01-10T02:00Z"));
  // Cut in the middle of a night that began before the range.
  EXPECT_THAT(Spans(bar, Between("2026-01-10T01:00:00Z", "2026-01-12T00:00:00Z")),
              ElementsAre("2026-01-10T01:00Z to 2026-01-10T02:00Z"));
}

TEST(CompileTest, TwentyFourHoursOfEachDayAreOneSpan) {
  EXPECT_THAT(Spans(Weekly("Asia/Kathmandu", 1, 7, kAllDay),
                    Between("2026-01-05T00:00:00Z", "2027-01-05T00:00:00Z")),
              ElementsAre("2026-01-05T00:00Z to 2027-01-05T00:00Z"));
}

// Hours to 23:59 lose what they say: one minute in each day. 24:00 loses none.
TEST(CompileTest, MidnightTo2359LosesAMinuteADayAndTo2400None) {
  const Range week = Between("2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z");
  EXPECT_EQ(OpenTime(Weekly("Etc/UTC", 1, 7, {{0, At(23, 59)}}), week), 7 * 24h - 7min);
  EXPECT_EQ(OpenTime(Weekly("Etc/UTC", 1, 7, kAllDay), week), 7 * 24h);
}

TEST(CompileTest, DaysOfAChangeHaveTheHoursThatReallyPass) {
  const auto madrid = Weekly("Europe/Madrid", 1, 7, kAllDay);
  const auto day = [](const std::string& zone, CivilDay date) {
    auto only = Weekly(zone, 1, 0, {});
    AddSpecial(date, date, kAllDay, only);
    return OpenTime(only, Between("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"));
  };
  EXPECT_EQ(day("Europe/Madrid", CivilDay(2026, 3, 28)), 24h);
  EXPECT_EQ(day("Europe/Madrid", CivilDay(2026, 3, 29)), 23h);
  EXPECT_EQ(day("Europe/Madrid", CivilDay(2026, 10, 25)), 25h);
  EXPECT_EQ(day("Australia/Lord_Howe", CivilDay(2026, 4, 5)), 24h + 30min);
  EXPECT_EQ(day("Australia/Lord_Howe", CivilDay(2026, 10, 4)), 23h + 30min);
  EXPECT_EQ(day("Antarctica/Troll", CivilDay(2026, 3, 29)), 22h);
  EXPECT_EQ(OpenTime(madrid, Between("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")), 365 * 24h);
}

TEST(CompileTest, ATimeThatDoesNotExistIsTheMomentOfTheJump) {
  // 02:00 to 03:00 do not exist; the jump is at 01:00 UTC.
  const Range day = Between("2026-03-29T00:00:00Z", "2026-03-29T21:00:00Z");
  EXPECT_THAT(Spans(Weekly("Europe/Madrid", 7, 7, {{At(2, 30), At(4)}}), day),
              ElementsAre("2026-03-29T01:00Z to 2026-03-29T02:00Z"));
  EXPECT_THAT(Spans(Weekly("Europe/Madrid", 7, 7, {{At(1, 30), At(2, 30)}}), day),
              ElementsAre("2026-03-29T00:30Z to 2026-03-29T01:00Z"));
  EXPECT_THAT(Spans(Weekly("Europe/Madrid", 7, 7, {{At(2), At(3)}, {At(9), At(10)}}), day),
              ElementsAre("2026-03-29T07:00Z to 2026-03-29T08:00Z"))
      << "nothing is left of hours that lie within the jump";
}

TEST(CompileTest, ATimeThatExistsTwiceIsItsFirstOccurrence) {
  // 02:00 to 03:00 pass twice, from 00:00 and from 01:00 UTC.
  const Range day = Between("2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z");
  EXPECT_THAT(Spans(Weekly("Europe/Madrid", 7, 7, {{At(1), At(2, 30)}}), day),
              ElementsAre("2026-10-24T23:00Z to 2026-10-25T00:30Z"));
  EXPECT_THAT(Spans(Weekly("Europe/Madrid", 7, 7, {{At(2, 30), At(4)}}), day),
              ElementsAre("2026-10-25T00:30Z to 2026-10-25T03:00Z"));
  EXPECT_THAT(Spans(Weekly("Europe/Madrid", 7, 7, {{At(1), At(2, 30)}, {At(2, 30), At(4)}}), day),
              ElementsAre("2026-10-24T23:00Z to 2026-10-25T03:00Z"))
      << "adjoining hours leave no gap";
}

TEST(CompileTest, ChangesAtMidnightMoveTheBeginningOfTheDay) {
  // In Cairo 00:00 does not exist on the 24th of April 2026: the day begins at 01:00, 22:00 UTC.
  EXPECT_THAT(Spans(Weekly("Africa/Cairo", 5, 5, {{0, At(2)}}),
                    Between("2026-04-23T00:00:00Z", "2026-04-25T00:00:00Z")),
              ElementsAre("2026-04-23T22:00Z to 2026-04-23T23:00Z"));
  // In Havana 00:00 to 01:00 pass twice on the 1st of November 2026.
  EXPECT_THAT(Spans(Weekly("America/Havana", 7, 7, {{0, At(1)}}),
                    Between("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z")),
              ElementsAre("2026-11-01T04:00Z to 2026-11-01T06:00Z"));
}

TEST(CompileTest, ADayThatAZoneLeftOutHasNoHours) {
  // Samoa went from the 29th to the 31st of December 2011.
  EXPECT_THAT(Spans(Weekly("Pacific/Apia", 4, 6, {{At(8), At(10)}}),
                    Between("2011-12-28T12:00:00Z", "2012-01-01T00:00:00Z")),
              ElementsAre("2011-12-29T18:00Z to 2011-12-29T20:00Z",
                          "2011-12-30T18:00Z to 2011-12-30T20:00Z"));
}

TEST(CompileTest, OddOffsets) {
  const Range day = Between("2026-01-05T12:00:00Z", "2026-01-06T11:00:00Z");
  const Hours nine = {{At(9), At(10)}};
  EXPECT_THAT(Spans(Weekly("Asia/Kathmandu", 2, 2, nine), day),
              ElementsAre("2026-01-06T03:15Z to 2026-01-06T04:15Z"));
  EXPECT_THAT(Spans(Weekly("Pacific/Chatham", 2, 2, nine), day),
              ElementsAre("2026-01-05T19:15Z to 2026-01-05T20:15Z"));
  EXPECT_THAT(Spans(Weekly("Pacific/Kiritimati", 2, 2, nine), day),
              ElementsAre("2026-01-05T19:00Z to 2026-01-05T20:00Z"));
}

TEST(CompileTest, LeapDaysAreDays) {
  auto shop = Weekly("Etc/UTC", 1, 7, {{At(9), At(10)}});
  const Range leap = Between("2028-02-28T00:00:00Z", "2028-03-02T00:00:00Z");
  EXPECT_EQ(OpenTime(shop, leap), 3h);
  AddYearly(2, 29, shop);
  EXPECT_THAT(Spans(shop, leap), ElementsAre("2028-02-28T09:00Z to 2028-02-28T10:00Z",
                                             "2028-03-01T09:00Z to 2028-03-01T10:00Z"));
  EXPECT_EQ(OpenTime(shop, Between("2027-02-28T00:00:00Z", "2027-03-02T00:00:00Z")), 2h)
      << "no other day is closed in a year without it";
}

TEST(CompileTest, SpecialDaysStandAboveHolidaysAndHolidaysAboveTheWeek) {
  auto shop = Weekly("Etc/UTC", 1, 5, {{At(9), At(17)}});
  AddYearly(12, 24, shop);
  AddYearly(12, 25, shop);
  AddSpecial(CivilDay(2026, 12, 24), CivilDay(2026, 12, 24), {{At(9), At(13)}}, shop);
  AddSpecial(CivilDay(2026, 12, 26), CivilDay(2026, 12, 27), {{At(10), At(12)}}, shop);
  AddSpecial(CivilDay(2026, 12, 28), CivilDay(2026, 12, 29), {}, shop);
  EXPECT_THAT(Spans(shop, Between("2026-12-23T00:00:00Z", "2026-12-31T00:00:00Z")),
              ElementsAre("2026-12-23T09:00Z to 2026-12-23T17:00Z",
                          "2026-12-24T09:00Z to 2026-12-24T13:00Z",
                          "2026-12-26T10:00Z to 2026-12-26T12:00Z",
                          "2026-12-27T10:00Z to 2026-12-27T12:00Z",
                          "2026-12-30T09:00Z to 2026-12-30T17:00Z"));
}

// A holiday closes its own day: not the same date of other years, not a day near it, and on a day
// that is closed anyway nothing.
TEST(CompileTest, AHolidayFeedDoesNotCountACasualDay) {
  auto shop = Weekly("America/Sao_Paulo", 1, 5, {{At(9), At(17)}});
  const Range spring = Between("2026-04-01T00:00:00Z", "2026-06-01T00:00:00Z");
  const Range year_after = Between("2027-04-01T00:00:00Z", "2027-06-01T00:00:00Z");
  const Duration without = OpenTime(shop, spring);
  const Duration without_after = OpenTime(shop, year_after);
  AddHoliday(CivilDay(2026, 4, 21), shop);  // Tuesday
  AddHoliday(CivilDay(2026, 5, 2), shop);   // Saturday
  EXPECT_EQ(without - OpenTime(shop, spring), 8h);
  EXPECT_EQ(OpenTime(shop, year_after), without_after);
}

TEST(CompileTest, ACalendarThatIsNeverOpenIsAClearError) {
  auto closed = Weekly("Europe/Madrid", 1, 5, {{At(9), At(17)}});
  AddSpecial(CivilDay(2020, 1, 1), CivilDay(2030, 12, 31), {}, closed);
  const auto status = Compile(closed, AroundNow(Utc("2026-06-01T00:00:00Z"))).status();
  EXPECT_EQ(base::ReasonOf(status), "calendar_never_open");
  EXPECT_EQ(base::ReasonOf(
                Compile(Weekly("Europe/Madrid", 1, 0, {}), AroundNow(Utc("2026-06-01T00:00:00Z")))
                    .status()),
            "calendar_never_open");
}

TEST(CompileTest, AlwaysOpenNeedsNoZone) {
  CalendarDefinition always;
  always.set_name("always_on");
  always.set_always_open(true);
  const auto calendar = Compile(always, {}).value();
  EXPECT_TRUE(calendar.always_open());
  EXPECT_EQ(calendar.name(), "always_on");
}

TEST(CompileTest, WhatIsNoDefinitionIsRefused) {
  const Range range = AroundNow(Utc("2026-06-01T00:00:00Z"));
  const auto good = Weekly("Europe/Madrid", 1, 5, {{At(9), At(17)}});
  std::vector<CalendarDefinition> bad(6, good);
  bad[0].mutable_weekly(0)->set_weekday(8);
  bad[1].mutable_weekly(0)->mutable_hours(0)->set_start_minute(At(24));
  bad[2].mutable_weekly(0)->mutable_hours(0)->set_end_minute(At(9));
  AddYearly(2, 30, bad[3]);
  AddSpecial(CivilDay(2026, 5, 2), CivilDay(2026, 5, 1), {}, bad[4]);
  AddSpecial(CivilDay(2026, 5, 2), CivilDay(2026, 5, 4), {}, bad[5]);
  AddSpecial(CivilDay(2026, 5, 4), CivilDay(2026, 5, 4), {}, bad[5]);
  for (const CalendarDefinition& definition : bad) {
    EXPECT_EQ(base::ReasonOf(Compile(definition, range).status()), "bad_calendar")
        << definition.ShortDebugString();
  }
  EXPECT_EQ(base::ReasonOf(Compile(good, {range.until, range.from}).status()), "bad_calendar");
  const auto status = Compile(Weekly("Europe/Madird", 1, 5, {}), range).status();
  EXPECT_EQ(base::ReasonOf(status), "unknown_zone");
  EXPECT_EQ(status.message(),
            "Calendar 'shop': there is no time zone 'Europe/Madird'; did you mean "
            "'Europe/Madrid'?");
}

TEST(CompileTest, AYearAheadIsKnownAndChangesEveryFourWeeks) {
  int changes = 0;
  Range before = AroundNow(Utc("2026-06-01T00:00:00Z"));
  for (base::TimePoint now = Utc("2026-06-01T00:00:00Z"); now < Utc("2027-06-01T00:00:00Z");
       now += 1h) {
    const Range range = AroundNow(now);
    ASSERT_GE(range.until - now, 366 * 24h);
    ASSERT_GE(now - range.from, 31 * 24h);
    changes += range.from != before.from || range.until != before.until ? 1 : 0;
    before = range;
  }
  EXPECT_EQ(changes, 13);
}

// The machine's own zone, which a restart may change, plays no part.
TEST(CompileTest, ZoneIsNotResetOnRestart) {
  const auto shop = Weekly("Asia/Tokyo", 1, 5, {{At(9), At(17)}});
  const Range range = AroundNow(Utc("2026-06-01T00:00:00Z"));
  const std::string before = Compile(shop, range)->SerializeAsString();
  const char* const old = std::getenv("TZ");
  const std::string kept = old == nullptr ? "" : old;
  setenv("TZ", "America/New_York", 1);
  tzset();
  CalendarDefinition loaded;
  ASSERT_TRUE(loaded.ParseFromString(shop.SerializeAsString()));
  EXPECT_EQ(Compile(loaded, range)->SerializeAsString(), before);
  old == nullptr ? unsetenv("TZ") : setenv("TZ", kept.c_str(), 1);
  tzset();
}

}  // namespace
}  // namespace centralita::calendar
