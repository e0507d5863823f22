#include "emit.h"

#include <string>

#include "centralita/base/key.h"

namespace centralita::dispatch {

events::v1::Event& BeginPoolEvent(const Shard& shard, Context& context) {
  auto& event = context.Make<events::v1::Event>();
  event.set_tenant(shard.tenant());
  event.set_pool(shard.pool());
  event.set_at_unix_ms(context.now);
  return event;
}

events::v1::Event& BeginEvent(const Shard& shard, Context& context,
                              const Conversation& conversation) {
  const auto& c = conversation.state;
  auto& event = BeginPoolEvent(shard, context);
  event.set_customer_id(c.customer_id());
  event.set_conversation_id(c.conversation_id());
  event.set_revision(c.revision());
  event.set_queue(conversation.QueueName());
  return event;
}

void Emit(const Shard& shard, Context& context, const events::v1::Event& event) {
  if (event.customer_id().empty()) {
    context.outputs.Emit(base::OutputTopic::kEvents, shard.pool_event_key(), event);
  } else {
    context.outputs.Emit(base::OutputTopic::kEvents,
                         base::TenantKey(shard.tenant(), event.customer_id()), event);
  }
}

routing::v1::RoutingRecord& BeginRouting(const Shard& shard, Context& context,
                                         const Conversation& conversation) {
  auto& record = context.Make<routing::v1::RoutingRecord>();
  record.set_tenant(shard.tenant());
  record.set_customer_id(conversation.state.customer_id());
  return record;
}

void Emit(Context& context, const routing::v1::RoutingRecord& record) {
  context.outputs.Emit(base::OutputTopic::kRouting,
                       base::TenantKey(record.tenant(), record.customer_id()), record);
}

void EmitRejected(const Shard& shard, Context& context, const Conversation* conversation,
                  const events::v1::Rejected& rejected) {
  auto& event = conversation == nullptr ? BeginPoolEvent(shard, context)
                                        : BeginEvent(shard, context, *conversation);
  *event.mutable_rejected() = rejected;
  Emit(shard, context, event);
}

void EmitPresence(const Shard& shard, Context& context, const Agent& agent,
                  cmd::PresenceStatus status) {
  auto& event = BeginPoolEvent(shard, context);
  auto& presence = *event.mutable_presence();
  presence.set_agent_id(agent.state.agent_id());
  presence.set_status(status);
  presence.set_load_units(agent.load);
  presence.set_capacity_units(agent.state.record().capacity_units());
  Emit(shard, context, event);
}

}  // namespace centralita::dispatch
