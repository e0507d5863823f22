#include "timers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "clocks.h"

namespace centralita::sla_timer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kStart = 1'800'000'000'000;
constexpr base::Duration kResend{50};
constexpr int kAttempts = 3;

class NoOutputs final : public base::Outputs {
 public:
  void Emit(base::OutputTopic, std::string_view, const google::protobuf::MessageLite&) override {
    ADD_FAILURE() << "the timers of a partition emit nothing";
  }
  void Notify(const google::protobuf::MessageLite&) override { ADD_FAILURE(); }
};

class Entries final : public base::EntrySink {
 public:
  void Put(std::string_view key, std::string_view value) override { all[std::string(key)] = value; }
  void Erase(std::string_view key) override { all.erase(std::string(key)); }
  std::map<std::string, std::string> all;
};

class TimersTest : public testing::Test {
 protected:
  base::ApplyResult Apply(const events::v1::Event& event) {
    NoOutputs outputs;
    const std::string bytes = event.SerializeAsString();
    return timers_.Apply({0, offset_++, base::FromUnixMillis(kStart), "acme/customer", bytes},
                         outputs);
  }
  base::ApplyResult Apply(const std::string& conversation, const clocks::v1::ClockState& clock) {
    return Apply(EventWith(conversation, clock));
  }
  // "conversation/threshold" in order, as they become due.
  static std::vector<std::string> Names(const std::vector<Timers::Due>& due) {
    std::vector<std::string> names;
    for (const auto& each : due) {
      const auto& alarm = each.alarm.alarm().alarm();
      names.push_back(alarm.conversation_id() + "/" + std::to_string(alarm.threshold()));
    }
    return names;
  }
  std::vector<std::string> Take(int64_t after_start, size_t limit = 100) {
    return Names(timers_.TakeDue(base::FromUnixMillis(kStart + after_start), limit));
  }

  AlwaysOpenCalendars calendars_;
  std::atomic<int64_t> live_{0};
  Timers timers_{calendars_, kResend, kAttempts, live_};
  uint64_t offset_ = 0;
};

TEST_F(TimersTest, NothingIsDueWithoutClocks) {
  EXPECT_EQ(timers_.NextDue(), base::kNever);
  events::v1::Event event = EventWith("a", {});
  event.clear_clocks();
  EXPECT_EQ(Apply(event), base::ApplyResult::kApplied);
  EXPECT_THAT(Take(1'000'000), IsEmpty());
}

TEST_F(TimersTest, AlarmsComeInOrderOfTimeAndNeverBeforeTheyAreDue) {
  Apply("late", RunningClock(kStart + 2000));
  Apply("early", RunningClock(kStart + 1000));
  EXPECT_EQ(timers_.NextDue(), base::FromUnixMillis(kStart + 700));
  EXPECT_THAT(Take(699), IsEmpty());
  EXPECT_THAT(Take(700), ElementsAre("early/0"));
  EXPECT_THAT(Take(1700, 2), ElementsAre("early/0", "late/0"));
}

TEST_F(TimersTest, AnAlarmNamesItsShardItsClockAndWhenItIsDue) {
  Apply("a", RunningClock(kStart + 1000, 7));
  const auto due = timers_.TakeDue(base::FromUnixMillis(kStart + 900), 10);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_FALSE(due[0].again);
  EXPECT_EQ(due[0].alarm.tenant(), "acme");
  EXPECT_EQ(due[0].alarm.pool(), "care");
  const auto& alarm = due[0].alarm.alarm().alarm();
  EXPECT_EQ(alarm.clock(), "first_response");
  EXPECT_EQ(alarm.generation(), 7u);
  EXPECT_EQ(alarm.due_unix_ms(), kStart + 700);
}

TEST_F(TimersTest, EachEffectiveWarningLeadsToTheNextThresholdAndThenToTheDeadline) {
  Apply("a", RunningClock(kStart + 1000, 1, 0));
  EXPECT_THAT(Take(700), ElementsAre("a/0"));
  Apply("a", RunningClock(kStart + 1000, 1, 1));
  EXPECT_THAT(Take(899), IsEmpty());
  EXPECT_THAT(Take(900), ElementsAre("a/1"));
  Apply("a", RunningClock(kStart + 1000, 1, 2));
  EXPECT_THAT(Take(999), IsEmpty());
  EXPECT_THAT(Take(1000), ElementsAre("a/2"));
}

TEST_F(TimersTest, WhatNoEventConfirmsIsSentAgainAndInTheEndGivenUp) {
  Apply("a", RunningClock(kStart + 1000));
  EXPECT_THAT(Take(700), ElementsAre("a/0"));
  EXPECT_THAT(Take(749), IsEmpty());
  const auto second = timers_.TakeDue(base::FromUnixMillis(kStart + 750), 10);
  EXPECT_THAT(Names(second), ElementsAre("a/0"));
  EXPECT_TRUE(second[0].again);
  EXPECT_THAT(Take(800), ElementsAre("a/0"));
  EXPECT_THAT(Take(850), IsEmpty());
  EXPECT_EQ(timers_.size(), 0u);
  EXPECT_EQ(live_, 0);
  EXPECT_EQ(timers_.NextDue(), base::kNever);
}

