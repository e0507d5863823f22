#include <string>

#include "conversations.h"
#include "facts.h"
#include "handlers.h"

namespace centralita::route {
namespace {

using amendment::v1::SecondOpinion;
using snapshot::v1::RouteConversation;

// Of one customer; more than a slower model can have on its way.
constexpr int kMaxEarlyOpinions = 8;

void TellIfChanged(const Context& context, const TenantPolicy& policy, const Customer& customer,
                   const commands::v1::WorkFacts& before, const std::string& reason) {
  auto& facts = FactsOf(context, policy, customer, context.now_ms);
  if (facts.SerializeAsString() == before.SerializeAsString()) return;
  const RouteConversation& conversation = customer.state.conversation();
  auto& event = MakeConversationEvent(context, conversation);
  event.mutable_amended()->set_reason(reason);
  *event.mutable_amended()->mutable_facts() = facts;
  *event.mutable_decision()->mutable_addends() = facts.addends();
  context.Emit(event);
  auto& command = context.MakeCommand(conversation.pool());
  commands::v1::Amend& amend = *command.mutable_amend();
  amend.set_conversation_id(conversation.conversation_id());
  amend.set_revision(conversation.revision());
  *amend.mutable_facts() = facts;
  amend.set_reason(reason);
  context.Emit(command);
}

void OnFacts(const Context& context, const TenantPolicy& policy, Customer& customer,
             const amendment::v1::Amendment& amendment) {
  const bool open = customer.HasOpenConversation();
  if (!open && customer.state.has_facts() &&
      customer.state.facts_until_unix_ms() <= context.now_ms) {
    customer.state.clear_facts();
  }
  const auto* const before = open ? &FactsOf(context, policy, customer, context.now_ms) : nullptr;
  if (!MergeFacts(amendment.facts(), customer.state)) return;
  if (open) {
    TellIfChanged(context, policy, customer, *before, amendment.reason());
  } else {
    customer.state.set_facts_until_unix_ms(context.now_ms + policy.facts_kept_ms());
  }
}

void KeepEarly(const Context& context, const TenantPolicy& policy, Customer& customer,
               const SecondOpinion& opinion, const std::string& reason) {
  auto& early = *customer.state.mutable_early_opinions();
  for (const auto& other : early) {
    if (other.opinion().message_id() == opinion.message_id()) return;
  }
  if (early.size() >= kMaxEarlyOpinions) early.DeleteSubrange(0, 1);
  auto& kept = *early.Add();
  *kept.mutable_opinion() = opinion;
  kept.set_reason(reason);
  kept.set_until_unix_ms(context.now_ms + policy.facts_kept_ms());
}

void OnOpinion(const Context& context, const TenantPolicy& policy, Customer& customer,
               const SecondOpinion& opinion, const std::string& reason) {
  const auto now_unit = static_cast<uint32_t>(context.now_ms / kUnitMs);
  Remembered* const message =
      customer.ids.FindToChange(ToMessageId(opinion.message_id()), now_unit);
  if (message == nullptr) return KeepEarly(context, policy, customer, opinion, reason);
  if ((message->flags & kOpinionCounted) != 0) return;
  message->flags |= kOpinionCounted;
  const bool of_open_one = customer.HasOpenConversation() && message->sequence > 0 &&
                           message->conversation == NumberOf(customer.state.conversation());
  if (!of_open_one) return;
  const auto& before = FactsOf(context, policy, customer, context.now_ms);
  MergeOpinion(opinion.classification(), message->sequence, *customer.state.mutable_conversation());
  TellIfChanged(context, policy, customer, before, reason);
}

}  // namespace

void OnAmendment(const Context& context, const TenantPolicy& policy, Customer& customer,
                 const amendment::v1::Amendment& amendment) {
  switch (amendment.kind_case()) {
    case amendment::v1::Amendment::kFacts:
      return OnFacts(context, policy, customer, amendment);
    case amendment::v1::Amendment::kSecondOpinion:
      return OnOpinion(context, policy, customer, amendment.second_opinion(), amendment.reason());
    case amendment::v1::Amendment::KIND_NOT_SET:
      return context.Reject("empty_amendment",
                            "The amendment has neither facts nor a second opinion.");
  }
}

void TakeEarlyOpinions(const Context& context, Customer& customer, Remembered& message) {
  auto& early = *customer.state.mutable_early_opinions();
  for (int i = 0; i < early.size(); ++i) {
    if (ToMessageId(early[i].opinion().message_id()) != message.id) continue;
    if (early[i].until_unix_ms() > context.now_ms) {
      message.flags |= kOpinionCounted;
      MergeOpinion(early[i].opinion().classification(), message.sequence,
                   *customer.state.mutable_conversation());
    }
    early.DeleteSubrange(i, 1);
    return;
  }
}

}  // namespace centralita::route
