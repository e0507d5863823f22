#include "centralita/sla/clock.h"

#include "centralita/sla/spans.h"
#include "gtest/gtest.h"

namespace centralita::sla {
namespace {

using base::FromUnixMillis;
using clocks::v1::ClockState;

ClockState Idle() {
  ClockState clock;
  clock.mutable_spec()->set_name("first_response");
  clock.mutable_spec()->set_target_ms(1000);
  clock.mutable_spec()->add_warn_before_ms(500);
  clock.mutable_spec()->add_warn_before_ms(100);
  return clock;
}

ClockState Running() { return Start(Idle(), AlwaysOpen(), FromUnixMillis(10'000)); }

AlarmEffect EffectOf(const ClockState& clock, uint64_t generation, uint32_t threshold,
                     int64_t now) {
  return OnAlarm(clock, AlwaysOpen(), generation, threshold, FromUnixMillis(now)).effect;
}

TEST(ClockTest, StartsOnceAndRestartsAnew) {
  const ClockState running = Running();
  EXPECT_EQ(running.phase(), clocks::v1::CLOCK_PHASE_RUNNING);
  EXPECT_EQ(running.generation(), 1u);
  EXPECT_EQ(running.deadline_unix_ms(), 11'000);
  EXPECT_EQ(Start(running, AlwaysOpen(), FromUnixMillis(10'500)).SerializeAsString(),
            running.SerializeAsString());

  ClockState breached = running;
  breached.set_breached(true);
  breached.set_warned(2);
  const ClockState again = Restart(breached, AlwaysOpen(), FromUnixMillis(20'000));
  EXPECT_EQ(again.generation(), 2u);
  EXPECT_EQ(again.deadline_unix_ms(), 21'000);
  EXPECT_FALSE(again.breached());
  EXPECT_EQ(again.warned(), 0u);
}

TEST(ClockTest, PauseKeepsWhatIsLeft) {
  const ClockState paused = Pause(Running(), AlwaysOpen(), FromUnixMillis(10'300));
  EXPECT_EQ(paused.remaining_ms(), 700);
  EXPECT_EQ(paused.generation(), 2u);
  const ClockState resumed = Resume(paused, AlwaysOpen(), FromUnixMillis(50'000));
  EXPECT_EQ(resumed.deadline_unix_ms(), 50'700);
  EXPECT_EQ(resumed.generation(), 3u);
  EXPECT_EQ(resumed.phase(), clocks::v1::CLOCK_PHASE_RUNNING);
}

TEST(ClockTest, WhatMakesNoSenseChangesNothing) {
  const ClockState stopped = Stop(Running());
  EXPECT_EQ(stopped.phase(), clocks::v1::CLOCK_PHASE_STOPPED);
  EXPECT_EQ(Pause(stopped, AlwaysOpen(), FromUnixMillis(1)).generation(), stopped.generation());
  EXPECT_EQ(Resume(stopped, AlwaysOpen(), FromUnixMillis(1)).generation(), stopped.generation());
  EXPECT_EQ(Stop(stopped).generation(), stopped.generation());
  EXPECT_EQ(Stop(Idle()).generation(), 0u);
}

TEST(ClockTest, RunUntilChangesGenerationOnlyWithTheDeadline) {
  const ClockState window = RunUntil(Idle(), FromUnixMillis(5), FromUnixMillis(900));
  EXPECT_EQ(window.generation(), 1u);
  EXPECT_EQ(RunUntil(window, FromUnixMillis(6), FromUnixMillis(900)).generation(), 1u);
  EXPECT_EQ(RunUntil(window, FromUnixMillis(6), FromUnixMillis(901)).generation(), 2u);
}

TEST(ClockTest, EachThresholdIsEffectiveOnceAndNeverEarly) {
  ClockState clock = Running();
  EXPECT_EQ(EffectOf(clock, 1, 0, 10'499), AlarmEffect::kNone);
  AlarmResult warned = OnAlarm(clock, AlwaysOpen(), 1, 0, FromUnixMillis(10'500));
  EXPECT_EQ(warned.effect, AlarmEffect::kWarned);
  EXPECT_EQ(warned.clock.generation(), 1u);
  clock = warned.clock;
  EXPECT_EQ(EffectOf(clock, 1, 0, 10'600), AlarmEffect::kNone);
  EXPECT_EQ(EffectOf(clock, 1, 2, 10'999), AlarmEffect::kNone);
  const AlarmResult breached = OnAlarm(clock, AlwaysOpen(), 1, 2, FromUnixMillis(11'000));
  EXPECT_EQ(breached.effect, AlarmEffect::kBreached);
  EXPECT_EQ(EffectOf(breached.clock, 1, 2, 12'000), AlarmEffect::kNone);
  EXPECT_EQ(EffectOf(breached.clock, 1, 1, 12'000), AlarmEffect::kNone)
      << "a warning behind the breach";
}

TEST(ClockTest, AlarmsOfOtherGenerationsPhasesAndThresholdsAreIgnored) {
  EXPECT_EQ(EffectOf(Running(), 2, 2, 99'999), AlarmEffect::kNone);
  EXPECT_EQ(EffectOf(Running(), 1, 3, 99'999), AlarmEffect::kNone);
  EXPECT_EQ(EffectOf(Stop(Running()), 2, 2, 99'999), AlarmEffect::kNone);
}

}  // namespace
}  // namespace centralita::sla
