// Events and routing records of a shard, with what all of them carry filled in.
#pragma once

#include <string_view>

#include "centralita/events/v1/events.pb.h"
#include "centralita/routing/v1/routing.pb.h"
#include "context.h"
#include "shard.h"

namespace centralita::dispatch {

// About a conversation; `decision` carries the policy version and the order key.
events::v1::Event& BeginEvent(const Shard& shard, Context& context,
                              const Conversation& conversation);
// About an agent or the policy.
events::v1::Event& BeginPoolEvent(const Shard& shard, Context& context);
// Key by the customer if it has one, else by the pool.
void Emit(const Shard& shard, Context& context, const events::v1::Event& event);

routing::v1::RoutingRecord& BeginRouting(const Shard& shard, Context& context,
                                         const Conversation& conversation);
void Emit(Context& context, const routing::v1::RoutingRecord& record);

// `conversation` may be null.
void EmitRejected(const Shard& shard, Context& context, const Conversation* conversation,
                  const events::v1::Rejected& rejected);
void EmitPresence(const Shard& shard, Context& context, const Agent& agent,
                  cmd::PresenceStatus status);

}  // namespace centralita::dispatch
