// What the policy has done when a clock reaches a threshold, or when it is forecast to breach.
#pragma once

#include <string>

#include "clocks.h"
#include "context.h"
#include "shard.h"

namespace centralita::dispatch {

// `clock`, one of the conversation's, has just counted `alarm`: tells of it and does what its
// policy says. Does not change the clock.
void ReachThreshold(Shard& shard, Context& context, Conversation& conversation,
                    const clocks::v1::ClockState& clock, const cmd::Alarm& alarm);

// To a queue of its own pool, where anybody may take it. False if somebody has it, or there is no
// such queue. Update() and matching are the caller's.
bool MoveTo(const Shard& shard, Conversation& conversation, const std::string& queue);
// Its band is at least this from now on. True if that raises it.
bool RaiseTo(Conversation& conversation, classification::v1::PriorityBand band);

// The band that clocks have raised the conversation to, from their thresholds so far.
void RaiseByClocks(Conversation& conversation);
// Facts came: the band is not below what clocks have raised it to.
void KeepRaised(Conversation& conversation);

// Those whose hours have begun go out. True if any did.
bool SendDueNotices(Shard& shard, Context& context, Conversation& conversation);

}  // namespace centralita::dispatch
