// A conversation's messages: in order, without gaps, and what each of them changes.
#pragma once

#include "centralita/commands/v1/commands.pb.h"
#include "clocks.h"
#include "context.h"
#include "shard.h"

namespace centralita::dispatch {

// The messages with which it enters.
void TakeFirstMessages(Conversation& conversation, const cmd::Enqueue& enqueue);
// Those of the higher profile revision win, the later ones at the same. True if anything changed.
bool TakeFacts(const Shard& shard, Conversation& conversation, const cmd::WorkFacts& facts);
// A held one goes on: with its agent if he has room, else it waits for him at its age. `messages`:
// how many the customer has said just now; 0 if the hold has ended by itself.
void TakeUpAgain(Shard& shard, Context& context, Conversation& conversation, int messages,
                 ChangedClocks& changed);
// Tells route every 64 messages what was applied.
void ReportProgress(Shard& shard, Context& context, Conversation& conversation);

common::v1::Channel LastChannel(const Conversation& conversation);
int64_t FirstAccepted(const Conversation& conversation);
// When the oldest unanswered message was accepted.
int64_t UnansweredSince(const Conversation& conversation);

// The tag of a conversation that agents keep declining.
inline constexpr std::string_view kBouncingTag = "bouncing";
// Adds the tag once the pool's limit is reached.
void TagIfBouncing(const Shard& shard, Conversation& conversation);

}  // namespace centralita::dispatch
