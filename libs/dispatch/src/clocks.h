// The SLA clocks of a conversation: each change goes into the event that tells of it.
//
// Whoever asks a clock for anything first has it timed by the present policy (RetimeClocks), so it
// does not matter how far the sweep after an activation has come.
#pragma once

#include <string_view>

#include "centralita/events/v1/events.pb.h"
#include "context.h"
#include "shard.h"

namespace centralita::dispatch {

// What of an event is a list of changed clocks.
using ChangedClocks = google::protobuf::RepeatedPtrField<clocks::v1::ClockState>;

// A conversation enters: what is idle starts with its first message, what was paused goes on, and
// in one that is reopened the clock of its resolution goes on with what was left.
void StartClocks(Shard& shard, Conversation& conversation, int64_t now);

// The customer said something: the reply window moves, a next response is due (after the first one
// was given).
void ClocksOnMessage(Shard& shard, Conversation& conversation, int64_t now, int64_t reply_window,
                     ChangedClocks& changed);

struct ReplyEffect {
  bool first_response = false;
  int64_t response_ms = 0;
};
// An answer stops what waits for one.
ReplyEffect ClocksOnReply(Shard& shard, Conversation& conversation, bool bot, int64_t now,
                          ChangedClocks& changed);
// The agent says that no answer is needed.
void ClocksOnNoResponse(Shard& shard, Conversation& conversation, int64_t now,
                        ChangedClocks& changed);

// Those that pause while it waits for `waiting_for` (empty: the customer) do, the others go on.
void PauseClocks(Shard& shard, Conversation& conversation, std::string_view waiting_for,
                 int64_t now, ChangedClocks& changed);
void ResumeClocks(Shard& shard, Conversation& conversation, int64_t now, ChangedClocks& changed);
// It closes: what is left of the time to solve it is kept for a reopening.
void StopAllClocks(Shard& shard, Conversation& conversation, int64_t now, ChangedClocks& changed);

// Those that an older policy timed, as the present one has them. Whether there was one: then the
// conversation has changed, also if `changed` has nothing to tell.
bool RetimeClocks(const Shard& shard, Conversation& conversation, int64_t now,
                  ChangedClocks& changed);
void EmitRetimed(Shard& shard, Context& context, const Conversation& conversation,
                 const ChangedClocks& changed);

// The alarm of sla-timer: a warning, a breach or a forecast, once, with what the policy has done
// then; or nothing.
void Alarm(Shard& shard, Context& context, const cmd::Alarm& alarm);

}  // namespace centralita::dispatch
