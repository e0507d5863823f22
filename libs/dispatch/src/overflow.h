// Ways out of a queue that the policy opens: steps in other pools, limits of queues, and what bots
// must not have. Those that leave the pool go by route. Where a function says true, the reference
// is dead.
#pragma once

#include "context.h"
#include "shard.h"

namespace centralita::dispatch {

// Whether the step after the present one is in another pool.
bool NextStepIsElsewhere(const Shard& shard, const Conversation& conversation);
// Lets it go if it waits, its next step is in another pool, and that step's time has come; or
// whatever its time (`now`).
bool LeaveByStep(Shard& shard, Context& context, Conversation& conversation, bool now = false);

// It has just entered its queue. True if a limit has sent it to another pool; one that keeps it
// here has put it into its place.
bool ObeyLimits(Shard& shard, Context& context, Conversation& conversation);

// Bots must not have it: lets it go if a bot has it, or if there is nobody else here.
bool LeaveBots(Shard& shard, Context& context, Conversation& conversation);

}  // namespace centralita::dispatch
