// A policy or its calendars change while clocks run.
#include "gtest/gtest.h"
#include "tests/unit/dispatch/clock_desk.h"

namespace centralita::dispatch {
namespace {

using clocks::v1::ClockState;
using events::v1::Event;

ClockPolicy With(const clocks::v1::ClockSpec& rule) {
  ClockPolicy policy;
  policy.rules = {rule};
  return policy;
}

class RetimingTest : public testing::Test {
 protected:
  RetimingTest() { desk.Activate(1, With(spec)); }

  // What the second version, two hours later, makes of a clock of eight hours.
  ClockState After(clocks::v1::ClockSpec changed, clocks::v1::ChangeRule rule) {
    desk.Open("c1", {spec});
    desk.now += 2 * kHour;
    changed.set_on_change(rule);
    desk.Activate(2, With(changed));
    desk.Settle();
    return desk.ClockOf("c1", "resolution");
  }
  clocks::v1::ClockSpec spec = Resolution(8 * kHour, {kHour}, "office");
  ClockDesk desk;
};

TEST_F(RetimingTest, TheTimeUsedCountsAgainstTheNewTarget) {
  const ClockState clock =
      After(Resolution(4 * kHour, {kHour}, "office"), clocks::v1::CHANGE_RULE_KEEP_USED);
  EXPECT_EQ(clock.deadline_unix_ms(), desk.now + 2 * kHour);
  EXPECT_EQ(clock.generation(), 2u);
  EXPECT_EQ(clock.policy_version(), 2u);
}

TEST_F(RetimingTest, RestartGivesTheWholeNewTarget) {
  const ClockState clock =
      After(Resolution(4 * kHour, {kHour}, "office"), clocks::v1::CHANGE_RULE_RESTART);
  EXPECT_EQ(clock.deadline_unix_ms(), desk.now + 4 * kHour);
  EXPECT_EQ(clock.started_unix_ms(), desk.now);
}

TEST_F(RetimingTest, IgnoreLetsItRunOn) {
  const ClockState clock =
      After(Resolution(4 * kHour, {kHour}, "office"), clocks::v1::CHANGE_RULE_IGNORE);
  EXPECT_EQ(clock.deadline_unix_ms(), kMonday + 17 * kHour);
  EXPECT_EQ(clock.generation(), 1u);
}

TEST_F(RetimingTest, TellsOfTheNewDeadlineAndPutsItInItsNewPlace) {
  desk.Open("c1", {spec});
  desk.Activate(2, With(Resolution(kHour / 2, {}, "office")));
  const Event retimed = desk.Find(Event::kRetimed);
  EXPECT_EQ(retimed.retimed().policy_version(), 2u);
  EXPECT_EQ(retimed.clocks(0).deadline_unix_ms(), desk.now + kHour / 2);
  EXPECT_EQ(desk.StateOf("c1").due_unix_ms(), desk.now + kHour / 2);
  EXPECT_EQ(desk.StateOf("c1").due_by(), "sla");
}

TEST_F(RetimingTest, OtherHoursMoveADeadlineAndNothingElse) {
  desk.Open("c1", {spec});
  desk.now += 2 * kHour;
  auto policy = With(spec);
  policy.calendars = {Office(9, 13)};
  desk.Activate(2, policy);
  // Two hours until one o'clock, four hours of Tuesday.
  EXPECT_EQ(desk.ClockOf("c1", "resolution").deadline_unix_ms(), kMonday + kDay + 13 * kHour);
}

TEST_F(RetimingTest, ARefreshThatChangesNothingTellsNothing) {
  desk.Open("c1", {spec});
  auto policy = With(spec);
  auto& longer = *policy.calendars[0].add_spans();
  longer.set_start_unix_ms(kMonday + 70 * kDay);
  longer.set_end_unix_ms(kMonday + 71 * kDay);
  policy.calendars[0].set_known_until_unix_ms(kMonday + 71 * kDay);
  desk.Activate(2, policy);
  EXPECT_EQ(desk.Count(Event::kRetimed), 0u);
  EXPECT_EQ(desk.ClockOf("c1", "resolution").generation(), 1u);
  EXPECT_EQ(desk.ClockOf("c1", "resolution").policy_version(), 2u);
}

TEST_F(RetimingTest, ARuleThatIsGoneLetsItsClocksRunOnByTheNewHours) {
  desk.Open("c1", {spec});
  ClockPolicy policy;
  policy.calendars = {Office(9, 13)};
  desk.Activate(2, policy);
  EXPECT_EQ(desk.ClockOf("c1", "resolution").deadline_unix_ms(), kMonday + kDay + 13 * kHour);
}

TEST_F(RetimingTest, AClockOfAnotherPolicyIsTimedAnewWhenItComesIn) {
  const auto late = desk.Work("c1", {spec});
  auto policy = With(spec);
  policy.calendars = {Office(9, 13)};
  desk.Activate(2, policy);
  auto enqueue = late;
  auto& clock = *enqueue.mutable_clocks(0);
  clock.set_phase(clocks::v1::CLOCK_PHASE_RUNNING);
  clock.set_generation(1);
  clock.set_started_unix_ms(kMonday + 13 * kHour);
  clock.set_deadline_unix_ms(kMonday + kDay + 13 * kHour);
  desk.now = kMonday + 13 * kHour;
  desk.Enqueue(enqueue);
  // Eight hours of the old days, nights not among them, are two of the new days.
  EXPECT_EQ(desk.ClockOf("c1", "resolution").policy_version(), 2u);
  EXPECT_EQ(desk.ClockOf("c1", "resolution").deadline_unix_ms(), kMonday + 2 * kDay + 13 * kHour);
}

TEST_F(RetimingTest, APausedClockKeepsWhatItHasUsed) {
  spec.set_pause_while_waiting(true);
  desk.Available("ana");
  desk.Open("c1", {spec});
  desk.Accept("ana", "c1");
  desk.now += 3 * kHour;
  desk.Hold("ana", "c1");
  auto shorter = Resolution(4 * kHour, {}, "office");
  shorter.set_pause_while_waiting(true);
  desk.Activate(2, With(shorter));
  EXPECT_EQ(desk.ClockOf("c1", "resolution").remaining_ms(), kHour);
}

TEST_F(RetimingTest, NoDeadlineIsBeforeTheStart) {
  auto around_the_clock = Resolution(12 * kHour);
  desk.Activate(2, With(around_the_clock));
  desk.Open("c1", {around_the_clock});
  desk.now += 10 * kHour;
  // Ten hours are used; in an hour a day that is ten days ago.
  auto policy = With(Resolution(kHour, {}, "office"));
  policy.calendars = {Office(9, 10)};
  desk.Activate(3, policy);
  const ClockState clock = desk.ClockOf("c1", "resolution");
  EXPECT_EQ(clock.deadline_unix_ms(), clock.started_unix_ms());
}

// Many conversations, of which a sweep reaches but some in the record that begins it.
class SlicesTest : public RetimingTest {
 protected:
  static constexpr int kMany = 2'000;
  SlicesTest() {
    for (int i = 0; i < kMany; ++i) desk.Open(fmt::format("c{}", i), {spec});
    desk.now += kHour;
    desk.Activate(2, With(Resolution(4 * kHour, {kHour}, "office")));
  }
  static constexpr std::string_view kLast = "c1999";
};

TEST_F(SlicesTest, NoRecordDoesItAll) {
  size_t told = desk.Count(Event::kRetimed);
  EXPECT_EQ(told, 256u) << "a quarter of 1,024 looks, for each costs four";
  int ticks = 0;
  while (desk.machine->NextDue() <= base::FromUnixMillis(desk.now)) {
    desk.Tick(0);
    EXPECT_LE(desk.Count(Event::kRetimed), 256u);
    told += desk.Count(Event::kRetimed);
    ++ticks;
  }
  EXPECT_EQ(told, static_cast<size_t>(kMany));
  EXPECT_GE(ticks, 7);
  for (const int i : {0, 999, 1999}) {
    EXPECT_EQ(desk.ClockOf(fmt::format("c{}", i), "resolution").deadline_unix_ms(),
              kMonday + 13 * kHour);
  }
}

TEST_F(SlicesTest, WhatTheSweepHasNotReachedIsTimedAnewWhenItIsTouched) {
  ASSERT_EQ(desk.ClockOf(kLast, "resolution").policy_version(), 1u);
  desk.now = kMonday + 13 * kHour;
  desk.Ring(kLast, "resolution", 1, 1);
  EXPECT_EQ(desk.Count(Event::kBreached), 0u) << "of the generation before";
  EXPECT_EQ(desk.Find(Event::kRetimed).clocks(0).deadline_unix_ms(), kMonday + 13 * kHour);
  desk.Ring(kLast, "resolution", 2, 1);
  EXPECT_EQ(desk.Count(Event::kBreached), 1u);
}

TEST_F(SlicesTest, ARestartInItsMidstChangesNothing) {
  ClockDesk other;
  other.machine = Restored(*desk.machine);
  other.stored.entries = AllEntries(*other.machine);
  other.now = desk.now;
  other.offset = desk.offset;
  for (int i = 0; i < 12; ++i) {
    desk.Tick(5);
    other.Tick(5);
    ASSERT_EQ(desk.out.log, other.out.log);
  }
  EXPECT_EQ(AllEntries(*desk.machine), AllEntries(*other.machine));
  EXPECT_EQ(desk.machine->NextDue(), other.machine->NextDue());
}

// Or who loads it would time it anew at another moment.
TEST_F(SlicesTest, WhatAnIdleAlarmTimedAnewIsInTheNextCheckpoint) {
  desk.Settle();
  desk.Activate(3, With(Resolution(4 * kHour, {kHour}, "office")));
  ASSERT_EQ(desk.ClockOf(kLast, "resolution").policy_version(), 2u);
  desk.Ring(kLast, "resolution", 99, 1);
  ASSERT_EQ(desk.ClockOf(kLast, "resolution").policy_version(), 3u);
  EXPECT_EQ(desk.stored.entries, AllEntries(*desk.machine));
}

TEST_F(SlicesTest, AThirdVersionInItsMidstReachesAll) {
  desk.Activate(3, With(Resolution(6 * kHour, {}, "office")));
  desk.Settle();
  for (const int i : {0, 300, 1999}) {
    const ClockState clock = desk.ClockOf(fmt::format("c{}", i), "resolution");
    EXPECT_EQ(clock.deadline_unix_ms(), kMonday + 15 * kHour);
    EXPECT_EQ(clock.policy_version(), 3u);
  }
}

}  // namespace
}  // namespace centralita::dispatch
