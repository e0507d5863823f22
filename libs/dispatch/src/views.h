// What gateways show to agents: owner::v1::AgentUpdate, made from the state.
#pragma once

#include <string_view>
#include <vector>

#include "centralita/gateway/v1/gateway.pb.h"
#include "centralita/owner/v1/owner.pb.h"
#include "context.h"
#include "shard.h"

namespace centralita::dispatch {

void NotifyOffer(Shard& shard, Context& context, const Conversation& conversation,
                 const events::v1::Decision& decision);
void NotifyOfferWithdrawn(Shard& shard, Context& context, const Agent& agent,
                          std::string_view offer_id, std::string_view reason);
void NotifyAssigned(Shard& shard, Context& context, const Conversation& conversation,
                    std::string_view offer_id);
void NotifyUnassigned(Shard& shard, Context& context, const Agent& agent,
                      const Conversation& conversation, std::string_view reason);
// `count` latest messages; 0 for new facts alone.
void NotifyMessages(Shard& shard, Context& context, const Conversation& conversation, int count);
// To the session from which the action came.
void NotifyResult(Shard& shard, Context& context, std::string_view agent_id,
                  std::string_view session, const state::DispatchAction& action);
// To a session that is over: its gateway ends the connection, so that whoever is there comes again.
void NotifyClosing(const Shard& shard, Context& context, std::string_view agent_id,
                   std::string_view session);

// All that the agent has.
owner::v1::AgentUpdate ResyncOf(const Shard& shard, const Agent& agent);

}  // namespace centralita::dispatch
