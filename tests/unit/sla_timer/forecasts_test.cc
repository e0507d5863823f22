// Forecasts as Timers gives them: events in, alarms out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "clocks.h"
#include "timers.h"

namespace centralita::sla_timer {
namespace {

using events::v1::Event;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kStart = 1'800'000'000'000;
constexpr int64_t kMinute = 60'000;

class Nowhere final : public base::Outputs {
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

// Closed for the second half of each hour.
class HalfHours final : public Calendars {
 public:
  std::shared_ptr<const sla::Spans> Find(const std::string&,
                                         const std::string& name) const override {
    clocks::v1::Calendar calendar;
    calendar.set_always_open(name.empty());
    for (int i = 0; i < 100 && !name.empty(); ++i) {
      auto& span = *calendar.add_spans();
      span.set_start_unix_ms(kStart + i * 60 * kMinute);
      span.set_end_unix_ms(kStart + (i * 60 + 30) * kMinute);
    }
    calendar.set_known_from_unix_ms(kStart);
    return std::make_shared<const sla::Spans>(calendar);
  }
};

clocks::v1::ClockState ClockFor(int64_t deadline, bool forecast, const std::string& calendar = "") {
  clocks::v1::ClockState clock;
  clock.mutable_spec()->set_name("answer");
  clock.mutable_spec()->set_kind(clocks::v1::CLOCK_KIND_FIRST_RESPONSE);
  clock.mutable_spec()->set_calendar(calendar);
  if (forecast) {
    auto& actions = *clock.mutable_spec()->add_actions();
    actions.set_forecast(true);
    actions.set_notify("leads");
  }
  clock.set_phase(clocks::v1::CLOCK_PHASE_RUNNING);
  clock.set_generation(1);
  clock.set_deadline_unix_ms(deadline);
  return clock;
}

// A partition of `events` and who follows it.
class ForecastsTest : public testing::Test {
 protected:
  Event About(const std::string& conversation, uint64_t revision = 1,
              const std::string& queue = "general") {
    Event event;
    event.set_tenant("acme");
    event.set_customer_id("customer");
    event.set_conversation_id(conversation);
    event.set_revision(revision);
    event.set_pool("care");
    event.set_queue(queue);
    return event;
  }
  void Apply(const Event& event) {
    Nowhere outputs;
    const std::string bytes = event.SerializeAsString();
    ASSERT_EQ(
        timers_->Apply({0, offset_++, base::FromUnixMillis(now_), "acme/customer", bytes}, outputs),
        base::ApplyResult::kApplied);
  }
  void Queue(const std::string& conversation, const clocks::v1::ClockState& clock,
             int64_t order = 0) {
    Event event = About(conversation);
    event.mutable_queued()->set_due_unix_ms(order == 0 ? now_ : order);
    *event.add_clocks() = clock;
    Apply(event);
  }
  void Accept(const std::string& conversation) {
    Event event = About(conversation);
    event.mutable_accepted();
    Apply(event);
  }
  void Reply(const std::string& conversation, clocks::v1::ClockState clock) {
    Event event = About(conversation);
    event.mutable_replied();
    clock.set_phase(clocks::v1::CLOCK_PHASE_STOPPED);
    clock.set_generation(clock.generation() + 1);
    *event.add_clocks() = clock;
    Apply(event);
  }
  void Close(const std::string& conversation) {
    Event event = About(conversation);
    event.mutable_closed()->set_reason(routing::v1::CLOSE_REASON_RESOLVED_BY_AGENT);
    Apply(event);
  }
  // Agents take one each `between` and answer it `handling` later.
  void Learn(int64_t between, int64_t handling, int count = 20, bool forecast = true) {
    for (int i = 0; i < count; ++i) {
      const std::string name = "learnt" + std::to_string(learnt_++);
      const auto clock = ClockFor(now_ + 600 * kMinute, forecast);
      Queue(name, clock);
      now_ += between;
      Accept(name);
      now_ += handling;
      Reply(name, clock);
      Close(name);
    }
  }
  std::vector<Timers::Due> TakeDue(const Timers::Takes& takes = nullptr) {
    auto due = timers_->TakeDue(base::FromUnixMillis(now_), 1000, takes);
    std::erase_if(due, [](const Timers::Due& each) { return !each.forecast; });
    return due;
  }
  std::vector<std::string> Take() {
    std::vector<std::string> names;
    for (const auto& each : TakeDue()) {
      names.push_back(each.alarm.alarm().alarm().conversation_id());
    }
    return names;
  }
  // All that comes by then, looked for each second.
  std::vector<std::string> TakeUntil(int64_t until) {
    std::vector<std::string> all;
    for (; now_ <= until; now_ += 1000) {
      for (std::string& name : Take()) all.push_back(std::move(name));
    }
    return all;
  }
  // As another owner has it, from what was checkpointed.
  void MoveToAnotherOwner() {
    Entries written;
    timers_->TakeChanges(written);
    for (auto& [key, value] : written.all) kept_.all[key] = value;
    auto next = std::make_unique<Timers>(calendars_, AlarmPolicy{}, live_);
    for (const auto& [key, value] : kept_.all) ASSERT_TRUE(next->Load(key, value).ok()) << key;
    ASSERT_TRUE(next->LoadDone().ok());
    timers_ = std::move(next);
  }

