// A small deterministic machine for tests of libs/stage: it counts what each tenant says, keeps a
// digest in which order and repeats show, and passes everything on. Two of them can be chained:
// routing -> commands -> events.
//
// A record's text (RoutingRecord.customer_id, Command.pool, Event.customer_id) says what it is:
//   "bad"      undecodable
//   "due:250"  something is due 250 ms later; the first record behind that gives an output "fired"
//   else       counted; every third one of a tenant gives one output more
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "centralita/base/state_machine.h"

namespace centralita::testing {

enum class Link { kRoutingToCommands, kCommandsToEvents };

class ChainMachine final : public base::StateMachine {
 public:
  explicit ChainMachine(Link link) : link_(link) {}

  base::ApplyResult Apply(const base::InputRecord& record, base::Outputs& outputs) override;
  base::TimePoint NextDue() const override;
  void TakeChanges(base::EntrySink& sink) override;
  void ForEachEntry(base::EntrySink& sink) const override;
  absl::Status Load(std::string_view key, std::string_view value) override;
  absl::Status LoadDone() override { return absl::OkStatus(); }
  uint32_t EngineLevel() const override { return 1; }

 private:
  struct Tenant {
    uint64_t count = 0;
    uint64_t digest = 0;
    int64_t due_unix_ms = 0;  // 0: nothing
  };

  void Fire(base::TimePoint now, base::Outputs& outputs);
  void Pass(std::string_view tenant, std::string_view text, base::Outputs& outputs) const;
  static std::string Bytes(const Tenant& tenant);

  const Link link_;
  std::map<std::string, Tenant, std::less<>> tenants_;
  std::set<std::string, std::less<>> changed_;
};

// The record that says `text`, without an origin.
std::string RoutingText(std::string_view tenant, std::string_view text);

// All entries of a state.
std::map<std::string, std::string> EntriesOf(const base::StateMachine& machine);

}  // namespace centralita::testing
