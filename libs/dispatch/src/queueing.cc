#include "queueing.h"

#include <algorithm>
#include <string>

#include "clocks.h"
#include "emit.h"
#include "matching.h"
#include "messages.h"
#include "offers.h"
#include "overflow.h"
#include "settings.h"
#include "thresholds.h"
#include "views.h"

namespace centralita::dispatch {
namespace {

constexpr int32_t kMaxUnits = 1'000'000;

// What the pool asks for the channel, else what route said.
int32_t UnitsOf(const Shard& shard, const state::DispatchConversation& c, int32_t asked) {
  for (const auto& cost : shard.policy.section().channel_costs()) {
    if (cost.channel() == c.channel() && cost.units() > 0) return cost.units();
  }
  return asked;
}

void Populate(Shard& shard, Context& context, Conversation& conversation,
              const cmd::Enqueue& enqueue) {
  auto& c = conversation.state;
  c.set_customer_id(enqueue.customer_id());
  c.set_revision(enqueue.revision());
  c.set_phase(state::DISPATCH_PHASE_QUEUED);
  *c.mutable_facts() = enqueue.facts();
  *c.mutable_steps() = enqueue.steps();
  if (c.steps().empty()) c.add_steps();
  FixQueues(shard, conversation);
  c.set_channel(enqueue.messages().empty() ? enqueue.channel()
                                           : enqueue.messages().rbegin()->channel());
  c.set_units(std::clamp(UnitsOf(shard, c, enqueue.units()), 1, kMaxUnits));
  c.set_eligible_unix_ms(enqueue.eligible_unix_ms() > 0 ? enqueue.eligible_unix_ms() : context.now);
  c.set_step_since_unix_ms(std::max(context.now, c.eligible_unix_ms()));
  c.set_ripe(c.eligible_unix_ms() <= context.now);
  c.set_reply_window_unix_ms(enqueue.reply_window_unix_ms());
  c.set_sticky_agent_id(enqueue.sticky_agent_id());
  c.set_sticky_until_unix_ms(enqueue.sticky_until_unix_ms());
  c.set_reopened(enqueue.reopened());
  c.set_policy_version(enqueue.policy_version());
  c.set_route(enqueue.route());
  c.set_note(enqueue.note());
  *c.mutable_clocks() = enqueue.clocks();
  *c.mutable_notices() = enqueue.notices();
  *c.mutable_fields() = enqueue.fields();
  c.set_overflowed(enqueue.overflowed());
  TakeFirstMessages(conversation, enqueue);
  StartClocks(shard, conversation, context.now);
  RaiseByClocks(conversation);
  Rekey(shard, conversation);
}

// A higher revision takes the place of the one that is held: whoever had that one loses it.
void Forget(Shard& shard, Context& context, Conversation& conversation) {
  if (conversation.state.phase() == state::DISPATCH_PHASE_OFFERED) {
    EndOffer(shard, context, conversation, events::v1::OFFER_END_UNDELIVERABLE, "replaced");
  } else if (conversation.holder != nullptr) {
    Unassign(shard, context, conversation, "replaced");
  }
  Agent* const agent = conversation.holder;
  shard.Remove(conversation);
  if (agent != nullptr) MatchAgent(shard, context, *agent);
}

void EmitQueued(Shard& shard, Context& context, const Conversation& conversation,
                std::string_view reason, bool with_clocks) {
  const auto& c = conversation.state;
  auto& event = BeginEvent(shard, context, conversation);
  auto& queued = *event.mutable_queued();
  queued.set_reason(reason.data(), reason.size());
  queued.set_eligible_unix_ms(c.eligible_unix_ms());
  queued.set_due_unix_ms(c.due_unix_ms());
  queued.set_step(c.step());
  Lend(queued, &events::v1::Queued::unsafe_arena_set_allocated_facts,
       &events::v1::Queued::mutable_facts, c.facts());
  if (with_clocks) *event.mutable_clocks() = c.clocks();
  Emit(shard, context, event);
}

std::string_view EntryReason(const cmd::Enqueue& enqueue) {
  if (enqueue.reopened()) return "reopened";
  return enqueue.revision() > 1 ? "moved" : "new";
}

struct Due {
  int64_t at = 0;
  std::string_view by;
  void Earlier(int64_t other, std::string_view name) {
    if (other < at) {
      at = other;
      by = name;
    }
  }
};

Due DueOf(const Shard& shard, const state::DispatchConversation& c) {
  const auto& section = shard.policy.section();
  const int64_t patience = PatienceMs(section, c.facts().band());
  Due due{c.eligible_unix_ms() + patience, "patience"};
  if (!section.calendar().empty()) {
    due.at = base::ToUnixMillis(
        shard.HoursOf(section.calendar())
            .Add(base::FromUnixMillis(c.eligible_unix_ms()), base::Duration(patience)));
  }
  for (const auto& clock : c.clocks()) {
    if (clock.phase() != clocks::v1::CLOCK_PHASE_RUNNING) continue;
    if (clock.spec().kind() == clocks::v1::CLOCK_KIND_REPLY_WINDOW) continue;
    due.Earlier(clock.deadline_unix_ms() - section.sla_margin_ms(), "sla");
  }
  if (c.reply_window_unix_ms() > 0) due.Earlier(c.reply_window_unix_ms(), "reply_window");
  return due;
}

void DropExpiredCooldowns(Conversation& conversation, int64_t now) {
  auto& cooldowns = *conversation.state.mutable_cooldowns();
  cooldowns.erase(std::remove_if(cooldowns.begin(), cooldowns.end(),
                                 [now](const auto& c) { return c.until_unix_ms() <= now; }),
                  cooldowns.end());
}

}  // namespace

void FixQueues(const Shard& shard, Conversation& conversation) {
  for (auto& step : *conversation.state.mutable_steps()) {
    // What comes from there on is another pool's.
    if (!step.pool().empty() && step.pool() != shard.pool()) break;
    step.set_queue(std::string(QueueOrFirst(shard.policy.section(), step.queue())));
  }
}

bool Rekey(const Shard& shard, Conversation& conversation) {
  auto& c = conversation.state;
  const Due due = DueOf(shard, c);
  if (c.due_unix_ms() == due.at && c.due_by() == due.by) return false;
  c.set_due_unix_ms(due.at);
  c.set_due_by(due.by.data(), due.by.size());
  return true;
}

bool RelaxSteps(Shard& shard, Context& context, Conversation& conversation) {
  auto& c = conversation.state;
  bool relaxed = false;
  while (static_cast<int>(c.step()) + 1 < c.steps_size()) {
    const int64_t span = c.steps(static_cast<int>(c.step())).for_ms();
    if (span <= 0 || c.step_since_unix_ms() + span > context.now) break;
    if (NextStepIsElsewhere(shard, conversation)) break;
    c.set_step_since_unix_ms(c.step_since_unix_ms() + span);
    c.set_step(c.step() + 1);
    relaxed = true;
    auto& event = BeginEvent(shard, context, conversation);
    event.mutable_step_relaxed()->set_step(c.step());
    Emit(shard, context, event);
  }
  return relaxed;
}

void Enqueue(Shard& shard, Context& context, const cmd::Enqueue& enqueue) {
  if (Conversation* const held = shard.Find(enqueue.conversation_id())) {
    if (enqueue.revision() <= held->state.revision()) return;
    Forget(shard, context, *held);
  }
  Conversation& conversation = shard.Create(enqueue.conversation_id());
  Populate(shard, context, conversation, enqueue);
  shard.Update(conversation);
  EmitQueued(shard, context, conversation, EntryReason(enqueue), true);
  ReportProgress(shard, context, conversation);
  if (ObeyLimits(shard, context, conversation)) return;
  MatchConversation(shard, context, conversation, true);
}

void Amend(Shard& shard, Context& context, const cmd::Amend& amend) {
  Conversation* const conversation = shard.Find(amend.conversation_id());
  if (conversation == nullptr || conversation->state.revision() != amend.revision()) return;
  if (!TakeFacts(shard, *conversation, amend.facts())) return;
  Rekey(shard, *conversation);
  shard.Update(*conversation);
  const auto& c = conversation->state;
  auto& event = BeginEvent(shard, context, *conversation);
  auto& changed = *event.mutable_reprioritized();
  changed.set_priority(c.facts().priority());
  changed.set_due_unix_ms(c.due_unix_ms());
  changed.set_reason(amend.reason());
  Emit(shard, context, event);
  if (LeaveBots(shard, context, *conversation)) return;
  NotifyMessages(shard, context, *conversation, 0);
  MatchConversation(shard, context, *conversation, true);
}

void ReturnToQueue(Shard& shard, Context& context, Conversation& conversation,
                   std::string_view reason, bool fresh) {
  auto& c = conversation.state;
  c.set_phase(state::DISPATCH_PHASE_QUEUED);
  c.set_ripe(c.eligible_unix_ms() <= context.now);
  c.clear_agent_id();
  c.clear_offer();
  c.clear_silent_until_unix_ms();
  c.clear_hold_until_unix_ms();
  c.clear_waiting_for();
  c.clear_freed();
  DropExpiredCooldowns(conversation, context.now);
  Rekey(shard, conversation);
  RelaxSteps(shard, context, conversation);
  shard.Update(conversation);
  EmitQueued(shard, context, conversation, reason, false);
  if (LeaveByStep(shard, context, conversation)) return;
  MatchConversation(shard, context, conversation, fresh);
}

void Close(Shard& shard, Context& context, Conversation& conversation,
           routing::v1::CloseReason reason, std::string_view action_id, std::string_view intent) {
  auto& c = conversation.state;
  auto& event = BeginEvent(shard, context, conversation);
  StopAllClocks(shard, conversation, context.now, *event.mutable_clocks());
  auto& closed = *event.mutable_closed();
  closed.set_reason(reason);
  closed.set_agent_id(c.agent_id());
  closed.set_action_id(action_id.data(), action_id.size());
  closed.set_last_sequence(c.last_sequence());
  closed.set_messages(c.message_count());
  closed.set_intent(intent.empty() ? c.facts().intent() : std::string(intent));
  if (closed.intent() != c.facts().intent()) closed.set_classified_intent(c.facts().intent());
  closed.set_channel(LastChannel(conversation));
  closed.set_open_ms(std::max<int64_t>(0, context.now - FirstAccepted(conversation)));
  Emit(shard, context, event);

  auto& record = BeginRouting(shard, context, conversation);
  auto& told = *record.mutable_closed();
  told.set_conversation_id(c.conversation_id());
  told.set_revision(c.revision());
  told.set_last_sequence(c.last_sequence());
  told.set_reason(reason);
  told.set_agent_id(c.agent_id());
  told.set_intent(intent.data(), intent.size());
  *told.mutable_clocks() = c.clocks();
  Emit(context, record);
  shard.Remove(conversation);
}

void Release(Shard& shard, Context& context, Conversation& conversation, std::string_view reason,
             const cmd::Transfer& transfer) {
  const auto& c = conversation.state;
  auto& event = BeginEvent(shard, context, conversation);
  auto& released = *event.mutable_released();
  released.set_reason(reason.data(), reason.size());
  released.set_to_pool(transfer.to_pool());
  released.set_to_queue(transfer.to_queue());
  released.set_last_sequence(c.last_sequence());
  Emit(shard, context, event);

  auto& record = BeginRouting(shard, context, conversation);
  auto& told = *record.mutable_released();
  told.set_conversation_id(c.conversation_id());
  told.set_revision(c.revision());
  told.set_last_sequence(c.last_sequence());
  told.set_reason(reason.data(), reason.size());
  told.set_to_pool(transfer.to_pool());
  told.set_to_queue(transfer.to_queue());
  told.set_agent_id(c.agent_id());
  told.set_eligible_unix_ms(c.eligible_unix_ms());
  *told.mutable_clocks() = c.clocks();
  told.set_note(transfer.note());
  const Agent* const agent = conversation.holder;
  told.set_from_bot(agent != nullptr && c.phase() != state::DISPATCH_PHASE_OFFERED &&
                    agent->state.record().bot());
  *told.mutable_fields() = c.fields();
  told.set_overflowed(c.overflowed());
  *told.mutable_notices() = c.notices();
  Emit(context, record);
  shard.Remove(conversation);
}

}  // namespace centralita::dispatch
