#include "conversations.h"

#include <algorithm>

#include "centralita/base/uuid.h"
#include "centralita/route/route.h"
#include "facts.h"

namespace centralita::route {
namespace {

using snapshot::v1::RouteConversation;

void FillEnqueue(const Context& context, const TenantPolicy& policy, const Customer& customer,
                 const Entry& entry, commands::v1::Enqueue& enqueue) {
  const RouteConversation& conversation = customer.state.conversation();
  enqueue.set_conversation_id(conversation.conversation_id());
  enqueue.set_customer_id(context.record.customer_id());
  enqueue.set_revision(conversation.revision());
  for (const policy::v1::Step* step : entry.destination.steps) *enqueue.add_steps() = *step;
  enqueue.set_units(policy.Units(conversation.channel()));
  enqueue.set_eligible_unix_ms(entry.eligible_ms);
  enqueue.set_reply_window_unix_ms(conversation.reply_window_unix_ms());
  enqueue.set_reopened(entry.reopened);
  enqueue.set_policy_version(policy.version());
  enqueue.set_route(conversation.route());
  enqueue.set_note(entry.note.data(), entry.note.size());
  enqueue.set_channel(conversation.channel());
  *enqueue.mutable_fields() = conversation.fields();
  enqueue.set_overflowed(conversation.overflowed());
  if (entry.notices != nullptr) *enqueue.mutable_notices() = *entry.notices;
  const auto& state = customer.state;
  if (entry.sticky && !state.last_agent_id().empty() &&
      state.last_agent_until_unix_ms() > context.now_ms) {
    enqueue.set_sticky_agent_id(state.last_agent_id());
    enqueue.set_sticky_until_unix_ms(state.last_agent_until_unix_ms());
  }
}

}  // namespace

RouteConversation& BeginConversation(const Context& context, Customer& customer,
                                     std::string_view first_message_id) {
  customer.state.clear_conversation();
  RouteConversation& conversation = *customer.state.mutable_conversation();
  conversation.set_conversation_id(
      base::NameUuid("conversation", {context.record.tenant(), first_message_id}));
  conversation.set_revision(1);
  conversation.set_next_sequence(1);
  customer.state.set_conversations(customer.state.conversations() + 1);
  conversation.set_number(customer.state.conversations());
  return conversation;
}

commands::v1::WorkFacts& FactsOf(const Context& context, const TenantPolicy& policy,
                                 const Customer& customer, int64_t at_ms) {
  auto& facts = context.Make<commands::v1::WorkFacts>();
  FillFacts(customer.state, facts);
  facts.set_people_only(customer.state.conversation().handed_off() ||
                        policy.NeverForBots(SubjectOf(customer.state, facts), at_ms));
  return facts;
}

Destination ChooseFor(const TenantPolicy& policy, const Customer& customer,
                      const commands::v1::WorkFacts& facts, int64_t at_ms,
                      events::v1::Decision& decision, bool allow_answer) {
  const Wish wish{.at_ms = at_ms, .allow_answer = allow_answer, .people_only = facts.people_only()};
  return policy.Choose(SubjectOf(customer.state, facts), wish, decision);
}

uint16_t NumberOf(const RouteConversation& conversation) {
  return static_cast<uint16_t>(conversation.number());
}

void EnterPool(const Context& context, const TenantPolicy& policy, Customer& customer,
               const Entry& entry,
               const google::protobuf::RepeatedPtrField<clocks::v1::ClockState>& clocks,
               commands::v1::WorkFacts& facts) {
  RouteConversation& conversation = *customer.state.mutable_conversation();
  conversation.set_pool(entry.destination.pool.data(), entry.destination.pool.size());
  conversation.set_queue(entry.destination.steps.front()->queue());
  conversation.set_route(entry.destination.route.data(), entry.destination.route.size());

  auto& command = context.MakeCommand(conversation.pool());
  commands::v1::Enqueue& enqueue = *command.mutable_enqueue();
  FillEnqueue(context, policy, customer, entry, enqueue);
  enqueue.unsafe_arena_set_allocated_facts(&facts);
  *enqueue.mutable_clocks() = clocks;
  const int in_first = std::min(conversation.unapplied_size(), kMaxMessagesPerEnqueue);
  for (int i = 0; i < in_first; ++i) *enqueue.add_messages() = conversation.unapplied(i);
  enqueue.set_first_sequence(in_first > 0 ? conversation.unapplied(0).sequence()
                                          : conversation.next_sequence());
  context.Emit(command);
  for (int i = in_first; i < conversation.unapplied_size(); ++i) {
    AppendToPool(context, conversation, conversation.unapplied(i), facts);
  }
}

void AppendToPool(const Context& context, const RouteConversation& conversation,
                  const routing::v1::MessageRef& message, commands::v1::WorkFacts& facts) {
  auto& command = context.MakeCommand(conversation.pool());
  commands::v1::Append& append = *command.mutable_append();
  append.set_conversation_id(conversation.conversation_id());
  append.set_revision(conversation.revision());
  *append.mutable_message() = message;
  append.unsafe_arena_set_allocated_facts(&facts);
  append.set_reply_window_unix_ms(conversation.reply_window_unix_ms());
  context.Emit(command);
}

events::v1::Event& MakeConversationEvent(const Context& context,
                                         const RouteConversation& conversation) {
  auto& event = context.MakeEvent();
  event.set_conversation_id(conversation.conversation_id());
  event.set_revision(conversation.revision());
  event.set_pool(conversation.pool());
  event.set_queue(conversation.queue());
  return event;
}

void TellMoved(const Context& context, const RouteConversation& conversation, int first,
               std::string_view from_conversation_id) {
  for (int i = first; i < conversation.unapplied_size(); ++i) {
    auto& event = MakeConversationEvent(context, conversation);
    *event.mutable_moved()->mutable_message() = conversation.unapplied(i);
    event.mutable_moved()->set_from_conversation_id(from_conversation_id.data(),
                                                    from_conversation_id.size());
    context.Emit(event);
  }
}

void Reopen(const Context& context, const TenantPolicy& policy, Customer& customer,
            int64_t eligible_ms, bool replayed) {
  RouteConversation& conversation = *customer.state.mutable_conversation();
  conversation.set_revision(conversation.revision() + 1);
  conversation.clear_reopen_until_unix_ms();
  conversation.clear_overflowed();
  auto& facts = FactsOf(context, policy, customer, eligible_ms);

  auto& event = MakeConversationEvent(context, conversation);
  Entry entry;
  entry.eligible_ms = eligible_ms;
  entry.reopened = true;
  entry.sticky = true;
  // Back to where it was, since its agent is there; by the routes if the policy has given that up.
  const bool back = policy.Knows(conversation.pool()) &&
                    !(facts.people_only() && policy.HasOnlyBots(conversation.pool()));
  if (back) {
    entry.destination =
        policy.Towards(conversation.pool(), conversation.queue(), conversation.route());
  }
  policy::v1::Step same_queue;
  if (entry.destination.steps.empty() && back) {
    same_queue.set_queue(conversation.queue());
    entry.destination.steps.push_back(&same_queue);
  }
  if (!entry.destination.steps.empty()) {
    event.mutable_decision()->set_policy_version(policy.version());
  } else {
    entry.destination = ChooseFor(policy, customer, facts, eligible_ms, *event.mutable_decision());
  }
  event.set_pool(entry.destination.pool.data(), entry.destination.pool.size());
  event.set_queue(entry.destination.steps.front()->queue());
  *event.mutable_decision()->mutable_addends() = facts.addends();
  *event.mutable_reopened()->mutable_message() = conversation.unapplied(0);
  event.mutable_reopened()->set_replayed(replayed);
  context.Emit(event);
  EnterPool(context, policy, customer, entry, conversation.clocks(), facts);
  conversation.clear_clocks();
}

}  // namespace centralita::route
