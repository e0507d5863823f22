// What agents do. Idempotent by (agent, action id): a repeat gives the same answer and has no
// second effect.
#pragma once

#include "context.h"
#include "shard.h"

namespace centralita::dispatch {

// `action` must have a kind. `shard` may be one that holds nothing.
void Act(Shard& shard, Context& context, const cmd::AgentAction& action);

}  // namespace centralita::dispatch
