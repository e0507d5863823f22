// The stage dispatch: queues, offers, agents and SLA clocks of all the shards (tenant, pool) in one
// partition of `commands`. A pure function of that log (base/state_machine.h); docs/architecture.md
// has the rules.
//
// Outputs: events and routing records (key tenant + customer; what is about an agent or a policy:
// tenant + "pool/<pool>"), agents' replies to `outbound`, and owner::v1::AgentUpdate by Notify(),
// only for agents who are connected. Not thread-safe: one thread runs one partition.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "centralita/base/state_machine.h"

namespace centralita::owner::v1 {
class AgentUpdate;
}  // namespace centralita::owner::v1

namespace centralita::dispatch {

class Machine;

// The highest engine level that this binary knows.
inline constexpr uint32_t kEngineLevel = 1;

class Dispatch final : public base::StateMachine {
 public:
  explicit Dispatch(uint32_t partition);
  ~Dispatch() override;
  Dispatch(const Dispatch&) = delete;
  Dispatch& operator=(const Dispatch&) = delete;

  // Once a record has raised the engine level above kEngineLevel, nothing is applied any more;
  // EngineLevel() tells.
  base::ApplyResult Apply(const base::InputRecord& record, base::Outputs& outputs) override;
  base::TimePoint NextDue() const override;
  void TakeChanges(base::EntrySink& sink) override;
  void ForEachEntry(base::EntrySink& sink) const override;
  absl::Status Load(std::string_view key, std::string_view value) override;
  absl::Status LoadDone() override;
  uint32_t EngineLevel() const override;

  // Gives each agent whose session belongs to that gateway incarnation, with a Resync of all that
  // he has.
  void ForEachAgentUpdate(std::string_view incarnation,
                          const std::function<void(const owner::v1::AgentUpdate&)>& take) const;
  // Gateways that have sessions here, sorted.
  std::vector<std::string> Incarnations() const;

  // Proves the invariants: capacity exact, no conversation with two holders, each queued
  // conversation in exactly one queue, each index equal to what the entries say, and no work left
  // lying that an agent could have. INTERNAL with the first breach. Takes time in proportion to the
  // state.
  absl::Status Audit() const;

 private:
  std::unique_ptr<Machine> machine_;
};

std::unique_ptr<base::StateMachine> MakeDispatch(uint32_t partition);

}  // namespace centralita::dispatch
