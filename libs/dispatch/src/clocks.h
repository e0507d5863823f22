// The SLA clocks of a conversation: each change goes into the event that tells of it.
#pragma once

#include "centralita/events/v1/events.pb.h"
#include "context.h"
#include "shard.h"

namespace centralita::dispatch {

// What of an event is a list of changed clocks.
using ChangedClocks = google::protobuf::RepeatedPtrField<clocks::v1::ClockState>;

// A conversation enters: idle clocks of first response and resolution start with its first message.
void StartClocks(Shard& shard, Conversation& conversation);

// The customer said something: the reply window moves, a next response is due (after the first one
// was given).
void ClocksOnMessage(Shard& shard, Conversation& conversation, int64_t reply_window,
                     ChangedClocks& changed);

struct ReplyEffect {
  bool first_response = false;
  int64_t response_ms = 0;
};
// An answer stops what waits for one.
ReplyEffect ClocksOnReply(Conversation& conversation, bool bot, int64_t now,
                          ChangedClocks& changed);

void PauseClocks(Shard& shard, Conversation& conversation, int64_t now, ChangedClocks& changed);
void ResumeClocks(Shard& shard, Conversation& conversation, int64_t now, ChangedClocks& changed);
void StopAllClocks(Conversation& conversation, ChangedClocks& changed);

// The alarm of sla-timer: a warning or a breach, once, or nothing.
void Alarm(Shard& shard, Context& context, const cmd::Alarm& alarm);

}  // namespace centralita::dispatch
