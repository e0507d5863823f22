#include <algorithm>

#include "centralita/deadletter/v1/deadletter.pb.h"
#include "centralita/outbound/v1/outbound.pb.h"
#include "centralita/route/route.h"
#include "conversations.h"
#include "deflections.h"
#include "facts.h"
#include "fmt/format.h"
#include "handlers.h"

namespace centralita::route {
namespace {

using routing::v1::MessageRef;
using routing::v1::TaggedMessage;
using snapshot::v1::RouteConversation;

// A provider's time further back than this is not believed: it would breach every clock at once.
constexpr int64_t kMaxSaidBeforeMs = 7LL * 24 * 3'600'000;

int64_t AcceptedMs(const Context& context, const TaggedMessage& message) {
  const int64_t accepted = message.accepted_unix_ms();
  return accepted <= 0 ? context.now_ms : std::min(accepted, context.now_ms);
}

int64_t SaidMs(const TaggedMessage& message, int64_t accepted) {
  const int64_t said = message.provider_time_unix_ms();
  return said < accepted - kMaxSaidBeforeMs ? accepted : std::min(said, accepted);
}

int64_t EligibleMs(const Context& context, const TaggedMessage& message) {
  return std::max(AcceptedMs(context, message), message.not_before_unix_ms());
}

void TellDuplicate(const Context& context, const TaggedMessage& message) {
  auto& event = context.MakeEvent();
  event.mutable_duplicate()->set_message_id(message.message_id());
  event.mutable_duplicate()->set_replayed(message.replayed());
  context.Emit(event);
}

// Nothing of it is remembered, so that it can be replayed.
void Refuse(const Context& context) {
  auto& record = context.Make<deadletter::v1::DeadLetterRecord>();
  auto& letter = *record.mutable_letter();
  letter.mutable_coordinates()->set_topic("routing");
  letter.mutable_coordinates()->set_partition(context.input.partition);
  letter.mutable_coordinates()->set_offset(context.input.offset);
  letter.set_original_key(context.input.key.data(), context.input.key.size());
  letter.set_original_value(context.input.value.data(), context.input.value.size());
  letter.set_reason("too_many_unapplied");
  letter.set_detail(fmt::format(
      "The customer's conversation has {} messages that its pool has not taken yet. See why "
      "dispatch lags, then replay this letter.",
      kMaxUnapplied));
  letter.set_stage("route");
  letter.set_attempts(1);
  letter.set_at_unix_ms(context.now_ms);
  letter.set_messages(1);
  context.outputs.Emit(base::OutputTopic::kDeadLetter, context.key, record);
}

void Answer(const Context& context, const TaggedMessage& message,
            const commands::v1::WorkFacts& facts, const Destination& destination,
            events::v1::Decision& decision) {
  auto& event = context.MakeEvent();
  event.mutable_decision()->Swap(&decision);
  auto& answered = *event.mutable_answered();
  answered.set_message_id(message.message_id());
  answered.set_accepted_unix_ms(AcceptedMs(context, message));
  answered.set_channel(message.channel());
  answered.set_intent(facts.intent());
  answered.set_replayed(message.replayed());
  context.Emit(event);

  auto& outbound = context.Make<outbound::v1::Outbound>();
  outbound.set_tenant(context.record.tenant());
  outbound.set_customer_id(context.record.customer_id());
  outbound.set_kind(outbound::v1::OUTBOUND_KIND_AUTOMATIC_ANSWER);
  outbound.set_channel(message.channel());
  outbound.set_message_id(message.message_id());
  outbound.set_text(destination.answer->text());
  outbound.set_created_unix_ms(context.now_ms);
  context.outputs.Emit(base::OutputTopic::kOutbound, context.key, outbound);
}

// The facts of the message, of opinions that came before it, and of the profile.
void TakeFacts(const Context& context, Customer& customer, const TaggedMessage& message,
               Remembered& remembered) {
  RouteConversation& conversation = *customer.state.mutable_conversation();
  conversation.set_channel(message.channel());
  conversation.set_visibility(message.visibility());
  MergeMessage(message.classification(), remembered.sequence, conversation);
  if (customer.state.has_facts() && !customer.HasOpenConversation() &&
      customer.state.facts_until_unix_ms() <= context.now_ms) {
    customer.state.clear_facts();
  }
  if (message.classification().has_facts())
    MergeFacts(message.classification().facts(), customer.state);
  if (!customer.state.early_opinions().empty()) TakeEarlyOpinions(context, customer, remembered);
}

MessageRef& AddUnapplied(const Context& context, const TenantPolicy& policy,
                         const TaggedMessage& message, RouteConversation& conversation) {
  MessageRef& ref = *conversation.add_unapplied();
  ref.set_message_id(message.message_id());
  ref.set_sequence(conversation.next_sequence());
  ref.set_channel(message.channel());
  ref.set_accepted_unix_ms(AcceptedMs(context, message));
  ref.set_said_unix_ms(SaidMs(message, ref.accepted_unix_ms()));
  conversation.set_next_sequence(conversation.next_sequence() + 1);
  const int64_t window = policy.ReplyWindowMs(message.channel());
  conversation.set_reply_window_unix_ms(window > 0 ? ref.said_unix_ms() + window : 0);
  return ref;
}

void Join(const Context& context, const TenantPolicy& policy, Customer& customer,
          const TaggedMessage& message, Remembered& remembered) {
  RouteConversation& conversation = *customer.state.mutable_conversation();
  const MessageRef& ref = AddUnapplied(context, policy, message, conversation);
  TakeFacts(context, customer, message, remembered);

  auto& event = MakeConversationEvent(context, conversation);
  *event.mutable_joined()->mutable_message() = ref;
  event.mutable_joined()->set_replayed(message.replayed());
  context.Emit(event);
  auto& facts = FactsOf(context, policy, customer, context.now_ms);
  AppendToPool(context, conversation, ref, facts);
}

// False if it was answered at once and there is no conversation.
bool Open(const Context& context, const TenantPolicy& policy, Customer& customer,
          const TaggedMessage& message, Remembered& remembered) {
  RouteConversation& conversation = BeginConversation(context, customer, message.message_id());
  // While its facts are taken nothing counts as open: what was kept for it may have expired.
  conversation.set_reopen_until_unix_ms(1);
  TakeFacts(context, customer, message, remembered);
  conversation.clear_reopen_until_unix_ms();
  const int64_t eligible_ms = EligibleMs(context, message);
  auto& facts = FactsOf(context, policy, customer, eligible_ms);
  auto& decision = context.Make<events::v1::Decision>();
  Entry entry;
  entry.destination = ChooseFor(policy, customer, facts, eligible_ms, decision, true);
  *decision.mutable_addends() = facts.addends();
  if (entry.destination.answer != nullptr) {
    Answer(context, message, facts, entry.destination, decision);
    snapshot::v1::OpenDeflection deflection;
    deflection.set_message_id(message.message_id());
    deflection.set_channel(message.channel());
    deflection.set_intent(facts.intent());
    BeginDeflection(context, policy, customer, std::move(deflection));
    customer.state.clear_conversation();
    customer.state.set_conversations(customer.state.conversations() - 1);
    customer.state.set_facts_until_unix_ms(context.now_ms + policy.facts_kept_ms());
    return false;
  }
  const MessageRef& ref = AddUnapplied(context, policy, message, conversation);
  entry.eligible_ms = eligible_ms;
  entry.sticky = true;

  auto& event = MakeConversationEvent(context, conversation);
  event.set_pool(entry.destination.pool.data(), entry.destination.pool.size());
  event.set_queue(entry.destination.steps.front()->queue());
  event.mutable_decision()->Swap(&decision);
  // A callback's clocks start when it may be worked on.
  policy.StartClocks(SubjectOf(customer.state, facts),
                     std::max(ref.said_unix_ms(), message.not_before_unix_ms()),
                     *event.mutable_clocks(), *event.mutable_decision());
  *event.mutable_opened()->mutable_message() = ref;
  event.mutable_opened()->unsafe_arena_set_allocated_facts(&facts);
  event.mutable_opened()->set_replayed(message.replayed());
  context.Emit(event);
  EnterPool(context, policy, customer, entry, event.clocks(), facts);
  return true;
}

void ReopenWith(const Context& context, const TenantPolicy& policy, Customer& customer,
                const TaggedMessage& message, Remembered& remembered) {
  AddUnapplied(context, policy, message, *customer.state.mutable_conversation());
  TakeFacts(context, customer, message, remembered);
  Reopen(context, policy, customer, EligibleMs(context, message), message.replayed());
}

}  // namespace

void OnMessage(const Context& context, const TenantPolicy& policy, Customer& customer,
               const TaggedMessage& message) {
  const auto now_unit = static_cast<uint32_t>(context.now_ms / kUnitMs);
  Remembered remembered;
  remembered.id = ToMessageId(message.message_id());
  if (customer.ids.Find(remembered.id, now_unit) != nullptr) {
    TellDuplicate(context, message);
    return;
  }
  const RouteConversation& present = customer.state.conversation();
  const bool open = customer.HasOpenConversation();
  if (open && present.unapplied_size() >= kMaxUnapplied) {
    Refuse(context);
    return;
  }
  SettleDeflection(context, customer);
  remembered.until = UnitNotBefore(context.now_ms + policy.DuplicateWindowMs(message.channel()));
  const bool reopens =
      !open && customer.state.has_conversation() && present.reopen_until_unix_ms() > context.now_ms;
  remembered.sequence = open || reopens ? static_cast<uint32_t>(present.next_sequence()) : 1;
  bool in_conversation = true;
  if (open) {
    Join(context, policy, customer, message, remembered);
  } else if (reopens) {
    ReopenWith(context, policy, customer, message, remembered);
  } else {
    in_conversation = Open(context, policy, customer, message, remembered);
  }
  if (in_conversation) {
    remembered.conversation = NumberOf(customer.state.conversation());
  } else {
    remembered.sequence = 0;
  }
  customer.ids.Add(remembered, now_unit);
}

}  // namespace centralita::route
