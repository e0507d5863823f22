// What a policy has done at thresholds, at forecasts, and while a conversation waits.
#include "gtest/gtest.h"
#include "tests/unit/dispatch/clock_desk.h"

namespace centralita::dispatch {
namespace {

using classification::v1::PRIORITY_BAND_CRITICAL;
using classification::v1::PRIORITY_BAND_HIGH;
using classification::v1::PRIORITY_BAND_NORMAL;
using clocks::v1::ClockSpec;
using events::v1::Event;

class ThresholdsTest : public testing::Test {
 protected:
  void SetUp() override {
    ClockPolicy policy;
    for (const auto& [band, minutes] : {std::pair{PRIORITY_BAND_NORMAL, 600},
                                        {PRIORITY_BAND_HIGH, 60},
                                        {PRIORITY_BAND_CRITICAL, 1}}) {
      auto& patience = *policy.pool.add_patience();
      patience.set_band(band);
      patience.set_patience_ms(minutes * kMinute);
    }
    policy.pool.set_sticky_window_ms(kDay);
    desk.Activate(1, policy);
  }
  static clocks::v1::ThresholdActions& At(ClockSpec& spec, uint32_t threshold) {
    auto& actions = *spec.add_actions();
    actions.set_threshold(threshold);
    return actions;
  }
  ClockDesk desk;
};

TEST_F(ThresholdsTest, AWarningRaisesTheBandAndWithItThePlace) {
  auto spec = FirstResponse(20 * kHour, {19 * kHour});
  At(spec, 0).set_raise_to(PRIORITY_BAND_HIGH);
  const int64_t begin = desk.now;
  desk.Open("c1", {spec});
  EXPECT_EQ(desk.StateOf("c1").due_unix_ms(), begin + 600 * kMinute);
  desk.now += kHour;
  desk.Ring("c1", "first", 1, 0);
  EXPECT_EQ(desk.StateOf("c1").facts().band(), PRIORITY_BAND_HIGH);
  const Event raised = desk.Find(Event::kReprioritized);
  EXPECT_EQ(raised.reprioritized().due_unix_ms(), begin + 60 * kMinute) << "at its original age";
  EXPECT_EQ(raised.reprioritized().reason(), "clock/first");
}

TEST_F(ThresholdsTest, ARaisedBandOutlivesFactsThatSayLessAndGivesWayToThoseThatSayMore) {
  auto spec = FirstResponse(20 * kHour, {19 * kHour});
  At(spec, 0).set_raise_to(PRIORITY_BAND_HIGH);
  desk.Open("c1", {spec});
  desk.now += kHour;
  desk.Ring("c1", "first", 1, 0);
  for (const auto band : {PRIORITY_BAND_NORMAL, PRIORITY_BAND_CRITICAL}) {
    auto command = Command();
    auto& amend = *command.mutable_amend();
    amend.set_conversation_id("c1");
    amend.set_revision(1);
    amend.mutable_facts()->set_band(band);
    amend.mutable_facts()->set_profile_revision(static_cast<uint64_t>(band));
    desk.Apply(command);
    EXPECT_EQ(desk.StateOf("c1").facts().band(), std::max(band, PRIORITY_BAND_HIGH));
  }
}

TEST_F(ThresholdsTest, ARaisedBandGoesAlongToTheNextPool) {
  auto spec = FirstResponse(20 * kHour, {19 * kHour});
  At(spec, 0).set_raise_to(PRIORITY_BAND_HIGH);
  auto work = desk.Work("c1", {spec});
  work.mutable_clocks(0)->set_phase(clocks::v1::CLOCK_PHASE_RUNNING);
  work.mutable_clocks(0)->set_generation(1);
  work.mutable_clocks(0)->set_started_unix_ms(desk.now);
  work.mutable_clocks(0)->set_deadline_unix_ms(desk.now + 20 * kHour);
  work.mutable_clocks(0)->set_warned(1);
  desk.Enqueue(work);
  EXPECT_EQ(desk.StateOf("c1").facts().band(), PRIORITY_BAND_HIGH);
}

TEST_F(ThresholdsTest, AWarningBeginsTheNextStep) {
  auto spec = FirstResponse(2 * kHour, {kHour});
  At(spec, 0).set_next_step(true);
  auto work = desk.Work("c1", {spec});
  auto& skilled = *work.mutable_steps(0);
  skilled.set_for_ms(10 * kHour);
  skilled.add_skills()->set_name("returns");
  skilled.mutable_skills(0)->set_level(5);
  work.add_steps()->set_queue("general");
  desk.Available("ana");
  desk.Enqueue(work);
  EXPECT_EQ(desk.OfferedTo(), "") << "nobody has the skill";
  desk.now += kHour;
  desk.Ring("c1", "first", 1, 0);
  EXPECT_EQ(desk.Find(Event::kStepRelaxed).step_relaxed().step(), 1u);
  EXPECT_EQ(desk.OfferedTo(), "ana");
}

TEST_F(ThresholdsTest, ABreachMovesWhatWaitsToTheSupervisorsQueue) {
  auto spec = FirstResponse(kHour);
  At(spec, 0).set_queue("vip");
  auto work = desk.Work("c1", {spec});
  work.mutable_steps(0)->add_skills()->set_name("returns");
  work.mutable_steps(0)->mutable_skills(0)->set_level(5);
  desk.Enqueue(work);
  desk.now += kHour;
  desk.Ring("c1", "first", 1, 0);
  EXPECT_EQ(desk.StateOf("c1").steps_size(), 1);
  EXPECT_EQ(desk.StateOf("c1").steps(0).queue(), "vip");
  EXPECT_TRUE(desk.StateOf("c1").steps(0).skills().empty()) << "anybody may take it";
  EXPECT_EQ(desk.Find(Event::kStepRelaxed).queue(), "vip");
  EXPECT_EQ(desk.StateOf("c1").eligible_unix_ms(), desk.now - kHour) << "at its original age";
}

TEST_F(ThresholdsTest, WhatAnAgentHasStaysWithHim) {
  auto spec = FirstResponse(kHour);
  At(spec, 0).set_queue("vip");
  desk.Available("ana");
  desk.Open("c1", {spec});
  desk.Accept("ana", "c1");
  desk.now += kHour;
  desk.Ring("c1", "first", 1, 0);
  EXPECT_EQ(desk.StateOf("c1").agent_id(), "ana");
  EXPECT_EQ(desk.StateOf("c1").steps(0).queue(), "general");
}

TEST_F(ThresholdsTest, AQueueThatThePoolDoesNotHaveIsNoMove) {
  auto spec = FirstResponse(kHour);
  At(spec, 0).set_queue("nowhere");
  desk.Open("c1", {spec});
  desk.now += kHour;
  desk.Ring("c1", "first", 1, 0);
  EXPECT_EQ(desk.Count(Event::kBreached), 1u);
  EXPECT_EQ(desk.StateOf("c1").steps(0).queue(), "general");
}

TEST_F(ThresholdsTest, AForecastIsEffectiveOnceBeforeAnyThreshold) {
  auto spec = FirstResponse(4 * kHour, {kHour});
  auto& actions = At(spec, 0);
  actions.set_forecast(true);
  actions.set_raise_to(PRIORITY_BAND_CRITICAL);
  desk.Open("c1", {spec});
  EXPECT_TRUE(desk.Forecast("c1", "first", 7).log.empty()) << "another generation";
  desk.Forecast("c1", "first", 1);
  const Event told = desk.Find(Event::kForecast);
  EXPECT_EQ(told.forecast().forecast().slack_ms(), -1);
  EXPECT_TRUE(told.clocks(0).forecast());
  EXPECT_EQ(desk.StateOf("c1").facts().band(), PRIORITY_BAND_CRITICAL);
  EXPECT_TRUE(desk.Forecast("c1", "first", 1).log.empty()) << "once";
  desk.now += 3 * kHour;
  desk.Ring("c1", "first", 1, 0);
  EXPECT_EQ(desk.Count(Event::kWarned), 1u) << "the warning is not the forecast's action";
  EXPECT_EQ(desk.Count(Event::kReprioritized), 0u);
}

TEST_F(ThresholdsTest, NoticesThatWaitAreBoundedAndGoAlongToTheNextPool) {
  auto spec = NextResponse(kHour);
  At(spec, 0).set_notify("leads");
  spec.set_notify_calendar("office");
  desk.now = kMonday + 20 * kHour;
  desk.Available("ana");
  desk.Open("c1", {FirstResponse(kHour), spec});
  desk.Accept("ana", "c1");
  desk.Reply("ana", "c1");
  uint64_t sequence = 1;
  for (int i = 0; i < 10; ++i) {
    desk.Append("c1", ++sequence);
    desk.now += kHour;
    desk.Ring("c1", "next", desk.ClockOf("c1", "next").generation(), 0);
    EXPECT_EQ(desk.Count(Event::kBreached), 1u);
    desk.Reply("ana", "c1");
  }
  EXPECT_EQ(desk.StateOf("c1").notices_size(), 8);
  desk.Transfer("ana", "c1");
  const auto released = desk.out.routing.at(0).released();
  ASSERT_EQ(released.notices_size(), 8);
  auto enqueue = Desk::NewEnqueue("c1", 50, desk.now);
  enqueue.set_revision(2);
  *enqueue.mutable_notices() = released.notices();
  desk.Enqueue(enqueue);
  desk.now = kMonday + kDay + 9 * kHour;
  desk.Tick(0);
  EXPECT_EQ(desk.out.outbound.size(), 8u);
}

TEST_F(ThresholdsTest, NothingIsToldOfWhatIsSolvedByThen) {
  auto spec = FirstResponse(kHour);
  At(spec, 0).set_notify("leads");
  spec.set_notify_calendar("office");
  desk.now = kMonday + 20 * kHour;
  desk.Available("ana");
  desk.Open("c1", {spec});
  desk.Accept("ana", "c1");
  desk.now += kHour;
  desk.Ring("c1", "first", 1, 0);
  desk.Resolve("ana", "c1");
  desk.Tick(kDay);
  EXPECT_TRUE(desk.out.outbound.empty());
}

TEST_F(ThresholdsTest, ClocksPauseForWhomTheirPolicySays) {
  auto customer = Resolution(8 * kHour);
  customer.add_pause_for("customer");
  auto others = Spec("others", clocks::v1::CLOCK_KIND_RESOLUTION, 8 * kHour);
  others.add_pause_for("carrier");
  others.add_pause_for("third_party");
  desk.Available("ana");
  desk.Open("c1", {customer, others});
  desk.Accept("ana", "c1");
  desk.now += kHour;
  desk.Hold("ana", "c1");
  EXPECT_EQ(desk.ClockOf("c1", "resolution").phase(), clocks::v1::CLOCK_PHASE_PAUSED);
  EXPECT_EQ(desk.ClockOf("c1", "others").phase(), clocks::v1::CLOCK_PHASE_RUNNING);
  desk.now += kHour;
  desk.HoldFor("ana", "c1", "carrier");
  EXPECT_EQ(desk.Find(Event::kHeld).held().waiting_for(), "carrier");
  EXPECT_EQ(desk.ClockOf("c1", "resolution").deadline_unix_ms(), desk.now + 7 * kHour);
  EXPECT_EQ(desk.ClockOf("c1", "others").remaining_ms(), 6 * kHour);
}

TEST_F(ThresholdsTest, AWaitForSomebodyElseEndsWithTheAgentNotWithAClose) {
  auto spec = Resolution(8 * kHour);
  spec.add_pause_for("third_party");
  desk.Available("ana");
  desk.Open("c1", {spec});
  desk.Accept("ana", "c1");
  desk.HoldFor("ana", "c1", "third_party", desk.now + kHour);
  desk.Tick(kHour);
  EXPECT_EQ(desk.Find(Event::kResumed).resumed().agent_id(), "ana");
  EXPECT_EQ(desk.ClockOf("c1", "resolution").deadline_unix_ms(), desk.now + 8 * kHour);
  EXPECT_EQ(desk.Count(Event::kClosed), 0u);
  desk.Hold("ana", "c1", desk.now + kHour);
  desk.Tick(kHour);
  EXPECT_EQ(desk.Find(Event::kClosed).closed().reason(), routing::v1::CLOSE_REASON_CUSTOMER_SILENT);
}

TEST_F(ThresholdsTest, AWaitThatEndsWhileItsAgentIsGoneIsQueuedForHim) {
  desk.Available("ana");
  desk.Open("c1", {});
  desk.Accept("ana", "c1");
  desk.HoldFor("ana", "c1", "third_party", desk.now + kHour);
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_OFFLINE);
  desk.Tick(kHour);
  EXPECT_EQ(desk.Find(Event::kQueued).queued().reason(), "hold_ended");
  EXPECT_EQ(desk.StateOf("c1").sticky_agent_id(), "ana");
}

TEST_F(ThresholdsTest, AStatusThatIsTooLongIsRefused) {
  desk.Available("ana");
  desk.Open("c1", {});
  desk.Accept("ana", "c1");
  desk.HoldFor("ana", "c1", std::string(65, 'x'));
  EXPECT_EQ(desk.Rejection(), "invalid_waiting_for");
}

TEST_F(ThresholdsTest, NoResponseNeededStopsOnlyTheClockThatAllowsIt) {
  auto marketplace = Spec("marketplace", clocks::v1::CLOCK_KIND_FIRST_RESPONSE, 24 * kHour);
  marketplace.set_stop(clocks::v1::STOP_CONDITION_NO_RESPONSE_NEEDED);
  desk.Available("ana");
  desk.Open("c1", {marketplace, FirstResponse(kHour)});
  desk.Accept("ana", "c1");
  desk.NoneNeeded("ana", "c1");
  const Event said = desk.Find(Event::kNoResponseNeeded);
  EXPECT_EQ(said.no_response_needed().agent_id(), "ana");
  EXPECT_EQ(said.clocks_size(), 1);
  EXPECT_EQ(desk.ClockOf("c1", "marketplace").phase(), clocks::v1::CLOCK_PHASE_STOPPED);
  EXPECT_EQ(desk.ClockOf("c1", "first").phase(), clocks::v1::CLOCK_PHASE_RUNNING);
  EXPECT_TRUE(desk.out.outbound.empty()) << "the customer is told nothing";
}

TEST_F(ThresholdsTest, TwoPromisesAtOnceEachHasItsHoursAndItsEnd) {
  auto marketplace = Spec("marketplace", clocks::v1::CLOCK_KIND_FIRST_RESPONSE, 24 * kHour);
  marketplace.set_stop(clocks::v1::STOP_CONDITION_HUMAN_REPLY);
  auto company = Spec("company", clocks::v1::CLOCK_KIND_FIRST_RESPONSE, 2 * kHour, {}, "office");
  company.set_stop(clocks::v1::STOP_CONDITION_ANY_REPLY);
  desk.now = kMonday + 5 * kDay + 12 * kHour;
  desk.Available("robot");
  desk.Open("c1", {marketplace, company});
  EXPECT_EQ(desk.ClockOf("c1", "marketplace").deadline_unix_ms(), desk.now + 24 * kHour);
  EXPECT_EQ(desk.ClockOf("c1", "company").deadline_unix_ms(), kMonday + 7 * kDay + 11 * kHour);
  desk.Accept("robot", "c1");
  desk.Reply("robot", "c1");
  EXPECT_EQ(desk.ClockOf("c1", "marketplace").phase(), clocks::v1::CLOCK_PHASE_RUNNING);
  EXPECT_EQ(desk.ClockOf("c1", "company").phase(), clocks::v1::CLOCK_PHASE_STOPPED);
}

}  // namespace
}  // namespace centralita::dispatch
