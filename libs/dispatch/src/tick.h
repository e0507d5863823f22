// What is due by the clock.
#pragma once

#include "context.h"
#include "shard.h"

namespace centralita::dispatch {

// Does the shard's earliest timer (or the end of its pacing) if it is due. False if none is.
bool DoOneTimer(Shard& shard, Context& context);

}  // namespace centralita::dispatch
