#include "centralita/dispatch/dispatch.h"

#include "audit.h"
#include "machine.h"
#include "views.h"

namespace centralita::dispatch {

// Which partition it is, is in each record's coordinates; the state does not depend on it.
Dispatch::Dispatch(uint32_t partition) : machine_(std::make_unique<Machine>()) {}
Dispatch::~Dispatch() = default;

base::ApplyResult Dispatch::Apply(const base::InputRecord& record, base::Outputs& outputs) {
  return machine_->Apply(record, outputs);
}
base::TimePoint Dispatch::NextDue() const { return machine_->NextDue(); }
void Dispatch::TakeChanges(base::EntrySink& sink) { machine_->TakeChanges(sink); }
void Dispatch::ForEachEntry(base::EntrySink& sink) const { machine_->ForEachEntry(sink); }
absl::Status Dispatch::Load(std::string_view key, std::string_view value) {
  return machine_->Load(key, value);
}
absl::Status Dispatch::LoadDone() { return machine_->LoadDone(); }
uint32_t Dispatch::EngineLevel() const { return machine_->engine_level(); }
absl::Status Dispatch::Audit() const { return machine_->Audit(); }

void Dispatch::ForEachAgentUpdate(
    std::string_view incarnation,
    const std::function<void(const owner::v1::AgentUpdate&)>& take) const {
  const auto it = machine_->sessions().find(incarnation);
  if (it == machine_->sessions().end()) return;
  for (const auto& [key, place] : it->second) take(ResyncOf(*place.first, *place.second));
}

std::vector<std::string> Dispatch::Incarnations() const {
  std::vector<std::string> incarnations;
  for (const auto& [incarnation, agents] : machine_->sessions())
    incarnations.push_back(incarnation);
  return incarnations;
}

std::unique_ptr<base::StateMachine> MakeDispatch(uint32_t partition) {
  return std::make_unique<Dispatch>(partition);
}

}  // namespace centralita::dispatch
