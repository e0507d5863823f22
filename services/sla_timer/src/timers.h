// The clocks of one partition of `events`, and which threshold of which is due next. Pure.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "centralita/base/state_machine.h"
#include "centralita/base/strings.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/sla_timer/app.h"
#include "centralita/snapshot/v1/sla_timer_state.pb.h"

namespace centralita::sla_timer {

// Not thread-safe.
class Timers final : public base::StateMachine {
 public:
  // `live` counts the clocks of all the machines that share it; it outlives them.
  Timers(const Calendars& calendars, base::Duration resend_after, int max_attempts,
         std::atomic<int64_t>& live)
      : calendars_(calendars),
        resend_after_(resend_after),
        max_attempts_(max_attempts),
        live_(live) {}
  ~Timers() override { live_ -= static_cast<int64_t>(clocks_.size()); }
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  struct Due {
    commands::v1::Command alarm;
    bool again = false;
  };
  // Alarms that are due at `now`, at most `limit`; each is due again after resend_after unless an
  // event moves its clock.
  std::vector<Due> TakeDue(base::TimePoint now, size_t limit);
  size_t size() const { return clocks_.size(); }

  base::ApplyResult Apply(const base::InputRecord& record, base::Outputs& outputs) override;
  base::TimePoint NextDue() const override;
  void TakeChanges(base::EntrySink& sink) override;
  void ForEachEntry(base::EntrySink& sink) const override;
  absl::Status Load(std::string_view key, std::string_view value) override;
  absl::Status LoadDone() override { return absl::OkStatus(); }
  uint32_t EngineLevel() const override { return 1; }

 private:
  struct Timer {
    snapshot::v1::TimerEntry entry;
    uint32_t threshold = 0;
    base::TimePoint threshold_due;
    // When to send: threshold_due, or later when it was sent already.
    base::TimePoint due;
    int attempts = 0;
    // Of its place in by_due_.
    uint64_t number = 0;
  };
  using ByKey = base::StringMap<Timer>;

  void Follow(const events::v1::Event& event, const clocks::v1::ClockState& clock);
  // False if nothing of this clock is left to happen.
  bool Aim(Timer& timer) const;
  void Insert(std::string key, Timer timer);
  void Remove(ByKey::iterator timer);

  const Calendars& calendars_;
  const base::Duration resend_after_;
  const int max_attempts_;
  std::atomic<int64_t>& live_;
  ByKey clocks_;
  // (due, number) -> key. The number makes it unique; numbers compare faster than keys.
  std::map<std::pair<base::TimePoint, uint64_t>, std::string> by_due_;
  uint64_t next_number_ = 0;
  absl::flat_hash_set<std::string> changed_;
};

}  // namespace centralita::sla_timer
