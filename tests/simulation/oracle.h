// What must hold at every step, said in the plainest way and sharing no code with the stages:
// capacity, one holder, original age, leases, clocks, order, and where each message is.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "centralita/commands/v1/commands.pb.h"
#include "centralita/events/v1/events.pb.h"
#include "tests/simulation/reference.h"

namespace centralita::simulation {

class Oracle final : public Listener {
 public:
  absl::Status OnApplied(common::v1::Stage stage, const base::InputRecord& record,
                         const base::StateMachine& machine,
                         const std::vector<Output>& outputs) override;

  // Every message that was delivered has one place, and each conversation has come to its end with
  // all its messages.
  absl::Status AllDone(const std::map<std::string, uint32_t>& delivered) const;

  // Of clocks ever heard of, the latest last.
  struct KnownClock {
    std::string pool;
    std::string conversation;
    clocks::v1::ClockState clock;
  };
  const std::vector<KnownClock>& clocks() const { return heard_; }
  // Alarms of clocks that run now and whose next threshold is due.
  std::vector<commands::v1::Command> AlarmsDue(int64_t now) const;
  // The same alarms, as the clocks' last generations but one had them.
  std::vector<commands::v1::Command> AlarmsOfOldGenerations(int64_t now) const;
  static commands::v1::Command AlarmOf(const KnownClock& clock, uint32_t threshold);

 private:
  enum class Phase { kQueued, kOffered, kActive, kHeld };
  struct Conversation {
    uint32_t partition = 0;
    std::string pool;
    uint64_t revision = 0;
    Phase phase = Phase::kQueued;
    int64_t eligible = 0;
    int32_t units = 0;
    std::string agent;
    int64_t lease_until = 0;
    // Counts against the agent.
    bool counted = false;
  };
  struct Place {
    std::string conversation;
    uint64_t sequence = 0;
    uint32_t seen = 0;
  };

  absl::Status OnRouteEvent(const events::v1::Event& event);
  absl::Status Joined(const events::v1::Event& event, const routing::v1::MessageRef& message,
                      bool again);
  bool WasLeft(const std::string& message_id) const;
  absl::Status OnDispatchEvent(uint32_t partition, const events::v1::Event& event);
  absl::Status OnOffer(const events::v1::Event& event);
  absl::Status OnOfferEnded(const events::v1::Event& event);
  absl::Status OnClocks(const events::v1::Event& event);
  absl::Status OnAlarm(const events::v1::Event& event, const events::v1::ClockAlarm& alarm,
                       bool breach);
  absl::Status OnPresence(const base::InputRecord& record, const std::vector<Output>& outputs);
  absl::Status Count(Conversation& conversation, bool counted);
  absl::Status End(const events::v1::Event& event);

  // Conversation id.
  std::map<std::string, Conversation> open_;
  // Pool and agent -> units.
  std::map<std::string, int32_t> load_;
  // Agent -> session that the shard has by the commands.
  std::map<std::string, std::string> sessions_;
  // Conversation and clock -> its latest state.
  std::map<std::string, KnownClock> running_;
  std::vector<KnownClock> heard_;
  // "conversation/clock/generation/threshold" that have been effective.
  std::map<std::string, int> effective_;
  // Message id.
  std::map<std::string, Place> places_;
  std::map<std::string, uint32_t> duplicates_;
  std::map<std::string, uint32_t> answered_;
  // Conversation -> the highest sequence that route has given, and that a closing covered.
  std::map<std::string, uint64_t> given_;
  std::map<std::string, uint64_t> closed_up_to_;
};

}  // namespace centralita::simulation
