// A new policy version in a shard. What touches many objects goes in slices (a sweep), continued by
// ticks: first the agents, then the places of what waits, then agents look for work.
#pragma once

#include "centralita/policy/v1/policy.pb.h"
#include "context.h"
#include "shard.h"

namespace centralita::dispatch {

// A lower version, and a part out of order, is ignored.
void Activate(Shard& shard, Context& context, const policy::v1::ActivatePool& activation);

// At most `budget` objects. Returns how many it looked at.
int ContinueSweep(Shard& shard, Context& context, int budget);

// Lets all agents look for work, in slices.
void StartMatchSweep(Shard& shard);

}  // namespace centralita::dispatch
