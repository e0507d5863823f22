// What the policy has done when a clock reaches a threshold, or when it is forecast to breach.
#pragma once

#include "clocks.h"
#include "context.h"
#include "shard.h"

namespace centralita::dispatch {

// `clock`, one of the conversation's, has just counted `alarm`: tells of it and does what its
// policy says. Does not change the clock.
void ReachThreshold(Shard& shard, Context& context, Conversation& conversation,
                    const clocks::v1::ClockState& clock, const cmd::Alarm& alarm);

// The band that clocks have raised the conversation to, from their thresholds so far.
void RaiseByClocks(Conversation& conversation);
// Facts came: the band is not below what clocks have raised it to.
void KeepRaised(Conversation& conversation);

// Those whose hours have begun go out. True if any did.
bool SendDueNotices(Shard& shard, Context& context, Conversation& conversation);

}  // namespace centralita::dispatch
