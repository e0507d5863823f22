// Presence of agents, and what a policy says of them.
#pragma once

#include <string_view>

#include "context.h"
#include "shard.h"

namespace centralita::dispatch {

// The agent, if the policy in force has him; null otherwise. Takes over a record that the sweep has
// not reached.
Agent* KnownAgent(Shard& shard, std::string_view id);

void SetPresence(Shard& shard, Context& context, const cmd::Presence& presence);
// His connection broke: open offers return at once, the rest after the grace.
void LoseSession(Shard& shard, Context& context, Agent& agent);
void EndGrace(Shard& shard, Context& context, Agent& agent);
// He is no longer in the directory: his work returns. The reference may be dead afterwards.
void RemoveFromDirectory(Shard& shard, Context& context, Agent& agent);
// Takes over the record of the version in force.
void Promote(Shard& shard, Agent& agent);

}  // namespace centralita::dispatch
