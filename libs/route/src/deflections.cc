#include "deflections.h"

#include <utility>

#include "centralita/base/key.h"

namespace centralita::route {
namespace {

using snapshot::v1::OpenDeflection;

void Tell(const Context& context, const std::string& tenant, const std::string& customer_id,
          const OpenDeflection& open, bool deflected) {
  auto& event = context.MakeEvent();
  event.set_tenant(tenant);
  event.set_customer_id(customer_id);
  event.set_conversation_id(open.conversation_id());
  events::v1::DeflectionSettled& settled = *event.mutable_deflection();
  settled.set_message_id(open.message_id());
  settled.set_deflected(deflected);
  settled.set_answered_unix_ms(open.answered_unix_ms());
  settled.set_channel(open.channel());
  settled.set_intent(open.intent());
  context.outputs.Emit(base::OutputTopic::kEvents, base::TenantKey(tenant, customer_id), event);
}

}  // namespace

void BeginDeflection(const Context& context, const TenantPolicy& policy, Customer& customer,
                     OpenDeflection deflection) {
  SettleDeflection(context, customer);
  deflection.set_answered_unix_ms(context.now_ms);
  const int64_t window = policy.deflection_window_ms();
  if (window <= 0) {
    // A built-in policy counts none.
    if (policy.section().has_bots()) {
      Tell(context, context.record.tenant(), context.record.customer_id(), deflection, true);
    }
    return;
  }
  deflection.set_until_unix_ms(context.now_ms + window);
  *customer.state.mutable_deflection() = std::move(deflection);
}

void SettleDeflection(const Context& context, Customer& customer) {
  if (!customer.state.has_deflection()) return;
  const bool in_time = customer.state.deflection().until_unix_ms() > context.now_ms;
  Tell(context, context.record.tenant(), context.record.customer_id(), customer.state.deflection(),
       !in_time);
  customer.state.clear_deflection();
}

void EndDeflection(const Context& context, const std::string& tenant,
                   const std::string& customer_id, Customer& customer) {
  if (!customer.state.has_deflection() ||
      customer.state.deflection().until_unix_ms() > context.now_ms) {
    return;
  }
  Tell(context, tenant, customer_id, customer.state.deflection(), true);
  customer.state.clear_deflection();
}

}  // namespace centralita::route
