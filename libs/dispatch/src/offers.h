// Offers and assignments: how a conversation gets to an agent and away from him.
#pragma once

#include <string_view>

#include "centralita/events/v1/events.pb.h"
#include "clocks.h"
#include "context.h"
#include "shard.h"

namespace centralita::dispatch {

// The agent must have room; the offer holds it.
void MakeOffer(Shard& shard, Context& context, Conversation& conversation, Agent& agent,
               const events::v1::Decision& decision);

// Ends an open offer: event, withdrawal, cool-down and count of bounces where it is the agent's
// doing. The conversation still names the agent; ReturnToQueue() or Remove() comes next.
void EndOffer(Shard& shard, Context& context, Conversation& conversation, events::v1::OfferEnd end,
              std::string_view reason);
// Takes it from whoever has it: event and update. What comes next is as with EndOffer.
void Unassign(Shard& shard, Context& context, Conversation& conversation, std::string_view reason,
              const ChangedClocks* changed = nullptr);

// Notes since when the holder has been as free as he will be.
void NoteFreed(Shard& shard, Context& context, const Conversation& conversation);

// Timers of a conversation whose time has come.
void ExpireOffer(Shard& shard, Context& context, Conversation& conversation);
void EndSilence(Shard& shard, Context& context, Conversation& conversation);
void EndHold(Shard& shard, Context& context, Conversation& conversation);

// Takes back what an agent has who left: offers and active work into the queue; what waits for its
// customer stays his, but holds no capacity.
void ReturnWork(Shard& shard, Context& context, Agent& agent, std::string_view reason);
// Only his open offers.
void ReturnOffers(Shard& shard, Context& context, Agent& agent);

}  // namespace centralita::dispatch