  HalfHours calendars_;
  std::atomic<int64_t> live_{0};
  std::unique_ptr<Timers> timers_ = std::make_unique<Timers>(calendars_, AlarmPolicy{}, live_);
  Entries kept_;
  int64_t now_ = kStart;
  uint64_t offset_ = 0;
  int learnt_ = 0;
};

TEST_F(ForecastsTest, TellsAtOnceThatALongQueueWillMissTheClock) {
  Learn(kMinute, 2 * kMinute);
  for (int i = 0; i < 10; ++i) {
    Queue("first" + std::to_string(i), ClockFor(now_ + 600 * kMinute, true), now_ - kMinute * 2);
  }
  // About ten to wait for, and two minutes to answer it.
  Queue("in_time", ClockFor(now_ + 14 * kMinute, true));
  Queue("missed", ClockFor(now_ + 12 * kMinute, true));
  const auto due = TakeDue();
  ASSERT_EQ(due.size(), 1u);
  const auto& alarm = due[0].alarm.alarm();
  EXPECT_EQ(due[0].alarm.pool(), "care");
  EXPECT_EQ(alarm.alarm().conversation_id(), "missed");
  EXPECT_EQ(alarm.alarm().clock(), "answer");
  EXPECT_EQ(alarm.alarm().generation(), 1u);
  EXPECT_EQ(alarm.forecast().expected_wait_ms(), 11 * kMinute);
  EXPECT_EQ(alarm.forecast().expected_handling_ms(), 2 * kMinute);
  EXPECT_EQ(alarm.forecast().slack_ms(), -kMinute);
}

TEST_F(ForecastsTest, TellsOfAClockOnceUntilItStartsAnew) {
  Learn(kMinute, 2 * kMinute);
  auto clock = ClockFor(now_ + 2 * kMinute, true);
  Queue("a", clock);
  EXPECT_THAT(Take(), ElementsAre("a"));
  now_ += 5000;
  EXPECT_THAT(Take(), IsEmpty());
  clock.set_warned(1);
  Queue("a", clock);
  EXPECT_THAT(Take(), IsEmpty()) << "the same generation";
  clock.set_generation(2);
  clock.set_warned(0);
  Queue("a", clock);
  EXPECT_THAT(Take(), ElementsAre("a"));
  clock.set_forecast(true);
  clock.set_generation(3);
  Queue("a", clock);
  EXPECT_THAT(Take(), IsEmpty()) << "it counted";
}

TEST_F(ForecastsTest, AsTimeGoesByTheSlackIsUsedUp) {
  Learn(kMinute, 2 * kMinute);
  // Nobody is taken any more: the minute and the two of handling are left at 57, less what a queue
  // that stands still adds.
  const int64_t queued = now_;
  Queue("a", ClockFor(queued + 60 * kMinute, true));
  EXPECT_THAT(TakeUntil(queued + 50 * kMinute), IsEmpty());
  EXPECT_THAT(TakeUntil(queued + 57 * kMinute), ElementsAre("a"));
}

TEST_F(ForecastsTest, WithAnAgentOnlyHandlingIsLeft) {
  Learn(10 * kMinute, 2 * kMinute);
  Queue("a", ClockFor(now_ + 13 * kMinute, true));
  Accept("a");
  EXPECT_THAT(TakeUntil(now_ + 10 * kMinute), IsEmpty());
  EXPECT_THAT(TakeUntil(now_ + 2 * kMinute), ElementsAre("a"));
}

TEST_F(ForecastsTest, AClockWithoutAnyActionForItIsNotForecast) {
  Learn(kMinute, 2 * kMinute);
  Queue("a", ClockFor(now_ + kMinute, false));
  EXPECT_THAT(TakeUntil(now_ + 30'000), IsEmpty());
}

TEST_F(ForecastsTest, FewObservationsGiveNone) {
  Learn(kMinute, 2 * kMinute, 7);
  Queue("a", ClockFor(now_ + kMinute, true));
  EXPECT_THAT(TakeUntil(now_ + 30'000), IsEmpty());
}

TEST_F(ForecastsTest, WhoeverWaitsCountsAlsoWithoutAClock) {
  Learn(kMinute, 2 * kMinute);
  for (int i = 0; i < 10; ++i) {
    Event event = About("other" + std::to_string(i));
    event.mutable_queued()->set_due_unix_ms(now_ - 5 * kMinute);
    Apply(event);
  }
  Queue("a", ClockFor(now_ + 5 * kMinute, true));
  EXPECT_THAT(Take(), ElementsAre("a"));
}

TEST_F(ForecastsTest, WhoeverMovesToAnotherQueueIsExpectedThere) {
  Learn(kMinute, kMinute);
  // Nobody is ahead in a queue of which nothing is known yet.
  Queue("a", ClockFor(now_ + 30 * kMinute, true));
  Event moved = About("a", 1, "urgent");
  moved.mutable_step_relaxed()->set_step(1);
  Apply(moved);
  for (int i = 0; i < 60; ++i)
    Queue("other" + std::to_string(i), ClockFor(now_ + 600 * kMinute, false), now_ - kMinute);
  EXPECT_THAT(Take(), IsEmpty());
}

TEST_F(ForecastsTest, AClosedQueueIsNotForecast) {
  Learn(kMinute, kMinute);
  // Half an hour past the full hour.
  now_ = kStart + ((now_ - kStart) / (60 * kMinute) * 60 + 30) * kMinute;
  if (now_ < kStart + 40 * kMinute) now_ += 60 * kMinute;
  for (int i = 0; i < 20; ++i)
    Queue("other" + std::to_string(i), ClockFor(now_ + 6000 * kMinute, false));
  Queue("a", ClockFor(now_ + 62 * kMinute, true, "halves"));
  EXPECT_THAT(TakeUntil(now_ + 29 * kMinute), IsEmpty());
}

TEST_F(ForecastsTest, ATenantSeesNothingOfAnothersQueue) {
  Learn(kMinute, 2 * kMinute);
  for (int i = 0; i < 100; ++i) {
    Event event = About("other" + std::to_string(i));
    event.set_tenant("boreal");
    event.mutable_queued()->set_due_unix_ms(now_ - 5 * kMinute);
    *event.add_clocks() = ClockFor(now_ + 600 * kMinute, true);
    Apply(event);
  }
  Queue("a", ClockFor(now_ + 5 * kMinute, true));
  EXPECT_THAT(Take(), IsEmpty());
}

TEST_F(ForecastsTest, TimeLeftIsThatOfTheClocksCalendar) {
  Learn(kMinute / 10, kMinute, 10);
  now_ = kStart + 20 * kMinute;
  // Ten minutes of the half-hour are left, and five of the next.
  Queue("a", ClockFor(kStart + 65 * kMinute, true, "half_hours"));
  Accept("a");
  EXPECT_THAT(TakeUntil(kStart + 64 * kMinute), IsEmpty());
  EXPECT_THAT(TakeUntil(kStart + 65 * kMinute), ElementsAre("a"));
}

TEST_F(ForecastsTest, APausedClockIsNotForecastAndOneThatGoesOnIs) {
  Learn(kMinute, 2 * kMinute);
  auto clock = ClockFor(now_ + 20 * kMinute, true);
  Queue("a", clock);
  Accept("a");
  Event held = About("a");
  held.mutable_held();
  clock.set_phase(clocks::v1::CLOCK_PHASE_PAUSED);
  clock.set_generation(2);
  clock.set_remaining_ms(kMinute);
  *held.add_clocks() = clock;
  Apply(held);
  EXPECT_THAT(TakeUntil(now_ + 30 * kMinute), IsEmpty());
  Event resumed = About("a");
  resumed.mutable_resumed();
  clock.set_phase(clocks::v1::CLOCK_PHASE_RUNNING);
  clock.set_generation(3);
  clock.set_deadline_unix_ms(now_ + kMinute);
  *resumed.add_clocks() = clock;
  Apply(resumed);
  EXPECT_THAT(Take(), ElementsAre("a"));
}

TEST_F(ForecastsTest, AnOlderRevisionsWordDoesNotCount) {
  Learn(kMinute, 2 * kMinute);
  Event moved = About("a", 2, "second");
  moved.mutable_queued()->set_due_unix_ms(now_);
  *moved.add_clocks() = ClockFor(now_ + 30 * kMinute, true);
  Apply(moved);
  Event released = About("a", 1);
  released.mutable_released();
  Apply(released);
  Accept("a");
  Event offered = About("a", 2, "second");
  offered.mutable_accepted();
  Apply(offered);
  // By the queue "second", of which nothing is known.
  EXPECT_THAT(TakeUntil(now_ + 30 * kMinute), IsEmpty());
}

TEST_F(ForecastsTest, AResolutionTakesAsLongAsAgentsHadTheMatter) {
  clocks::v1::ClockState clock = ClockFor(0, true);
  clock.mutable_spec()->set_kind(clocks::v1::CLOCK_KIND_RESOLUTION);
  for (int i = 0; i < 10; ++i) {
    const std::string name = "learnt" + std::to_string(i);
    clock.set_phase(clocks::v1::CLOCK_PHASE_RUNNING);
    clock.set_deadline_unix_ms(now_ + 6000 * kMinute);
    clock.set_generation(1);
    Queue(name, clock);
    now_ += 1000;
    Accept(name);
    now_ += 3 * kMinute;
    Event held = About(name);
    held.mutable_held();
    Apply(held);
    now_ += 40 * kMinute;
    Event resumed = About(name);
    resumed.mutable_resumed();
    Apply(resumed);
    now_ += 2 * kMinute;
    Event closed = About(name);
    closed.mutable_closed()->set_reason(routing::v1::CLOSE_REASON_RESOLVED_BY_AGENT);
    clock.set_phase(clocks::v1::CLOCK_PHASE_STOPPED);
    clock.set_generation(2);
    *closed.add_clocks() = clock;
    Apply(closed);
  }
  clock.set_phase(clocks::v1::CLOCK_PHASE_RUNNING);
  clock.set_generation(1);
  clock.set_deadline_unix_ms(now_ + 4 * kMinute);
  Queue("a", clock);
  const auto due = TakeDue();
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].alarm.alarm().forecast().expected_handling_ms(), 5 * kMinute);
}

TEST_F(ForecastsTest, APlaceThatTakesNothingIsAskedAgain) {
  Learn(kMinute, 2 * kMinute);
  Queue("a", ClockFor(now_ + 2 * kMinute, true));
  EXPECT_THAT(TakeDue([](const Place&) { return false; }), IsEmpty());
  now_ += 1000;
  EXPECT_THAT(Take(), ElementsAre("a"));
}

TEST_F(ForecastsTest, IsRightAgainAfterARestart) {
  Learn(kMinute, 2 * kMinute);
  for (int i = 0; i < 10; ++i) {
    Queue("first" + std::to_string(i), ClockFor(now_ + 600 * kMinute, true), now_ - kMinute * 2);
  }
  MoveToAnotherOwner();
  Queue("in_time", ClockFor(now_ + 14 * kMinute, true));
  Queue("missed", ClockFor(now_ + 12 * kMinute, true));
  const auto due = TakeDue();
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].alarm.alarm().forecast().slack_ms(), -kMinute);
  // Also what was queued before is looked at.
  Queue("b", ClockFor(now_ + 60 * kMinute, true), now_ - 3 * kMinute);
  MoveToAnotherOwner();
  EXPECT_THAT(TakeUntil(now_ + 57 * kMinute), testing::Contains("b"));
}

TEST_F(ForecastsTest, ASnapshotHoldsWhatCheckpointsHold) {
  Learn(kMinute, 2 * kMinute);
  Queue("a", ClockFor(now_ + 600 * kMinute, true));
  Accept("a");
  Queue("b", ClockFor(now_ + 600 * kMinute, true));
  Entries checkpoint;
  timers_->TakeChanges(checkpoint);
  Entries snapshot;
  timers_->ForEachEntry(snapshot);
  std::erase_if(checkpoint.all, [](const auto& entry) { return entry.first[0] != '+'; });
  std::erase_if(snapshot.all, [](const auto& entry) { return entry.first[0] != '+'; });
  EXPECT_EQ(checkpoint.all, snapshot.all);
  EXPECT_EQ(snapshot.all.size(), 3u) << "two conversations and a queue; the closed ones are gone";
}

TEST_F(ForecastsTest, DamagedEntriesAreToldOf) {
  Timers other(calendars_, AlarmPolicy{}, live_);
  EXPECT_EQ(other.Load("+q/acme/care/general", "\xff").code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(other.Load("+c/acme/a", "\xff").code(), absl::StatusCode::kDataLoss);
}

TEST_F(ForecastsTest, WhatNobodySpeaksOfIsForgotten) {
  Learn(kMinute, 2 * kMinute);
  Queue("lost", ClockFor(now_ + 600 * kMinute, true));
  now_ += int64_t{91} * 24 * 60 * kMinute;
  Learn(kMinute, 2 * kMinute, 5);
  Entries snapshot;
  timers_->ForEachEntry(snapshot);
  EXPECT_FALSE(snapshot.all.contains("+c/acme/lost"));
}

}  // namespace
}  // namespace centralita::sla_timer
