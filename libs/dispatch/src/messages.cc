#include "messages.h"

#include <algorithm>
#include <string>

#include "clocks.h"
#include "emit.h"
#include "matching.h"
#include "offers.h"
#include "overflow.h"
#include "queueing.h"
#include "settings.h"
#include "thresholds.h"
#include "views.h"

namespace centralita::dispatch {
namespace {

void Keep(Conversation& conversation, const routing::v1::MessageRef& message) {
  auto& c = conversation.state;
  if (c.messages_size() == kKeptMessages) c.mutable_messages()->DeleteSubrange(0, 1);
  *c.add_messages() = message;
  c.set_last_sequence(message.sequence());
  c.set_channel(message.channel());
  c.set_message_count(c.message_count() + 1);
  if (c.first_accepted_unix_ms() == 0) c.set_first_accepted_unix_ms(message.accepted_unix_ms());
  if (!c.has_unanswered()) *c.mutable_unanswered() = message;
}

// Bounded: what does not fit is dropped, and sent again by route when the conversation closes.
void KeepEarly(Conversation& conversation, const cmd::Append& append) {
  auto& early = *conversation.state.mutable_early();
  const uint64_t sequence = append.message().sequence();
  const auto at =
      std::lower_bound(early.begin(), early.end(), sequence,
                       [](const cmd::Append& a, uint64_t s) { return a.message().sequence() < s; });
  if (at != early.end() && at->message().sequence() == sequence) return;
  const auto position = static_cast<int>(at - early.begin());
  if (early.size() == kEarlyMessages) {
    if (position == kEarlyMessages) return;
    early.RemoveLast();
  }
  *early.Add() = append;
  for (int i = early.size() - 1; i > position; --i) early.SwapElements(i, i - 1);
}

void Absorb(Shard& shard, Conversation& conversation, const cmd::Append& append, int64_t now,
            ChangedClocks& changed) {
  Keep(conversation, append.message());
  if (append.has_facts()) TakeFacts(shard, conversation, append.facts());
  ClocksOnMessage(shard, conversation, now, append.reply_window_unix_ms(), changed);
}

// All that can be applied now; how many.
int AbsorbAll(Shard& shard, Conversation& conversation, const cmd::Append& append, int64_t now,
              ChangedClocks& changed) {
  Absorb(shard, conversation, append, now, changed);
  int count = 1;
  auto& early = *conversation.state.mutable_early();
  int used = 0;
  for (const cmd::Append& next : early) {
    const uint64_t sequence = next.message().sequence();
    if (sequence > conversation.state.last_sequence() + 1) break;
    ++used;
    if (sequence <= conversation.state.last_sequence()) continue;
    Absorb(shard, conversation, next, now, changed);
    ++count;
  }
  early.DeleteSubrange(0, used);
  return count;
}

void EmitReprioritized(Shard& shard, Context& context, const Conversation& conversation,
                       const ChangedClocks& changed) {
  auto& event = BeginEvent(shard, context, conversation);
  auto& told = *event.mutable_reprioritized();
  told.set_priority(conversation.state.facts().priority());
  told.set_due_unix_ms(conversation.state.due_unix_ms());
  told.set_reason("customer_message");
  *event.mutable_clocks() = changed;
  Emit(shard, context, event);
}

bool CanResume(const Conversation& conversation) {
  const auto& c = conversation.state;
  const Agent* const agent = conversation.holder;
  if (agent == nullptr || !agent->state.has_record() || !agent->Connected()) return false;
  return !c.freed() || agent->Room() >= c.units();
}

void Resume(Shard& shard, Context& context, Conversation& conversation,
            const ChangedClocks& changed, int messages) {
  auto& c = conversation.state;
  c.set_phase(state::DISPATCH_PHASE_ACTIVE);
  c.clear_freed();
  c.clear_hold_until_unix_ms();
  c.clear_waiting_for();
  const int64_t silence = shard.policy.section().silence_ms();
  c.set_silent_until_unix_ms(silence > 0 ? context.now + silence : 0);
  Rekey(shard, conversation);
  shard.Update(conversation);
  auto& event = BeginEvent(shard, context, conversation);
  event.mutable_resumed()->set_agent_id(c.agent_id());
  *event.mutable_clocks() = changed;
  Emit(shard, context, event);
  NotifyAssigned(shard, context, conversation, {});
  NotifyMessages(shard, context, conversation, messages);
}

// His agent has no room or is not there: queued at its age, for him if he comes free in time.
void QueueSticky(Shard& shard, Context& context, Conversation& conversation,
                 const ChangedClocks& changed, std::string_view reason) {
  auto& c = conversation.state;
  const bool full = conversation.holder != nullptr && conversation.holder->Connected();
  c.set_sticky_agent_id(c.agent_id());
  const int64_t window = shard.policy.section().sticky_window_ms();
  c.set_sticky_until_unix_ms(window > 0 ? context.now + window : 0);
  Agent* const agent = conversation.holder;
  const bool had_room_taken = conversation.counted_units > 0;
  Unassign(shard, context, conversation, full ? "full" : "agent_lost", &changed);
  ReturnToQueue(shard, context, conversation, reason);
  if (agent != nullptr && had_room_taken) MatchAgent(shard, context, *agent);
}

}  // namespace

void TakeUpAgain(Shard& shard, Context& context, Conversation& conversation, int messages,
                 ChangedClocks& changed) {
  ResumeClocks(shard, conversation, context.now, changed);
  if (CanResume(conversation)) {
    Resume(shard, context, conversation, changed, messages);
  } else {
    QueueSticky(shard, context, conversation, changed,
                messages > 0 ? "customer_back" : "hold_ended");
  }
}

void TakeFirstMessages(Conversation& conversation, const cmd::Enqueue& enqueue) {
  auto& c = conversation.state;
  for (const auto& message : enqueue.messages()) Keep(conversation, message);
  if (enqueue.messages().empty() && enqueue.first_sequence() > 0)
    c.set_last_sequence(enqueue.first_sequence() - 1);
  c.set_reported_sequence(enqueue.first_sequence() > 0 ? enqueue.first_sequence() - 1 : 0);
}

bool TakeFacts(const Shard& shard, Conversation& conversation, const cmd::WorkFacts& facts) {
  auto& c = conversation.state;
  if (facts.profile_revision() < c.facts().profile_revision()) return false;
  cmd::WorkFacts before = c.facts();
  *c.mutable_facts() = facts;
  TagIfBouncing(shard, conversation);
  KeepRaised(conversation);
  return before.SerializeAsString() != c.facts().SerializeAsString();
}

void TagIfBouncing(const Shard& shard, Conversation& conversation) {
  auto& c = conversation.state;
  const uint32_t limit = shard.policy.section().bounce_limit();
  if (limit == 0 || c.bounces() < limit) return;
  auto& tags = *c.mutable_facts()->mutable_tags();
  if (std::find(tags.begin(), tags.end(), kBouncingTag) != tags.end()) return;
  tags.Add(std::string(kBouncingTag));
  std::sort(tags.begin(), tags.end());
}

void ReportProgress(Shard& shard, Context& context, Conversation& conversation) {
  auto& c = conversation.state;
  if (c.last_sequence() < c.reported_sequence() + kProgressEvery) return;
  c.set_reported_sequence(c.last_sequence());
  shard.Update(conversation);
  auto& record = BeginRouting(shard, context, conversation);
  auto& progress = *record.mutable_progress();
  progress.set_conversation_id(c.conversation_id());
  progress.set_revision(c.revision());
  progress.set_last_sequence(c.last_sequence());
  Emit(context, record);
}

common::v1::Channel LastChannel(const Conversation& conversation) {
  const auto& messages = conversation.state.messages();
  return messages.empty() ? common::v1::CHANNEL_UNSPECIFIED : messages.rbegin()->channel();
}

int64_t FirstAccepted(const Conversation& conversation) {
  const auto& c = conversation.state;
  return c.first_accepted_unix_ms() > 0 ? c.first_accepted_unix_ms() : c.eligible_unix_ms();
}

int64_t UnansweredSince(const Conversation& conversation) {
  const auto& c = conversation.state;
  return c.has_unanswered() ? c.unanswered().accepted_unix_ms() : FirstAccepted(conversation);
}

void Append(Shard& shard, Context& context, const cmd::Append& append) {
  Conversation* const conversation = shard.Find(append.conversation_id());
  if (conversation == nullptr || conversation->state.revision() != append.revision()) return;
  auto& c = conversation->state;
  const uint64_t sequence = append.message().sequence();
  if (sequence <= c.last_sequence()) return;
  if (sequence > c.last_sequence() + 1) {
    KeepEarly(*conversation, append);
    shard.Update(*conversation);
    return;
  }
  ChangedClocks changed;
  const int count = AbsorbAll(shard, *conversation, append, context.now, changed);
  if (c.phase() == state::DISPATCH_PHASE_ACTIVE && shard.policy.section().silence_ms() > 0) {
    c.set_silent_until_unix_ms(context.now + shard.policy.section().silence_ms());
  }
  const bool moved = Rekey(shard, *conversation);
  shard.Update(*conversation);
  ReportProgress(shard, context, *conversation);
  if (LeaveBots(shard, context, *conversation)) return;
  if (c.phase() == state::DISPATCH_PHASE_WAITING) {
    TakeUpAgain(shard, context, *conversation, count, changed);
    return;
  }
  if (!changed.empty() || moved) EmitReprioritized(shard, context, *conversation, changed);
  NotifyMessages(shard, context, *conversation, count);
  MatchConversation(shard, context, *conversation, true);
}

}  // namespace centralita::dispatch
