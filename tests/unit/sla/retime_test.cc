#include <string>

#include "centralita/sla/clock.h"
#include "gtest/gtest.h"
#include "tests/unit/sla/open_spans.h"

namespace centralita::sla {
namespace {

using base::FromUnixMillis;
using clocks::v1::ClockSpec;
using clocks::v1::ClockState;

// Days of 100, open from 40 to 80.
Spans Office(int64_t opens = 40, int64_t closes = 80, int64_t days = 100) {
  std::vector<std::pair<int64_t, int64_t>> spans;
  for (int64_t day = 0; day < days; ++day)
    spans.emplace_back(day * 100 + opens, day * 100 + closes);
  auto calendar = OpenAt(spans);
  calendar.set_known_until_unix_ms(days * 100);
  return calendar;
}

ClockSpec Spec(int64_t target, const std::vector<int64_t>& warnings = {},
               clocks::v1::ChangeRule rule = clocks::v1::CHANGE_RULE_KEEP_USED) {
  ClockSpec spec;
  spec.set_name("first_response");
  spec.set_kind(clocks::v1::CLOCK_KIND_FIRST_RESPONSE);
  spec.set_target_ms(target);
  spec.mutable_warn_before_ms()->Add(warnings.begin(), warnings.end());
  spec.set_on_change(rule);
  return spec;
}

ClockState Running(const ClockSpec& spec, int64_t at, const Spans& hours = Office()) {
  ClockState clock;
  *clock.mutable_spec() = spec;
  return Start(clock, hours, FromUnixMillis(at));
}

ClockState Retimed(const ClockState& clock, const ClockSpec& spec, const Spans& after,
                   int64_t now) {
  return Retime(clock, spec, Office(), after, FromUnixMillis(now));
}

TEST(RetimeTest, ARefreshThatChangesNothingMakesNoGeneration) {
  const ClockSpec spec = Spec(100, {30, 10});
  const Spans longer = Office(40, 80, 200);
  for (const int64_t start : {0, 45, 80, 99}) {
    const ClockState clock = Running(spec, start);
    for (int64_t now = start; now < 400; ++now) {
      for (const auto rule : {clocks::v1::CHANGE_RULE_KEEP_USED, clocks::v1::CHANGE_RULE_RESTART,
                              clocks::v1::CHANGE_RULE_IGNORE}) {
        ClockState expected = clock;
        ClockSpec same = spec;
        same.set_on_change(rule);
        if (rule != clocks::v1::CHANGE_RULE_IGNORE) *expected.mutable_spec() = same;
        ASSERT_EQ(Retimed(clock, same, longer, now).ShortDebugString(), expected.ShortDebugString())
            << "now " << now;
      }
    }
  }
}

TEST(RetimeTest, BeyondTheOldHorizonTheNewerCalendarMovesTheDeadline) {
  const Spans short_sighted = Office(40, 80, 2);
  const ClockState clock = Running(Spec(100), 0, short_sighted);
  EXPECT_EQ(clock.deadline_unix_ms(), 220) << "what is not known counts as open";
  const ClockState moved = Retime(clock, Spec(100), short_sighted, Office(), FromUnixMillis(150));
  EXPECT_EQ(moved.deadline_unix_ms(), 260);
  EXPECT_EQ(moved.generation(), clock.generation() + 1);
}

TEST(RetimeTest, KeepUsedCountsWhatWasUsedAgainstTheNewTarget) {
  const ClockState clock = Running(Spec(60), 40);
  ASSERT_EQ(clock.deadline_unix_ms(), 160);
  // At 70 half of it is used.
  EXPECT_EQ(Retimed(clock, Spec(100), Office(), 70).deadline_unix_ms(), 260);
  EXPECT_EQ(Retimed(clock, Spec(40), Office(), 70).deadline_unix_ms(), 80);
  EXPECT_EQ(Retimed(clock, Spec(30), Office(), 70).deadline_unix_ms(), 70) << "due now";
  EXPECT_EQ(Retimed(clock, Spec(20), Office(), 70).deadline_unix_ms(), 60) << "since a while";
  EXPECT_EQ(Retimed(clock, Spec(60), Office(60, 80), 70).deadline_unix_ms(), 180) << "other hours";
  EXPECT_EQ(Retimed(clock, Spec(100), Office(), 70).started_unix_ms(), 40);
}

TEST(RetimeTest, RestartGivesTheWholeNewTarget) {
  ClockState clock = Running(Spec(60, {10}), 40);
  clock.set_breached(true);
  const auto rule = clocks::v1::CHANGE_RULE_RESTART;
  const ClockState again = Retimed(clock, Spec(30, {10}, rule), Office(), 145);
  EXPECT_EQ(again.deadline_unix_ms(), 175);
  EXPECT_EQ(again.started_unix_ms(), 145);
  EXPECT_FALSE(again.breached());
}

TEST(RetimeTest, IgnoreLetsItRunToItsEndAsItWasBegun) {
  const ClockState clock = Running(Spec(60), 40);
  const auto rule = clocks::v1::CHANGE_RULE_IGNORE;
  EXPECT_EQ(Retimed(clock, Spec(10, {}, rule), Office(0, 5), 70).ShortDebugString(),
            clock.ShortDebugString());
  EXPECT_EQ(Retimed(Stop(clock), Spec(10, {}, rule), Office(), 70).spec().target_ms(), 10)
      << "one that has ended begins the next time by the new policy";
}

TEST(RetimeTest, APausedClockKeepsWhatItUsed) {
  const ClockState paused = Pause(Running(Spec(60, {20}), 40), Office(), FromUnixMillis(70));
  ASSERT_EQ(paused.remaining_ms(), 30);
  EXPECT_EQ(Retimed(paused, Spec(100, {20}), Office(), 500).remaining_ms(), 70);
  EXPECT_EQ(Retimed(paused, Spec(20, {10}), Office(), 500).remaining_ms(), 0);
  EXPECT_EQ(Retimed(paused, Spec(60, {20}), Office(0, 5), 500).generation(), paused.generation());
  const auto rule = clocks::v1::CHANGE_RULE_RESTART;
  EXPECT_EQ(Retimed(paused, Spec(50, {20}, rule), Office(), 500).remaining_ms(), 50);
}

TEST(RetimeTest, WarningsThatWereGivenAreNotGivenAgain) {
  ClockState clock = Running(Spec(60, {30, 10}), 40);
  clock.set_warned(1);
  EXPECT_EQ(Retimed(clock, Spec(100, {50, 30, 20}), Office(), 70).warned(), 2u)
      << "those at 30 and before are done";
  EXPECT_EQ(Retimed(clock, Spec(100, {20}), Office(), 70).warned(), 0u);
}

TEST(RetimeTest, OfWarningsThatAreDueAtOnceOnlyTheLastIsGiven) {
  const ClockState clock = Running(Spec(200), 40);
  // At 70 the new clock has 5 left.
  const ClockState hurried = Retimed(clock, Spec(35, {30, 20, 10, 1}), Office(), 70);
  EXPECT_EQ(hurried.deadline_unix_ms(), 75);
  EXPECT_EQ(hurried.warned(), 2u);
  const uint64_t generation = hurried.generation();
  EXPECT_EQ(OnAlarm(hurried, Office(), generation, 2, FromUnixMillis(70)).effect,
            AlarmEffect::kWarned);
  EXPECT_EQ(OnAlarm(hurried, Office(), generation, 3, FromUnixMillis(73)).effect,
            AlarmEffect::kNone)
      << "and the next not before its time";
  EXPECT_EQ(Retimed(clock, Spec(20, {10, 5}), Office(), 70).warned(), 2u)
      << "behind the deadline there is the breach";
}

TEST(RetimeTest, ABreachIsNotTakenBackNorGivenTwice) {
  ClockState clock = Running(Spec(10), 40);
  clock.set_breached(true);
  const ClockState longer = Retimed(clock, Spec(60), Office(), 70);
  EXPECT_TRUE(longer.breached());
  EXPECT_EQ(OnAlarm(longer, Office(), longer.generation(), 0, FromUnixMillis(500)).effect,
            AlarmEffect::kNone);
}

TEST(RetimeTest, AReplyWindowKeepsTheDeadlineOfItsChannel) {
  ClockSpec spec = Spec(0, {20});
  spec.set_kind(clocks::v1::CLOCK_KIND_REPLY_WINDOW);
  ClockState idle;
  *idle.mutable_spec() = spec;
  const ClockState clock = RunUntil(idle, FromUnixMillis(0), FromUnixMillis(500));
  EXPECT_EQ(Retimed(clock, spec, Office(0, 5), 100).ShortDebugString(), clock.ShortDebugString());
  spec.add_warn_before_ms(10);
  spec.set_on_change(clocks::v1::CHANGE_RULE_RESTART);
  const ClockState warned = Retimed(clock, spec, Office(), 100);
  EXPECT_EQ(warned.deadline_unix_ms(), 500);
  EXPECT_EQ(warned.generation(), clock.generation() + 1);
}

}  // namespace
}  // namespace centralita::sla
