#include "views.h"

#include <algorithm>

namespace centralita::dispatch {
namespace {

void Fill(gateway::v1::MessageView& view, const routing::v1::MessageRef& message) {
  view.set_message_id(message.message_id());
  view.set_sequence(message.sequence());
  view.set_channel(message.channel());
  view.set_accepted_unix_ms(message.accepted_unix_ms());
}

void Fill(gateway::v1::WorkView& view, const Conversation& conversation) {
  const auto& c = conversation.state;
  view.set_conversation_id(c.conversation_id());
  view.set_customer_id(c.customer_id());
  view.set_revision(c.revision());
  view.set_queue(conversation.QueueName());
  view.set_units(c.units());
  Lend(view, &gateway::v1::WorkView::unsafe_arena_set_allocated_facts,
       &gateway::v1::WorkView::mutable_facts, c.facts());
  for (const auto& message : c.messages()) Fill(*view.add_messages(), message);
  view.set_last_sequence(c.last_sequence());
  view.set_note(c.note());
  *view.mutable_fields() = c.fields();
  view.set_needs_translation(c.needs_translation());
}

void Fill(gateway::v1::Offer& view, const Conversation& conversation) {
  const auto& offer = conversation.state.offer();
  view.set_offer_id(offer.offer_id());
  view.set_lease_until_unix_ms(offer.lease_until_unix_ms());
  Fill(*view.mutable_work(), conversation);
}

void Fill(gateway::v1::Assigned& view, const Conversation& conversation) {
  Fill(*view.mutable_work(), conversation);
  view.set_held(conversation.state.phase() == state::DISPATCH_PHASE_WAITING);
}

owner::v1::AgentUpdate& Begin(const Shard& shard, Context& context, std::string_view agent_id,
                              std::string_view session) {
  auto& update = context.Make<owner::v1::AgentUpdate>();
  update.set_tenant(shard.tenant());
  update.set_pool(shard.pool());
  update.set_agent_id(agent_id.data(), agent_id.size());
  update.set_session(session.data(), session.size());
  return update;
}

owner::v1::AgentUpdate& Begin(const Shard& shard, Context& context, const Agent& agent) {
  return Begin(shard, context, agent.state.agent_id(), agent.state.session());
}

bool HolderConnected(const Conversation& conversation) {
  return conversation.holder != nullptr && conversation.holder->Connected();
}

}  // namespace

void NotifyOffer(Shard& shard, Context& context, const Conversation& conversation,
                 const events::v1::Decision& decision) {
  if (!HolderConnected(conversation)) return;
  auto& update = Begin(shard, context, *conversation.holder);
  auto& offer = *update.mutable_update()->mutable_offer();
  Fill(offer, conversation);
  Lend(offer, &gateway::v1::Offer::unsafe_arena_set_allocated_decision,
       &gateway::v1::Offer::mutable_decision, decision);
  context.outputs.Notify(update);
}

void NotifyOfferWithdrawn(Shard& shard, Context& context, const Agent& agent,
                          std::string_view offer_id, std::string_view reason) {
  if (!agent.Connected()) return;
  auto& update = Begin(shard, context, agent);
  auto& withdrawn = *update.mutable_update()->mutable_offer_withdrawn();
  withdrawn.set_offer_id(offer_id.data(), offer_id.size());
  withdrawn.set_reason(reason.data(), reason.size());
  context.outputs.Notify(update);
}

void NotifyAssigned(Shard& shard, Context& context, const Conversation& conversation,
                    std::string_view offer_id) {
  if (!HolderConnected(conversation)) return;
  auto& update = Begin(shard, context, *conversation.holder);
  auto& assigned = *update.mutable_update()->mutable_assigned();
  Fill(assigned, conversation);
  assigned.set_offer_id(offer_id.data(), offer_id.size());
  context.outputs.Notify(update);
}

void NotifyUnassigned(Shard& shard, Context& context, const Agent& agent,
                      const Conversation& conversation, std::string_view reason) {
  if (!agent.Connected()) return;
  auto& update = Begin(shard, context, agent);
  auto& unassigned = *update.mutable_update()->mutable_unassigned();
  unassigned.set_conversation_id(conversation.state.conversation_id());
  unassigned.set_revision(conversation.state.revision());
  unassigned.set_reason(reason.data(), reason.size());
  context.outputs.Notify(update);
}

void NotifyMessages(Shard& shard, Context& context, const Conversation& conversation, int count) {
  if (!HolderConnected(conversation)) return;
  const auto& c = conversation.state;
  auto& update = Begin(shard, context, *conversation.holder);
  auto& added = *update.mutable_update()->mutable_messages_added();
  added.set_conversation_id(c.conversation_id());
  added.set_customer_id(c.customer_id());
  added.set_revision(c.revision());
  Lend(added, &gateway::v1::MessagesAdded::unsafe_arena_set_allocated_facts,
       &gateway::v1::MessagesAdded::mutable_facts, c.facts());
  for (int i = std::max(0, c.messages_size() - count); i < c.messages_size(); ++i) {
    Fill(*added.add_messages(), c.messages(i));
  }
  context.outputs.Notify(update);
}

void NotifyResult(Shard& shard, Context& context, std::string_view agent_id,
                  std::string_view session, const state::DispatchAction& action) {
  if (session.empty()) return;
  auto& update = Begin(shard, context, agent_id, session);
  auto& result = *update.mutable_update()->mutable_action_result();
  result.set_action_id(action.action_id());
  result.set_conversation_id(action.conversation_id());
  if (action.has_error()) *result.mutable_error() = action.error();
  context.outputs.Notify(update);
}

void NotifyClosing(const Shard& shard, Context& context, std::string_view agent_id,
                   std::string_view session) {
  auto& update = Begin(shard, context, agent_id, session);
  update.mutable_update()->mutable_closing()->set_reason(
      "Another connection of this agent has taken its place.");
  context.outputs.Notify(update);
}

owner::v1::AgentUpdate ResyncOf(const Shard& shard, const Agent& agent) {
  owner::v1::AgentUpdate update;
  update.set_tenant(shard.tenant());
  update.set_pool(shard.pool());
  update.set_agent_id(agent.state.agent_id());
  update.set_session(agent.state.session());
  auto& resync = *update.mutable_update()->mutable_resync();
  for (const auto& [arrival, conversation] : agent.work) {
    if (conversation->state.phase() == state::DISPATCH_PHASE_OFFERED) {
      auto& offer = *resync.add_offers();
      Fill(offer, *conversation);
      offer.mutable_decision()->ParseFromString(conversation->state.offer().decision());
    } else {
      Fill(*resync.add_assigned(), *conversation);
    }
  }
  return update;
}

}  // namespace centralita::dispatch
