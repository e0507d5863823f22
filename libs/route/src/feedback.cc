#include <algorithm>

#include "conversations.h"
#include "deflections.h"
#include "facts.h"
#include "handlers.h"

namespace centralita::route {
namespace {

using snapshot::v1::RouteConversation;

constexpr int kMaxFields = 32;

// The open conversation, if that is what the shard reports of; null otherwise.
RouteConversation* Reported(Customer& customer, const std::string& conversation_id,
                            uint64_t revision) {
  if (!customer.HasOpenConversation()) return nullptr;
  RouteConversation& conversation = *customer.state.mutable_conversation();
  const bool same =
      conversation.conversation_id() == conversation_id && conversation.revision() == revision;
  return same ? &conversation : nullptr;
}

void ForgetApplied(RouteConversation& conversation, uint64_t last_sequence) {
  auto& unapplied = *conversation.mutable_unapplied();
  int applied = 0;
  while (applied < unapplied.size() && unapplied.Get(applied).sequence() <= last_sequence)
    ++applied;
  unapplied.DeleteSubrange(0, applied);
}

void RememberAgent(const Context& context, const TenantPolicy& policy, Customer& customer,
                   const std::string& agent_id) {
  const int64_t window = policy.StickyWindowMs(customer.state.conversation().pool());
  if (agent_id.empty() || window <= 0) return;
  customer.state.set_last_agent_id(agent_id);
  customer.state.set_last_agent_until_unix_ms(context.now_ms + window);
}

// What bots have done with it stays with the conversation.
void TakeFromShard(const routing::v1::ConversationReleased& released,
                   RouteConversation& conversation) {
  conversation.set_handed_off(conversation.handed_off() || released.from_bot());
  conversation.set_overflowed(conversation.overflowed() || released.overflowed());
  if (released.fields().empty()) return;
  *conversation.mutable_fields() = released.fields();
  while (conversation.fields_size() > kMaxFields) conversation.mutable_fields()->RemoveLast();
}

void CountDeflection(const Context& context, const TenantPolicy& policy, Customer& customer) {
  const RouteConversation& conversation = customer.state.conversation();
  snapshot::v1::OpenDeflection deflection;
  deflection.set_conversation_id(conversation.conversation_id());
  deflection.set_channel(conversation.channel());
  deflection.set_intent(conversation.intent());
  BeginDeflection(context, policy, customer, std::move(deflection));
}

// The messages that the shard closed without: they become a conversation of their own.
void OpenAnew(const Context& context, const TenantPolicy& policy, Customer& customer) {
  const RouteConversation old = customer.state.conversation();
  RouteConversation& conversation =
      BeginConversation(context, customer, old.unapplied(0).message_id());
  conversation.set_channel(old.channel());
  conversation.set_visibility(old.visibility());
  conversation.set_intent(old.intent());
  conversation.set_language(old.language());
  *conversation.mutable_tags() = old.tags();
  *conversation.mutable_addends() = old.addends();
  *conversation.mutable_band_floors() = old.band_floors();
  conversation.set_reply_window_unix_ms(old.reply_window_unix_ms());
  const auto now_unit = static_cast<uint32_t>(context.now_ms / kUnitMs);
  for (const routing::v1::MessageRef& left : old.unapplied()) {
    routing::v1::MessageRef& ref = *conversation.add_unapplied();
    ref = left;
    ref.set_sequence(conversation.next_sequence());
    conversation.set_next_sequence(ref.sequence() + 1);
    if (Remembered* known = customer.ids.FindToChange(ToMessageId(ref.message_id()), now_unit)) {
      known->sequence = static_cast<uint32_t>(ref.sequence());
      known->conversation = NumberOf(conversation);
    }
  }
  const int64_t eligible_ms = conversation.unapplied(0).accepted_unix_ms();
  auto& facts = FactsOf(context, policy, customer, context.now_ms);
  auto& event = MakeConversationEvent(context, conversation);
  Entry entry;
  // They wait already, perhaps for long: no automatic answer for what a person was to read.
  entry.destination = ChooseFor(policy, customer, facts, context.now_ms, *event.mutable_decision());
  entry.eligible_ms = eligible_ms;
  entry.sticky = true;
  event.set_pool(entry.destination.pool.data(), entry.destination.pool.size());
  event.set_queue(entry.destination.steps.front()->queue());
  *event.mutable_decision()->mutable_addends() = facts.addends();
  policy.StartClocks(SubjectOf(customer.state, facts), conversation.unapplied(0).said_unix_ms(),
                     *event.mutable_clocks(), *event.mutable_decision());
  *event.mutable_opened()->mutable_message() = conversation.unapplied(0);
  event.mutable_opened()->unsafe_arena_set_allocated_facts(&facts);
  context.Emit(event);
  EnterPool(context, policy, customer, entry, event.clocks(), facts);
  TellMoved(context, conversation, 0, old.conversation_id());
}

}  // namespace

void OnClosed(const Context& context, const TenantPolicy& policy, Customer& customer,
              const routing::v1::ConversationClosed& closed) {
  RouteConversation* const conversation =
      Reported(customer, closed.conversation_id(), closed.revision());
  if (conversation == nullptr) return;
  ForgetApplied(*conversation, closed.last_sequence());
  RememberAgent(context, policy, customer, closed.agent_id());
  if (!closed.intent().empty()) conversation->set_intent(closed.intent());
  *conversation->mutable_clocks() = closed.clocks();
  const int64_t window = policy.reopen_window_ms();
  if (!conversation->unapplied().empty()) {
    if (window <= 0) return OpenAnew(context, policy, customer);
    Reopen(context, policy, customer, conversation->unapplied(0).accepted_unix_ms(), false);
    TellMoved(context, *conversation, 1, conversation->conversation_id());
    return;
  }
  if (closed.reason() == routing::v1::CLOSE_REASON_RESOLVED_BY_BOT) {
    CountDeflection(context, policy, customer);
  }
  customer.state.set_facts_until_unix_ms(context.now_ms + policy.facts_kept_ms());
  if (window > 0) {
    conversation->set_reopen_until_unix_ms(context.now_ms + window);
  } else {
    customer.state.clear_conversation();
  }
  CarryOutLinks(context, customer);
}

void OnReleased(const Context& context, const TenantPolicy& policy, Customer& customer,
                const routing::v1::ConversationReleased& released) {
  RouteConversation* const conversation =
      Reported(customer, released.conversation_id(), released.revision());
  if (conversation == nullptr) return;
  ForgetApplied(*conversation, released.last_sequence());
  conversation->set_revision(conversation->revision() + 1);
  TakeFromShard(released, *conversation);
  auto& facts = FactsOf(context, policy, customer, context.now_ms);
  Entry entry;
  entry.eligible_ms =
      released.eligible_unix_ms() > 0 ? released.eligible_unix_ms() : context.now_ms;
  entry.note = released.note();
  entry.notices = &released.notices();
  policy::v1::Step only;
  const bool barred = facts.people_only() && policy.HasOnlyBots(released.to_pool());
  if (released.to_pool().empty() || barred) {
    auto& decision = context.Make<events::v1::Decision>();
    entry.destination = ChooseFor(policy, customer, facts, context.now_ms, decision);
  } else {
    entry.destination =
        policy.Towards(released.to_pool(), released.to_queue(), conversation->route());
    if (entry.destination.steps.empty()) {
      // The shard puts what names no queue, or an unknown one, into its first.
      only.set_queue(released.to_queue());
      entry.destination.steps.push_back(&only);
    }
  }
  EnterPool(context, policy, customer, entry, released.clocks(), facts);
  TellMoved(context, *conversation, 0, conversation->conversation_id());
}

void OnProgress(Customer& customer, const routing::v1::ConversationProgress& progress) {
  if (RouteConversation* conversation =
          Reported(customer, progress.conversation_id(), progress.revision())) {
    ForgetApplied(*conversation, progress.last_sequence());
  }
}

}  // namespace centralita::route
