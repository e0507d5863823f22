// Mistakes that other systems made with clocks and business hours, each by its name. Those of the
// hours themselves are in tests/unit/calendar/compile_test.cc and spans_test.cc.
#include "centralita/sla/clock.h"
#include "gtest/gtest.h"
#include "tests/unit/sla/open_spans.h"

namespace centralita::sla {
namespace {

using base::Duration;
using base::TimePoint;
using clocks::v1::ClockState;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;

// 2026-01-05, a Monday, 00:00 UTC.
constexpr TimePoint kMonday = base::FromUnixMillis(1'767'571'200'000);
constexpr Duration kDay = 24h;

// Monday to Friday, 09:00 to 17:00, for ten weeks.
Spans Office() {
  std::vector<std::pair<int64_t, int64_t>> spans;
  for (int day = 0; day < 70; ++day) {
    if (day % 7 >= 5) continue;
    const TimePoint midnight = kMonday + day * kDay;
    spans.emplace_back(base::ToUnixMillis(midnight + 9h), base::ToUnixMillis(midnight + 17h));
  }
  auto calendar = OpenAt(spans);
  calendar.set_known_from_unix_ms(base::ToUnixMillis(kMonday));
  calendar.set_known_until_unix_ms(base::ToUnixMillis(kMonday + 70 * kDay));
  return calendar;
}

ClockState Started(TimePoint at, Duration target, std::vector<Duration> warnings = {}) {
  ClockState clock;
  clock.mutable_spec()->set_name("first_response");
  clock.mutable_spec()->set_target_ms(target.count());
  for (const Duration before : warnings) clock.mutable_spec()->add_warn_before_ms(before.count());
  return Start(clock, Office(), at);
}

TimePoint DeadlineOf(const ClockState& clock) {
  return base::FromUnixMillis(clock.deadline_unix_ms());
}

TEST(KnownBugsTest, PauseIsNotCountedTwiceOverAWeekend) {
  const TimePoint friday = kMonday + 4 * kDay;
  const TimePoint next_monday = kMonday + 7 * kDay;
  const ClockState clock = Started(friday + 15h, 4h);
  ASSERT_EQ(DeadlineOf(clock), next_monday + 11h);
  const ClockState paused = Pause(clock, Office(), friday + 16h);
  EXPECT_EQ(Duration(paused.remaining_ms()), 3h) << "business time";
  EXPECT_EQ(DeadlineOf(Resume(paused, Office(), next_monday + 10h)), next_monday + 13h);
  EXPECT_EQ(DeadlineOf(Resume(paused, Office(), next_monday - 10h)), next_monday + 12h);
  // Paused and resumed while it is closed: as if it had not been.
  const ClockState again = Pause(clock, Office(), friday + 20h);
  EXPECT_EQ(DeadlineOf(Resume(again, Office(), next_monday)), next_monday + 11h);
}

TEST(KnownBugsTest, WarningOneHourBeforeDoesNotLandAtMidnight) {
  // Due on Tuesday at 09:30; an hour before that people work is Monday at 16:30, not 08:30.
  const ClockState clock = Started(kMonday + 9h, 8h + 30min, {1h});
  ASSERT_EQ(DeadlineOf(clock), kMonday + kDay + 9h + 30min);
  EXPECT_EQ(*ThresholdAt(clock, Office(), 0), kMonday + 16h + 30min);
  const ClockState at_ten = Started(kMonday + 9h, 9h, {1h});
  EXPECT_EQ(*ThresholdAt(at_ten, Office(), 0), kMonday + kDay + 9h) << "when the doors open";
}

TEST(KnownBugsTest, CreatedOutsideHoursDoesNotGiveZeroDelay) {
  const ClockState clock = Started(kMonday + 5 * kDay + 3h, 30min, {10min});
  EXPECT_EQ(DeadlineOf(clock), kMonday + 7 * kDay + 9h + 30min);
  EXPECT_EQ(OnAlarm(clock, Office(), 1, 1, kMonday + 6 * kDay).effect, AlarmEffect::kNone);
}

TEST(KnownBugsTest, NotEverythingIsRedOnMondayMorning) {
  // What comes in over the weekend begins to count when the doors open.
  const TimePoint opening = kMonday + 7 * kDay + 9h;
  for (TimePoint at = kMonday + 4 * kDay + 17h; at <= opening; at += 7min) {
    const ClockState clock = Started(at, 2h, {30min});
    ASSERT_EQ(DeadlineOf(clock), opening + 2h);
    for (const uint32_t threshold : {0u, 1u}) {
      ASSERT_EQ(OnAlarm(clock, Office(), 1, threshold, opening).effect, AlarmEffect::kNone);
    }
  }
}

TEST(KnownBugsTest, NoInstantEscalationOnReopen) {
  const ClockState clock = Started(kMonday + 9h, 4h, {1h, 15min});
  ClockState warned = OnAlarm(clock, Office(), 1, 0, kMonday + 12h).clock;
  // Solved five minutes before its end, back the next day.
  const ClockState solved = Stop(warned, Office(), kMonday + 12h + 55min);
  EXPECT_EQ(Duration(solved.remaining_ms()), 5min);
  const TimePoint back = kMonday + kDay + 10h;
  const ClockState open = Reopen(solved, Office(), back, 30min);
  EXPECT_EQ(open.phase(), clocks::v1::CLOCK_PHASE_RUNNING);
  EXPECT_EQ(open.generation(), solved.generation() + 1);
  EXPECT_EQ(DeadlineOf(open), back + 30min);
  EXPECT_EQ(open.warned(), 1u) << "the second warning is still to come";
  for (const uint32_t threshold : {0u, 1u, 2u}) {
    EXPECT_EQ(OnAlarm(open, Office(), open.generation(), threshold, back).effect,
              AlarmEffect::kNone);
  }
  // Without a grace it has its five minutes, and no warnings that are late already.
  const ClockState bare = Reopen(solved, Office(), back, Duration(0));
  EXPECT_EQ(DeadlineOf(bare), back + 5min);
  EXPECT_EQ(bare.warned(), 2u);
}

TEST(KnownBugsTest, ABreachedClockThatIsReopenedDoesNotBreachAgain) {
  const ClockState clock = Started(kMonday + 9h, 1h);
  const ClockState breached = OnAlarm(clock, Office(), 1, 0, kMonday + 10h).clock;
  const ClockState solved = Stop(breached, Office(), kMonday + 11h);
  EXPECT_EQ(solved.remaining_ms(), 0);
  const ClockState open = Reopen(solved, Office(), kMonday + 12h, 30min);
  EXPECT_TRUE(open.breached());
  EXPECT_EQ(OnAlarm(open, Office(), open.generation(), 0, kMonday + 16h).effect,
            AlarmEffect::kNone);
}

TEST(KnownBugsTest, ReopenGivesNoMoreThanTheTarget) {
  const ClockState solved = Stop(Started(kMonday + 9h, 10min), Office(), kMonday + 9h + 2min);
  EXPECT_EQ(DeadlineOf(Reopen(solved, Office(), kMonday + 12h, 2h)), kMonday + 12h + 10min);
  EXPECT_EQ(Reopen(Started(kMonday + 9h, 10min), Office(), kMonday + 12h, 2h).generation(), 1u)
      << "one that runs is not reopened";
}

TEST(KnownBugsTest, StopWhilePausedKeepsWhatIsLeft) {
  const ClockState paused = Pause(Started(kMonday + 9h, 4h), Office(), kMonday + 10h);
  EXPECT_EQ(Duration(Stop(paused, Office(), kMonday + 20h).remaining_ms()), 3h);
}

TEST(KnownBugsTest, NotificationDoesNotGoOutAtMidnight) {
  // A clock on a calendar of all days and nights breaches at night; people are told when they work.
  const TimePoint breach = kMonday + kDay;
  EXPECT_EQ(Office().NextOpen(breach), kMonday + kDay + 9h);
  EXPECT_EQ(Office().NextOpen(kMonday + 12h), kMonday + 12h);
  EXPECT_EQ(Office().NextOpen(kMonday + 4 * kDay + 17h), kMonday + 7 * kDay + 9h);
}

TEST(KnownBugsTest, ManyPausesLoseNothing) {
  // However it is cut into pieces, the time that counts is the target.
  ClockState clock = Started(kMonday + 9h, 20h);
  Duration counted(0);
  TimePoint now = kMonday + 9h;
  for (int i = 0; i < 40 && clock.remaining_ms() >= 0; ++i) {
    const TimePoint pause = now + 17min * (i % 5 + 1);
    if (pause >= DeadlineOf(clock)) break;
    counted += Office().Between(now, pause);
    clock = Pause(clock, Office(), pause);
    now = pause + 5h + i * 13min;
    clock = Resume(clock, Office(), now);
  }
  EXPECT_GT(counted, 5h);
  EXPECT_EQ(counted + Office().Between(now, DeadlineOf(clock)), 20h);
}

}  // namespace
}  // namespace centralita::sla
