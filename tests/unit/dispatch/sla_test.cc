// The clocks on a conversation.
#include "gtest/gtest.h"
#include "tests/unit/dispatch/harness.h"

namespace centralita::dispatch {
namespace {

using clocks::v1::ClockState;
using events::v1::Event;

class SlaTest : public testing::Test {
 protected:
  void SetUp() override {
    desk.Activate(1, PoolWith(60'000), {{"ana"}, {"robot", 100, {}, {"es"}, true}});
    desk.Available("ana");
    auto enqueue = Desk::NewEnqueue("c1", 50, desk.now);
    auto first = Clock("first", clocks::v1::CLOCK_KIND_FIRST_RESPONSE, 10'000);
    first.mutable_spec()->set_stop(clocks::v1::STOP_CONDITION_HUMAN_REPLY);
    *enqueue.add_clocks() = first;
    auto next = Clock("next", clocks::v1::CLOCK_KIND_NEXT_RESPONSE, 4'000);
    next.mutable_spec()->set_pause_while_waiting(true);
    *enqueue.add_clocks() = next;
    auto resolution = Clock("resolution", clocks::v1::CLOCK_KIND_RESOLUTION, 100'000);
    resolution.mutable_spec()->set_pause_while_waiting(true);
    *enqueue.add_clocks() = resolution;
    desk.Enqueue(enqueue);
    queued = desk.Find(Event::kQueued);
  }

  Recorder& Alarm(std::string_view clock, uint64_t generation, uint32_t threshold) {
    auto command = Command();
    auto& alarm = *command.mutable_alarm()->mutable_alarm();
    alarm.set_conversation_id("c1");
    alarm.set_clock(std::string(clock));
    alarm.set_generation(generation);
    alarm.set_threshold(threshold);
    return desk.Apply(command);
  }
  static ClockState Named(const Event& event, std::string_view name) {
    for (const auto& clock : event.clocks()) {
      if (clock.spec().name() == name) return clock;
    }
    return {};
  }
  Desk desk;
  Event queued;
};

TEST_F(SlaTest, FirstResponseAndResolutionStartWithTheFirstMessage) {
  EXPECT_EQ(Named(queued, "first").phase(), clocks::v1::CLOCK_PHASE_RUNNING);
  EXPECT_EQ(Named(queued, "first").deadline_unix_ms(), desk.now + 10'000);
  EXPECT_EQ(Named(queued, "resolution").deadline_unix_ms(), desk.now + 100'000);
  EXPECT_EQ(Named(queued, "next").phase(), clocks::v1::CLOCK_PHASE_UNSPECIFIED);
}

TEST_F(SlaTest, NextResponseStartsAtTheOldestUnansweredMessageAfterTheFirstResponse) {
  desk.Accept("ana", "c1");
  desk.Append("c1", 2);
  EXPECT_TRUE(desk.out.events.empty()) << "the first response is still to come";
  desk.Reply("ana", "c1");
  EXPECT_EQ(Named(desk.Find(Event::kReplied), "first").phase(), clocks::v1::CLOCK_PHASE_STOPPED);
  desk.now += 1'000;
  const int64_t oldest = desk.now;
  desk.Append("c1", 3);
  EXPECT_EQ(Named(desk.Find(Event::kReprioritized), "next").deadline_unix_ms(), oldest + 4'000);
  desk.now += 500;
  desk.Append("c1", 4);
  EXPECT_TRUE(desk.out.events.empty()) << "the clock keeps the oldest one's start";
  desk.Reply("ana", "c1");
  const Event replied = desk.Find(Event::kReplied);
  EXPECT_EQ(Named(replied, "next").phase(), clocks::v1::CLOCK_PHASE_STOPPED);
  EXPECT_FALSE(replied.replied().first_response());
  EXPECT_EQ(replied.replied().up_to_sequence(), 4u);
}

TEST_F(SlaTest, ABotsReplyDoesNotStopAClockThatWantsAPerson) {
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_OFFLINE);
  desk.Available("robot");
  desk.Accept("robot", "c1", 2);
  desk.Reply("robot", "c1");
  const Event replied = desk.Find(Event::kReplied);
  EXPECT_TRUE(replied.replied().bot());
  EXPECT_FALSE(replied.replied().first_response());
  EXPECT_EQ(Named(replied, "first").phase(), clocks::v1::CLOCK_PHASE_UNSPECIFIED)
      << "not in the event: unchanged";
  desk.Resolve("robot", "c1");
  EXPECT_EQ(desk.Find(Event::kClosed).closed().reason(), routing::v1::CLOSE_REASON_RESOLVED_BY_BOT);
  EXPECT_EQ(desk.Find(Event::kClosed).clocks_size(), 2) << "all that ran are stopped";
}

TEST_F(SlaTest, HoldPausesAndTheCustomerResumes) {
  desk.Accept("ana", "c1");
  desk.Reply("ana", "c1");
  desk.now += 30'000;
  desk.Hold("ana", "c1");
  const ClockState paused = Named(desk.Find(Event::kHeld), "resolution");
  EXPECT_EQ(paused.phase(), clocks::v1::CLOCK_PHASE_PAUSED);
  EXPECT_EQ(paused.remaining_ms(), 70'000);
  desk.now += 500'000;
  desk.Append("c1", 2);
  const Event resumed = desk.Find(Event::kResumed);
  EXPECT_EQ(Named(resumed, "resolution").deadline_unix_ms(), desk.now + 70'000);
  EXPECT_EQ(Named(resumed, "resolution").generation(), paused.generation() + 1);
  EXPECT_EQ(Named(resumed, "next").deadline_unix_ms(), desk.now + 4'000);
}

TEST_F(SlaTest, AlarmsAreEffectiveOnceNeverEarlyAndOnlyForTheirGeneration) {
  const uint64_t generation = Named(queued, "first").generation();
  desk.now += 7'499;
  EXPECT_TRUE(Alarm("first", generation, 0).log.empty()) << "too early";
  desk.now += 1;
  EXPECT_TRUE(Alarm("first", generation + 1, 0).log.empty()) << "another generation";
  EXPECT_TRUE(Alarm("nobody", generation, 0).log.empty());
  Alarm("first", generation, 0);
  EXPECT_EQ(desk.Find(Event::kWarned).warned().alarm().threshold(), 0u);
  EXPECT_TRUE(Alarm("first", generation, 0).log.empty()) << "once";
  desk.now += 2'500;
  Alarm("first", generation, 1);
  EXPECT_EQ(desk.Find(Event::kBreached).breached().kind(), clocks::v1::CLOCK_KIND_FIRST_RESPONSE);
  EXPECT_TRUE(Alarm("first", generation, 1).log.empty());
  desk.Accept("ana", "c1");
  desk.Reply("ana", "c1");
  EXPECT_TRUE(Alarm("first", generation, 1).log.empty()) << "stopped";
}

TEST_F(SlaTest, TheReplyWindowMovesWithTheCustomersMessages) {
  auto enqueue = Desk::NewEnqueue("c2", 50, desk.now);
  enqueue.set_reply_window_unix_ms(desk.now + 1'000'000);
  *enqueue.add_clocks() = Clock("window", clocks::v1::CLOCK_KIND_REPLY_WINDOW, 0);
  desk.Enqueue(enqueue);
  EXPECT_EQ(Named(desk.Find(Event::kQueued), "window").deadline_unix_ms(), desk.now + 1'000'000);
  auto append = Command();
  append.mutable_append()->set_conversation_id("c2");
  append.mutable_append()->set_revision(1);
  *append.mutable_append()->mutable_message() = Message("c2", 2, desk.now);
  append.mutable_append()->set_reply_window_unix_ms(desk.now + 2'000'000);
  desk.Apply(append);
  EXPECT_EQ(Named(desk.Find(Event::kReprioritized), "window").deadline_unix_ms(),
            desk.now + 2'000'000);
}

}  // namespace
}  // namespace centralita::dispatch
