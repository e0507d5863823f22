// Who gets what. Triggered by events, never by polling: a conversation that may be offered looks
// for the best agent, an agent who has room looks at the heads of the signatures that he can serve.
#pragma once

#include "context.h"
#include "shard.h"

namespace centralita::dispatch {

// A conversation has come into a queue, or asks for less than before. `fresh`: it has not waited.
void MatchConversation(Shard& shard, Context& context, Conversation& conversation, bool fresh);

// The agent has more room than before, or has come. False if there was more for him than one record
// may hand out; a sweep will go on.
bool MatchAgent(Shard& shard, Context& context, Agent& agent);

// The best agent for it now; null if there is none.
const Agent* BestAgentFor(Shard& shard, Conversation& conversation, int64_t now);
// The first waiting conversation that the agent can take; null if there is none.
Conversation* BestWorkFor(Shard& shard, const Agent& agent);

}  // namespace centralita::dispatch
