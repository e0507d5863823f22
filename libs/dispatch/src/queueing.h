// How a conversation comes into the shard, what changes it from outside, and how it goes (back)
// into its queue.
#pragma once

#include <string_view>

#include "centralita/routing/v1/routing.pb.h"
#include "context.h"
#include "shard.h"

namespace centralita::dispatch {

// Route's commands.
void Enqueue(Shard& shard, Context& context, const cmd::Enqueue& enqueue);
void Append(Shard& shard, Context& context, const cmd::Append& append);
void Amend(Shard& shard, Context& context, const cmd::Amend& amend);

// Queues that the pool does not have become its first.
void FixQueues(const Shard& shard, Conversation& conversation);
// Computes the order key; Update() puts it into effect. True if it changed.
bool Rekey(const Shard& shard, Conversation& conversation);
// Takes the steps whose time has come, each with its event. True if any was.
bool RelaxSteps(Shard& shard, Context& context, Conversation& conversation);

// From whichever phase into the queue, at its original age; tells of it, and matches it. `fresh`:
// it has not waited. Whoever had it is none of this function's business.
void ReturnToQueue(Shard& shard, Context& context, Conversation& conversation,
                   std::string_view reason, bool fresh = false);

// Closes it for good and tells route. The reference is dead afterwards.
void Close(Shard& shard, Context& context, Conversation& conversation,
           routing::v1::CloseReason reason, std::string_view action_id, std::string_view intent);
// Lets it go to wherever route decides. The reference is dead afterwards.
void Release(Shard& shard, Context& context, Conversation& conversation, std::string_view reason,
             const cmd::Transfer& transfer);

}  // namespace centralita::dispatch
