// Which clocks are going to be missed, before any of their thresholds says so:
//
//   slack = time left - expected wait - expected handling
//
// Time left is business time of the clock's calendar. The wait is that of the conversation's queue
// (queue_pace.h), none once an agent has it. Handling is the mean of the queue: for a response the
// time from taking it (or from the customer's message, if that is later) to the reply, for a
// resolution the time for which agents had it; of conversations with such a clock, in its business
// time. How long one takes already is not subtracted: handling times are spread so widely that what
// has passed says little about what is left.
//
// Only clocks whose policy says what to do (`forecast:`) are looked at; from the first such clock
// of a tenant on, all its conversations are followed. Each clock is looked at when its conversation
// moves, and again after a quarter of the slack it had, at least a second and at most five minutes
// later; so what is looked at grows with the clocks that ask for it and not with the events.
//
// The state is in the stage's entries. What was sent is not: after a restart a clock may be told a
// second time, which has no effect (dispatch).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "centralita/base/state_machine.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/sla_timer/app.h"
#include "centralita/snapshot/v1/sla_timer_state.pb.h"
#include "queue_pace.h"
#include "timer_table.h"

namespace centralita::sla_timer {

// Not thread-safe. Times are milliseconds of the log.
class Forecasts final {
 public:
  // Both outlive it.
  Forecasts(const Calendars& calendars, TimerTable& table) : calendars_(calendars), table_(table) {}

  static bool Wants(const clocks::v1::ClockSpec& spec);

  // Whether events without clocks say anything to it.
  bool idle() const { return names_.empty(); }
  // An event about a conversation, before its clocks are changed.
  void Follow(const events::v1::Event& event, int64_t now);
  // A timer has changed, or was put into the table.
  void Watch(uint32_t number, int64_t now);
  // It is about to go.
  void Unwatch(uint32_t number);

  // The alarm of the next clock whose slack is negative, of at most `limit` that are looked at,
  // which it counts down; nullopt if none is. `takes`: whether its place takes an alarm now.
  template <typename Takes>
  std::optional<commands::v1::Command> TakeDue(int64_t now, size_t& limit, const Takes& takes) {
    for (; limit > 0 && !looks_.empty() && looks_.begin()->first <= now; --limit) {
      const uint32_t number = looks_.begin()->second;
      auto alarm = Look(number, now);
      if (!alarm.has_value()) continue;
      if (takes(table_.PlaceOf(table_[number]))) {
        Sent(number);
        --limit;
        return alarm;
      }
      Schedule(number, now + kSoonMs);
    }
    return std::nullopt;
  }
  // INT64_MAX if there is nothing to look at.
  int64_t NextAt() const { return looks_.empty() ? INT64_MAX : looks_.begin()->first; }

  // Clocks that are watched; conversations that are followed.
  size_t watched() const { return looks_.size(); }
  size_t conversations() const { return conversations_.size(); }

  // As StateMachine's; keys begin with "+c/" and "+q/", as no tenant does.
  void TakeChanges(base::EntrySink& sink);
  void ForEachEntry(base::EntrySink& sink) const;
  static bool IsEntry(std::string_view key) {
    return key.starts_with("+c/") || key.starts_with("+q/");
  }
  // DATA_LOSS if it cannot be read.
  absl::Status Load(std::string_view key, std::string_view value);

 private:
  static constexpr int64_t kSoonMs = 1000;

  struct Queue {
    std::string tenant;
    std::string pool;
    std::string name;
    QueuePace pace;
    FadingMean answer;
    FadingMean resolution;
  };
  struct Conversation {
    uint64_t revision = 0;
    // Nodes of queues_ stay where they are.
    Queue* queue = nullptr;
    snapshot::v1::ForecastStage stage = snapshot::v1::FORECAST_STAGE_UNSPECIFIED;
    int64_t order = 0;
    int64_t since = 0;
    int64_t worked_ms = 0;
    int64_t touched = 0;
  };
  struct Watched {
    // INT64_MAX: was told of this generation.
    int64_t look = 0;
    uint32_t generation = 0;
  };
  // By tenant + conversation, by tenant + pool + queue.
  using Conversations = absl::btree_map<std::string, Conversation>;
  using Queues = std::map<std::string, Queue, std::less<>>;

  Queue& QueueOf(const std::string& tenant, const std::string& pool, const std::string& name);
  void Changed(const Conversation& conversation);
  void Enter(const events::v1::Event& event, Conversation& conversation, int64_t now);
  // To another queue of its pool, with its place by its due time.
  void MoveTo(const events::v1::Event& event, const std::string& queue, Conversation& conversation);
  void Take(Conversation& conversation, int64_t now);
  void Leave(Conversation& conversation);
  // It is with no agent any more, whose part is added up.
  void StopWork(const events::v1::Event& event, Conversation& conversation, int64_t now);
  void Replied(const events::v1::Event& event, const Conversation& conversation, int64_t now);
  void Resolved(const events::v1::Event& event, Conversation& conversation, int64_t now);
  void Forget(Conversations::iterator at);
  void ForgetOld(int64_t now);
  // Its conversation has moved.
  void LookAtAllOf(const events::v1::Event& event, int64_t now);

  // Looks, and says when to look again unless there is an alarm.
  std::optional<commands::v1::Command> Look(uint32_t number, int64_t now);
  std::optional<commands::v1::Forecast> Expect(const Timer& timer, int64_t left, int64_t now);
  int64_t Between(const std::string& tenant, const std::string& calendar, int64_t from,
                  int64_t to) const;
  void Schedule(uint32_t number, int64_t look);
  void Sent(uint32_t number);

  std::string Entry(const std::string& key, const Conversation& conversation) const;
  static std::string Entry(const Queue& queue);

  const Calendars& calendars_;
  TimerTable& table_;
  // Names of clocks that ask for forecasts, by tenant.
  std::map<std::string, std::set<std::string>, std::less<>> names_;
  Queues queues_;
  Conversations conversations_;
  // Up to which conversation it was seen whether they are too old.
  std::string swept_;
  absl::flat_hash_map<uint32_t, Watched> watched_;
  absl::btree_set<std::pair<int64_t, uint32_t>> looks_;
  std::set<std::string> changed_conversations_;
  std::set<std::string> changed_queues_;
};

}  // namespace centralita::sla_timer
