// Mistakes that other systems made with clocks, each by its name, in a shard. Those of the
// arithmetic are in tests/unit/sla/known_bugs_test.cc, those of hours in tests/unit/calendar.
#include "gtest/gtest.h"
#include "tests/unit/dispatch/clock_desk.h"

namespace centralita::dispatch {
namespace {

using clocks::v1::ClockState;
using events::v1::Event;

constexpr int64_t kFriday = kMonday + 4 * kDay;
constexpr int64_t kNextMonday = kMonday + 7 * kDay;

class KnownClockBugsTest : public testing::Test {
 protected:
  void SetUp() override {
    desk.Activate(1, {});
    desk.Available("ana");
  }
  // As its agent does.
  routing::v1::ConversationClosed Resolve(std::string_view id) {
    desk.Resolve("ana", id);
    EXPECT_EQ(desk.out.routing.size(), 1u);
    return desk.out.routing.at(0).closed();
  }
  ClockDesk desk;
};

TEST_F(KnownClockBugsTest, PauseIsNotCountedTwiceOverAWeekend) {
  desk.now = kFriday + 15 * kHour;
  auto spec = Resolution(4 * kHour, {}, "office");
  spec.set_pause_while_waiting(true);
  desk.Open("c1", {spec});
  desk.Accept("ana", "c1");
  desk.now = kFriday + 16 * kHour;
  desk.Hold("ana", "c1");
  EXPECT_EQ(desk.ClockOf("c1", "resolution").remaining_ms(), 3 * kHour) << "business time";
  desk.now = kNextMonday + 10 * kHour;
  desk.Append("c1", 2);
  EXPECT_EQ(desk.ClockOf("c1", "resolution").deadline_unix_ms(), kNextMonday + 13 * kHour);
}

TEST_F(KnownClockBugsTest, WarningOneHourBeforeDoesNotLandAtMidnight) {
  desk.Open("c1", {FirstResponse(8 * kHour + 30 * kMinute, {kHour}, "office")});
  // Due on Tuesday at 09:30, so an hour of work before that is Monday at 16:30.
  desk.now = kMonday + 16 * kHour + 30 * kMinute - 1;
  EXPECT_TRUE(desk.Ring("c1", "first", 1, 0).events.empty());
  desk.now += 1;
  desk.Ring("c1", "first", 1, 0);
  EXPECT_EQ(desk.Count(Event::kWarned), 1u);
}

TEST_F(KnownClockBugsTest, CreatedOutsideHoursDoesNotGiveZeroDelay) {
  desk.now = kMonday + 5 * kDay + 3 * kHour;
  desk.Open("c1", {FirstResponse(30 * kMinute, {10 * kMinute}, "office")});
  EXPECT_EQ(desk.ClockOf("c1", "first").deadline_unix_ms(), kNextMonday + 9 * kHour + 30 * kMinute);
  EXPECT_TRUE(desk.Ring("c1", "first", 1, 1).events.empty());
}

TEST_F(KnownClockBugsTest, NextResponseDoesNotOverrideFirstResponse) {
  desk.Open("c1", {FirstResponse(4 * kHour), NextResponse(kHour)});
  desk.Accept("ana", "c1");
  desk.now += kMinute;
  desk.Append("c1", 2);
  EXPECT_EQ(desk.ClockOf("c1", "next").phase(), clocks::v1::CLOCK_PHASE_UNSPECIFIED);
  EXPECT_EQ(desk.ClockOf("c1", "first").deadline_unix_ms(), kMonday + 13 * kHour);
}

TEST_F(KnownClockBugsTest, ABotsAnswerDoesNotBeginWhatFollowsAPersonsAnswer) {
  auto company = Spec("company", clocks::v1::CLOCK_KIND_FIRST_RESPONSE, kHour);
  company.set_stop(clocks::v1::STOP_CONDITION_ANY_REPLY);
  auto company_next = Spec("company_next", clocks::v1::CLOCK_KIND_NEXT_RESPONSE, kHour);
  company_next.set_stop(clocks::v1::STOP_CONDITION_ANY_REPLY);
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_OFFLINE);
  desk.Available("robot");
  desk.Open("c1", {FirstResponse(24 * kHour), NextResponse(kHour), company, company_next});
  desk.Accept("robot", "c1");
  desk.Reply("robot", "c1");
  EXPECT_EQ(desk.ClockOf("c1", "company").phase(), clocks::v1::CLOCK_PHASE_STOPPED);
  EXPECT_EQ(desk.ClockOf("c1", "first").phase(), clocks::v1::CLOCK_PHASE_RUNNING);
  desk.now += kMinute;
  desk.Append("c1", 2);
  EXPECT_EQ(desk.ClockOf("c1", "company_next").phase(), clocks::v1::CLOCK_PHASE_RUNNING);
  EXPECT_EQ(desk.ClockOf("c1", "next").phase(), clocks::v1::CLOCK_PHASE_UNSPECIFIED);
}

TEST_F(KnownClockBugsTest, HoursAreNotResetOnRestart) {
  desk.now = kFriday + 16 * kHour;
  auto spec = Resolution(4 * kHour, {kHour}, "office");
  spec.set_pause_while_waiting(true);
  desk.Open("c1", {spec});
  desk.Accept("ana", "c1");
  desk.Hold("ana", "c1");
  desk.machine = Restored(*desk.machine);
  desk.now = kNextMonday + 7 * kHour;
  desk.Append("c1", 2);
  const ClockState clock = desk.ClockOf("c1", "resolution");
  EXPECT_EQ(clock.deadline_unix_ms(), kNextMonday + 13 * kHour) << "from nine on, in its hours";
  desk.machine = Restored(*desk.machine);
  desk.now = kNextMonday + 12 * kHour;
  desk.Ring("c1", "resolution", clock.generation(), 0);
  EXPECT_EQ(desk.Count(Event::kWarned), 1u);
}

TEST_F(KnownClockBugsTest, NoInstantEscalationOnReopen) {
  auto spec = Resolution(4 * kHour, {2 * kHour, 15 * kMinute}, "office");
  spec.set_reopen_at_least_ms(kHour);
  desk.Open("c1", {spec});
  desk.Accept("ana", "c1");
  desk.now = kMonday + 11 * kHour;
  desk.Ring("c1", "resolution", 1, 0);
  EXPECT_EQ(desk.Count(Event::kWarned), 1u);
  desk.now = kMonday + 12 * kHour + 55 * kMinute;
  const auto closed = Resolve("c1");
  EXPECT_EQ(closed.clocks(0).remaining_ms(), 5 * kMinute);
  desk.now = kMonday + kDay + 10 * kHour;
  desk.Reopen(closed);
  const ClockState open = desk.ClockOf("c1", "resolution");
  EXPECT_EQ(open.phase(), clocks::v1::CLOCK_PHASE_RUNNING);
  EXPECT_EQ(open.deadline_unix_ms(), desk.now + kHour);
  for (const uint32_t threshold : {0u, 1u, 2u}) {
    EXPECT_TRUE(desk.Ring("c1", "resolution", open.generation(), threshold).events.empty());
    EXPECT_TRUE(desk.Ring("c1", "resolution", 1, threshold).events.empty()) << "of before";
  }
}

TEST_F(KnownClockBugsTest, ReopenGoesOnWithWhatWasLeft) {
  desk.Open("c1", {Resolution(8 * kHour, {}, "office")});
  desk.Accept("ana", "c1");
  desk.now += 2 * kHour;
  const auto closed = Resolve("c1");
  desk.now = kMonday + 2 * kDay + 9 * kHour;
  desk.Reopen(closed);
  EXPECT_EQ(desk.ClockOf("c1", "resolution").deadline_unix_ms(), desk.now + 6 * kHour);
}

TEST_F(KnownClockBugsTest, NotEverythingIsRedOnMondayMorning) {
  for (int i = 0; i < 20; ++i) {
    desk.now = kFriday + 17 * kHour + i * 3 * kHour;
    desk.Open(fmt::format("c{}", i), {FirstResponse(2 * kHour, {kHour}, "office")});
  }
  desk.now = kNextMonday + 9 * kHour;
  for (int i = 0; i < 20; ++i) {
    for (const uint32_t threshold : {0u, 1u}) {
      EXPECT_TRUE(desk.Ring(fmt::format("c{}", i), "first", 1, threshold).events.empty());
    }
  }
}

TEST_F(KnownClockBugsTest, NotificationDoesNotGoOutAtMidnight) {
  auto spec = FirstResponse(15 * kHour);
  auto& breach = *spec.add_actions();
  breach.set_threshold(0);
  breach.set_notify("leads");
  spec.set_notify_calendar("office");
  desk.Open("c1", {spec});
  desk.now = kMonday + kDay;
  desk.Ring("c1", "first", 1, 0);
  EXPECT_EQ(desk.Count(Event::kBreached), 1u) << "the clock runs day and night";
  EXPECT_TRUE(desk.out.outbound.empty()) << "people do not";
  desk.machine = Restored(*desk.machine);
  desk.Tick(9 * kHour - 1);
  EXPECT_TRUE(desk.out.outbound.empty());
  desk.Tick(1);
  ASSERT_EQ(desk.out.outbound.size(), 1u);
  const auto& notice = desk.out.outbound[0].notice();
  EXPECT_EQ(desk.out.outbound[0].kind(), outbound::v1::OUTBOUND_KIND_CLOCK_NOTICE);
  EXPECT_EQ(notice.recipient(), "leads");
  EXPECT_TRUE(notice.breached());
  EXPECT_EQ(notice.alarm().conversation_id(), "c1");
  desk.Tick(kDay);
  EXPECT_TRUE(desk.out.outbound.empty()) << "once";
}

TEST_F(KnownClockBugsTest, WhatWaitedInOnePoolGoesOnInTheNext) {
  auto spec = Resolution(8 * kHour, {}, "office");
  spec.set_pause_while_waiting(true);
  desk.Open("c1", {spec});
  desk.Accept("ana", "c1");
  desk.Hold("ana", "c1");
  desk.now += kHour;
  desk.Transfer("ana", "c1");
  const auto released = desk.out.routing.at(0).released();
  EXPECT_EQ(released.clocks(0).phase(), clocks::v1::CLOCK_PHASE_PAUSED);
  auto enqueue = Desk::NewEnqueue("c1", 50, desk.now);
  enqueue.set_revision(2);
  *enqueue.mutable_clocks() = released.clocks();
  desk.Enqueue(enqueue);
  EXPECT_EQ(desk.ClockOf("c1", "resolution").deadline_unix_ms(), desk.now + kDay)
      << "eight hours of a day from ten on end at ten the next day";
}

}  // namespace
}  // namespace centralita::dispatch
