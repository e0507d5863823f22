#include "model.h"

#include <functional>

#include "settings.h"

namespace centralita::dispatch {

bool AvailableOrder::operator()(const AvailableKey& a, const AvailableKey& b) const {
  if (a.load != b.load) return a.load < b.load;
  if (a.idle_since != b.idle_since) return a.idle_since < b.idle_since;
  return a.agent->state.agent_id() < b.agent->state.agent_id();
}

uint32_t AgentClass::WithRoomFor(int32_t units) const {
  uint32_t count = 0;
  for (const auto& [load, agents] : loads) {
    if (load > capacity - units) break;
    count += agents;
  }
  return count;
}

const state::DispatchAction* Agent::Recent(std::string_view action_id) const {
  const size_t hash = std::hash<std::string_view>{}(action_id);
  for (size_t i = 0; i < recent_hashes.size(); ++i) {
    const auto& action = state.recent(static_cast<int>(i));
    if (recent_hashes[i] == hash && action.action_id() == action_id) return &action;
  }
  return nullptr;
}

void Agent::Remember(const state::DispatchAction& action) {
  const uint32_t at = state.recent_next();
  if (static_cast<int>(at) == state.recent_size()) {
    *state.add_recent() = action;
    recent_hashes.push_back(0);
  } else {
    *state.mutable_recent(static_cast<int>(at)) = action;
  }
  recent_hashes[at] = std::hash<std::string_view>{}(action.action_id());
  state.set_recent_next((at + 1) % kRecentActions);
}

void Agent::IndexRecent() {
  recent_hashes.clear();
  for (const auto& action : state.recent()) {
    recent_hashes.push_back(std::hash<std::string_view>{}(action.action_id()));
  }
}

bool Conversation::CoolsDown(std::string_view agent_id) const {
  for (const auto& cooldown : state.cooldowns()) {
    if (cooldown.agent_id() == agent_id) return true;
  }
  return false;
}

}  // namespace centralita::dispatch
