#include "model.h"

#include <tuple>

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

bool Conversation::CoolsDown(std::string_view agent_id) const {
  for (const auto& cooldown : state.cooldowns()) {
    if (cooldown.agent_id() == agent_id) return true;
  }
  return false;
}

}  // namespace centralita::dispatch