TEST_F(TimersTest, ANewerGenerationReplacesAndAnOlderOneIsIgnored) {
  Apply("a", RunningClock(kStart + 1000, 2));
  Apply("a", RunningClock(kStart + 5000, 3));
  EXPECT_EQ(timers_.NextDue(), base::FromUnixMillis(kStart + 4700));
  Apply("a", RunningClock(kStart + 1000, 2, 1));
  EXPECT_EQ(timers_.NextDue(), base::FromUnixMillis(kStart + 4700));
  EXPECT_EQ(timers_.size(), 1u);
}

TEST_F(TimersTest, PausedStoppedAndBreachedClocksHaveNoAlarm) {
  for (const char* end : {"paused", "stopped", "breached"}) {
    SCOPED_TRACE(end);
    Apply(end, RunningClock(kStart + 1000, 1));
    ASSERT_EQ(timers_.size(), 1u);
    clocks::v1::ClockState clock = RunningClock(kStart + 1000, 2, 2);
    if (end == std::string_view("paused")) clock.set_phase(clocks::v1::CLOCK_PHASE_PAUSED);
    if (end == std::string_view("stopped")) clock.set_phase(clocks::v1::CLOCK_PHASE_STOPPED);
    if (end == std::string_view("breached")) {
      // A breach makes no new generation.
      clock.set_generation(1);
      clock.set_breached(true);
    }
    Apply(end, clock);
    EXPECT_EQ(timers_.size(), 0u);
    EXPECT_THAT(Take(100'000), IsEmpty());
  }
}

TEST_F(TimersTest, AConversationThatMovesTakesItsAlarmsToItsNewPool) {
  Apply(EventWith("a", RunningClock(kStart + 1000, 4), "care", 1));
  Apply(EventWith("a", RunningClock(kStart + 1000, 4), "vip", 2));
  const auto due = timers_.TakeDue(base::FromUnixMillis(kStart + 700), 10);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].alarm.pool(), "vip");
}

TEST_F(TimersTest, ALateWordOfTheOldPoolDoesNotTakeTheAlarmsBack) {
  Apply(EventWith("a", RunningClock(kStart + 1000, 4), "vip", 2));
  Apply(EventWith("a", RunningClock(kStart + 1000, 4), "care", 1));
  const auto due = timers_.TakeDue(base::FromUnixMillis(kStart + 700), 10);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].alarm.pool(), "vip");
}

TEST_F(TimersTest, ClocksOfEveryKindOfEventAreFollowedAndSeveralOfOneConversationApart) {
  events::v1::Event event = EventWith("a", RunningClock(kStart + 1000));
  event.mutable_breached();
  auto& second = *event.add_clocks();
  second = RunningClock(kStart + 3000);
  second.mutable_spec()->set_name("resolution");
  Apply(event);
  EXPECT_EQ(timers_.size(), 2u);
  EXPECT_EQ(live_, 2);
}

TEST_F(TimersTest, DamagedBytesAreNoEventAndNoEntry) {
  NoOutputs outputs;
  EXPECT_EQ(timers_.Apply({0, 0, base::FromUnixMillis(kStart), "", "\xff\xff"}, outputs),
            base::ApplyResult::kUndecodable);
  EXPECT_EQ(timers_.Load("c/x", "\xff\xff").code(), absl::StatusCode::kDataLoss);
}

TEST_F(TimersTest, WhatIsLoadedIsDueAsWhatWasSaved) {
  Entries saved;
  for (int i = 0; i < 20; ++i) {
    Apply("conversation-" + std::to_string(i),
          RunningClock(kStart + 1000 + (i * 37) % 20, 1, i % 3));
    if (i % 4 == 0) timers_.TakeChanges(saved);
  }
  auto stopped = RunningClock(kStart + 1000, 9);
  stopped.set_phase(clocks::v1::CLOCK_PHASE_STOPPED);
  Apply("conversation-3", stopped);
  timers_.TakeChanges(saved);
  Entries whole;
  timers_.ForEachEntry(whole);
  EXPECT_EQ(saved.all, whole.all) << "changes add up to the whole state";

  Timers loaded(calendars_, kResend, kAttempts, live_);
  for (const auto& [key, value] : whole.all) ASSERT_TRUE(loaded.Load(key, value).ok());
  ASSERT_TRUE(loaded.LoadDone().ok());
  EXPECT_EQ(loaded.size(), 19u);
  EXPECT_EQ(live_, 38);
  const base::TimePoint later = base::FromUnixMillis(kStart + 2000);
  EXPECT_EQ(Names(loaded.TakeDue(later, 100)), Names(timers_.TakeDue(later, 100)));
}

}  // namespace
}  // namespace centralita::sla_timer
