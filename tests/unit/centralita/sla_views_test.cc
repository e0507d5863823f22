// What `centralita sla` shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "views/calendar_table.h"
#include "views/clock_table.h"

namespace centralita::views {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kNow = 1'800'000'000'000;
constexpr int64_t kHour = 3'600'000;

clocks::v1::ClockState Clock(const std::string& name, clocks::v1::ClockPhase phase,
                             uint64_t generation) {
  clocks::v1::ClockState clock;
  clock.mutable_spec()->set_name(name);
  clock.mutable_spec()->add_warn_before_ms(60'000);
  clock.mutable_spec()->add_warn_before_ms(30'000);
  clock.set_phase(phase);
  clock.set_generation(generation);
  clock.set_deadline_unix_ms(kNow + 2 * kHour);
  return clock;
}

TEST(ClockTableTest, TheNewestWordOnEachClockCounts) {
  metrics::v1::TraceResponse trace;
  *trace.add_events()->mutable_event()->add_clocks() =
      Clock("first", clocks::v1::CLOCK_PHASE_RUNNING, 1);
  *trace.add_events()->mutable_event()->add_clocks() =
      Clock("next", clocks::v1::CLOCK_PHASE_PAUSED, 4);
  *trace.add_events()->mutable_event()->add_clocks() =
      Clock("first", clocks::v1::CLOCK_PHASE_STOPPED, 2);
  // A word of an older pool that comes late.
  *trace.add_events()->mutable_event()->add_clocks() =
      Clock("next", clocks::v1::CLOCK_PHASE_RUNNING, 3);
  const auto clocks = LatestClocks(trace);
  ASSERT_EQ(clocks.size(), 2u);
  EXPECT_EQ(clocks[0].phase(), clocks::v1::CLOCK_PHASE_STOPPED);
  EXPECT_EQ(clocks[1].phase(), clocks::v1::CLOCK_PHASE_PAUSED);
}

TEST(ClockTableTest, SaysHowMuchTimeIsLeftInEachPhase) {
  auto running = Clock("first", clocks::v1::CLOCK_PHASE_RUNNING, 1);
  running.set_warned(1);
  auto over = running;
  over.set_breached(true);
  over.set_deadline_unix_ms(kNow - kHour / 2);
  auto paused = Clock("next", clocks::v1::CLOCK_PHASE_PAUSED, 1);
  paused.set_remaining_ms(kHour);
  paused.mutable_spec()->set_calendar("oficina");
  const auto stopped = Clock("resolution", clocks::v1::CLOCK_PHASE_STOPPED, 1);
  const base::TimePoint now = base::FromUnixMillis(kNow);
  EXPECT_THAT(ClockTable({running}, now), HasSubstr("running"));
  EXPECT_THAT(ClockTable({running}, now),
              HasSubstr(base::FormatDuration(base::Duration(2 * kHour))));
  EXPECT_THAT(ClockTable({running}, now), HasSubstr("1 of 2"));
  EXPECT_THAT(ClockTable({over}, now), HasSubstr("breached"));
  EXPECT_THAT(ClockTable({over}, now),
              HasSubstr("over by " + base::FormatDuration(base::Duration(kHour / 2))));
  EXPECT_THAT(ClockTable({paused}, now),
              HasSubstr(base::FormatDuration(base::Duration(kHour)) + " of its hours"));
  EXPECT_THAT(ClockTable({paused}, now), HasSubstr("oficina"));
  EXPECT_THAT(ClockTable({stopped}, now), Not(HasSubstr("2027")));
  EXPECT_EQ(ClockTable({}, now), "");
}

TEST(ClockTableTest, SaysThatAClockIsToBeMissed) {
  auto clock = Clock("first", clocks::v1::CLOCK_PHASE_RUNNING, 1);
  clock.set_forecast(true);
  EXPECT_THAT(ClockTable({clock}, base::FromUnixMillis(kNow)), HasSubstr("running, to be missed"));
  clock.set_breached(true);
  EXPECT_THAT(ClockTable({clock}, base::FromUnixMillis(kNow)), Not(HasSubstr("to be missed")));
}

TEST(TimerTableTest, SaysWhatHappensToEachTimerNext) {
  timer::v1::ListTimersResponse list;
  auto& warning = *list.add_timers();
  warning.set_conversation_id("c1");
  warning.set_clock("first");
  warning.set_pool("care");
  warning.set_partition(3);
  warning.set_phase(clocks::v1::CLOCK_PHASE_RUNNING);
  warning.set_deadline_unix_ms(kNow + 2 * kHour);
  warning.set_next_unix_ms(kNow + kHour);
  warning.set_threshold(1);
  auto& deadline = *list.add_timers();
  deadline = warning;
  deadline.set_next_unix_ms(deadline.deadline_unix_ms());
  auto& again = *list.add_timers();
  again = warning;
  again.set_next_unix_ms(kNow - 1);
  again.set_attempts(2);
  auto& paused = *list.add_timers();
  paused = warning;
  paused.set_phase(clocks::v1::CLOCK_PHASE_PAUSED);
  const std::string table = TimerTable(list, base::FromUnixMillis(kNow));
  for (const char* words : {"threshold 2 ", "deadline", "threshold 2, sent 2 x", "now",
                            "forgotten (paused)", "c1", "care"}) {
    EXPECT_THAT(table, HasSubstr(words));
  }
}

TEST(PeekTableTest, HasARowForEachPartition) {
  timer::v1::PeekResponse peek;
  auto& row = *peek.add_partitions();
  row.set_partition(5);
  row.set_running(17);
  row.set_behind_ms(250);
  const std::string table = PeekTable(peek);
  EXPECT_THAT(table, HasSubstr("17"));
  EXPECT_THAT(table, HasSubstr("250 ms"));
  EXPECT_THAT(table, HasSubstr(" - ")) << "nothing is due";
}

clocks::v1::CalendarDefinition Office() {
  clocks::v1::CalendarDefinition office;
  office.set_name("oficina");
  office.set_zone("Europe/Madrid");
  for (int weekday = 1; weekday <= 5; ++weekday) {
    auto& day = *office.add_weekly();
    day.set_weekday(weekday);
    auto& hours = *day.add_hours();
    hours.set_start_minute(9 * 60);
    hours.set_end_minute(weekday == 5 ? 15 * 60 : 18 * 60);
  }
  auto& night = *office.add_weekly();
  night.set_weekday(6);
  auto& late = *night.add_hours();
  late.set_start_minute(22 * 60);
  late.set_end_minute(26 * 60);
  auto& holiday = *office.add_holidays()->mutable_date();
  holiday.set_month(12);
  holiday.set_day(25);
  auto& special = *office.add_special();
  special.mutable_first()->set_year(2026);
  special.mutable_first()->set_month(12);
  special.mutable_first()->set_day(24);
  *special.mutable_last() = special.first();
  auto& short_day = *special.add_hours();
  short_day.set_start_minute(9 * 60);
  short_day.set_end_minute(13 * 60);
  return office;
}

TEST(YearTableTest, EachDayHasTheHoursOfItsZoneAndWhatIsSpecialIsMarked) {
  const auto table = YearTable(Office(), 2026);
  ASSERT_TRUE(table.ok()) << table.status();
  // The 1st of January 2026 is a Thursday; the hours behind a Saturday's midnight are Sunday's.
  EXPECT_THAT(*table, HasSubstr("Jan   A  B  C  D  A  A  A  A  B  C  D"));
  EXPECT_THAT(*table, HasSubstr("A  09:00-18:00\n"));
  EXPECT_THAT(*table, HasSubstr("B  09:00-15:00\n"));
  EXPECT_THAT(*table, HasSubstr("C  22:00-24:00\n"));
  EXPECT_THAT(*table, HasSubstr("D  00:00-02:00\n"));
  EXPECT_THAT(*table, HasSubstr(" !F *."));
  EXPECT_THAT(*table, HasSubstr("!  2026-12-24  special day: 09:00-13:00\n"));
  EXPECT_THAT(*table, HasSubstr("*  2026-12-25  holiday: closed\n"));
  EXPECT_THAT(*table, HasSubstr("~  2026-03-29  the clock is changed: the day has 23 h\n"));
  EXPECT_THAT(*table, HasSubstr("~  2026-10-25  the clock is changed: the day has 25 h\n"));
}

TEST(YearTableTest, AlwaysOpenIsOpenEachDay) {
  clocks::v1::CalendarDefinition always;
  always.set_name("siempre");
  always.set_always_open(true);
  const auto table = YearTable(always, 2028);
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(*table, HasSubstr("A  00:00-24:00\n"));
  EXPECT_THAT(*table, Not(HasSubstr(" .")));
}

TEST(YearTableTest, AZoneThatThereIsNotIsRefused) {
  auto office = Office();
  office.set_zone("Europe/Madird");
  EXPECT_EQ(YearTable(office, 2026).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace centralita::views
