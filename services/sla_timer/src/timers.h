// The clocks of one partition of `events`, and which threshold of which is due next. Pure.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "centralita/base/state_machine.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/sla/spans.h"
#include "centralita/sla_timer/app.h"
#include "forecasts.h"
#include "segment_log.h"
#include "timer_table.h"

namespace centralita::sla_timer {

struct AlarmPolicy {
  // An alarm that no event has confirmed is sent again after so long, then after twice that, and so
  // on up to 60 times that.
  base::Duration resend_after{5000};
  // After so many it is given up: nobody is there for its conversation. At most 127.
  int max_attempts = 20;
};

// Not thread-safe.
class Timers final : public base::StateMachine {
 public:
  // `live` counts the clocks that run of all the machines that share it; it outlives them.
  Timers(const Calendars& calendars, AlarmPolicy policy, std::atomic<int64_t>& live)
      : calendars_(calendars), policy_(policy), live_(live), aimed_(calendars.Version()) {}
  ~Timers() override { live_ -= running_; }
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  struct Due {
    commands::v1::Command alarm;
    bool again = false;
    // That a breach is to be expected; sent once.
    bool forecast = false;
    // Behind the threshold's time.
    base::Duration late{0};
  };
  // Alarms that are due at `now`, at most `limit`; each is due again later unless an event moves
  // its clock, and forecasts, which are not. An attempt at a place that takes nothing is none;
  // without `takes`, all do.
  using Takes = std::function<bool(const Place&)>;
  std::vector<Due> TakeDue(base::TimePoint now, size_t limit, const Takes& takes = nullptr);

  // When the first of those that are due at `now` was due; `now` if none is.
  base::TimePoint FirstDue(base::TimePoint now) const;

  // Clocks that run; those that are kept too.
  size_t running() const { return static_cast<size_t>(running_); }
  size_t size() const { return table_.size(); }
  const TimerTable& table() const { return table_; }
  // Alarms that nobody answered.
  uint64_t given_up() const { return given_up_; }

  base::ApplyResult Apply(const base::InputRecord& record, base::Outputs& outputs) override;
  // Or before, when there is something to put in order.
  base::TimePoint NextDue() const override;
  void TakeChanges(base::EntrySink& sink) override;
  void ForEachEntry(base::EntrySink& sink) const override;
  absl::Status Load(std::string_view key, std::string_view value) override;
  absl::Status LoadDone() override;
  uint32_t EngineLevel() const override { return 1; }

 private:
  void Follow(const events::v1::Event& event, const clocks::v1::ClockState& clock);
  // Of a timer that has a later form now, or none.
  void Update(uint32_t number, const events::v1::Event& event, const clocks::v1::ClockState& clock);
  // Puts it into the wheel; false if nothing of this clock is left to happen.
  bool Aim(uint32_t number);
  // Those whose calendars have changed since they were aimed, of the next `limit` of all timers.
  void FollowCalendars(size_t limit);
  void AimAnew(uint32_t number);
  // When the present threshold of a clock that runs is due.
  absl::StatusOr<base::TimePoint> ThresholdAt(const Timer& timer);
  // A record says what time it is: what was sent by a clock that was ahead rings again in time.
  void CorrectEarly();
  void TakeForecasts(base::TimePoint now, size_t limit, const Takes& takes, std::vector<Due>& all);
  void Ring(uint32_t number, base::TimePoint now, const Takes& takes, std::vector<Due>& all);
  // In running() and `live`.
  void Count(const Timer& timer, int64_t by);
  void Remove(uint32_t number);

  const Calendars& calendars_;
  const AlarmPolicy policy_;
  std::atomic<int64_t>& live_;
  const sla::Spans always_;
  TimerTable table_;
  SegmentLog log_{table_};
  Forecasts forecasts_{calendars_, table_};
  // Of the last record.
  int64_t now_ = 0;
  int64_t running_ = 0;
  uint64_t given_up_ = 0;
  // All timers are aimed by calendars of this version or a later one.
  uint64_t aimed_;
  // Which version the round that is under way is for, and the next timer it comes to.
  uint64_t aiming_ = 0;
  uint32_t next_to_aim_ = 0;
  // Timers that rang since the last record, by an estimate of the time that no record has
  // confirmed, and how far that went.
  absl::flat_hash_set<uint32_t> unconfirmed_;
  int64_t asked_until_ = 0;
  // What it was when alarms sent early were last set again.
  int64_t corrected_at_ = 0;
  // Entries of an older format that were loaded, to be erased.
  std::vector<std::string> old_entries_;
};

}  // namespace centralita::sla_timer
