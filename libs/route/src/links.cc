#include <algorithm>
#include <vector>

#include "centralita/base/uuid.h"
#include "centralita/identity/v1/identity.pb.h"
#include "centralita/route/route.h"
#include "fmt/format.h"
#include "handlers.h"

namespace centralita::route {
namespace {

using routing::v1::LinkWanted;

constexpr int kMaxWaitingLinks = 32;

// The customer that the handle is when nothing links it: its name in keys, the same for every two
// spellings of account and handle, and no address of a person.
std::string NameOf(const Context& context, const identity::v1::Handle& handle) {
  return base::NameUuid("customer", {context.record.tenant(),
                                     fmt::format_int(static_cast<int>(handle.channel())).c_str(),
                                     handle.account(), handle.handle()});
}

void HandOver(const Context& context, const Customer& customer, const LinkWanted& link) {
  const auto now_unit = static_cast<uint32_t>(context.now_ms / kUnitMs);
  const std::vector<const Remembered*> all = customer.ids.All(now_unit);
  const std::string key = base::TenantKey(context.record.tenant(), link.to_customer_id());
  for (size_t from = 0; from < all.size(); from += kMaxIdsPerHandover) {
    auto& record = context.Make<routing::v1::RoutingRecord>();
    record.set_tenant(context.record.tenant());
    record.set_customer_id(link.to_customer_id());
    auto& handover = *record.mutable_handover();
    handover.set_from_customer_id(context.record.customer_id());
    *handover.mutable_handle() = link.handle();
    const size_t end = std::min(all.size(), from + kMaxIdsPerHandover);
    for (size_t i = from; i < end; ++i) {
      auto& message = *handover.add_messages();
      message.set_message_id(ToText(all[i]->id));
      message.set_until_unix_ms(static_cast<int64_t>(all[i]->until) * kUnitMs);
    }
    context.outputs.Emit(base::OutputTopic::kRouting, key, record);
  }
}

void CarryOut(const Context& context, const Customer& customer, const LinkWanted& link) {
  // First, so that the new customer's part learns the ids before ingest can resolve the handle to
  // him.
  HandOver(context, customer, link);
  auto& event = context.MakeEvent();
  *event.mutable_linked()->mutable_handle() = link.handle();
  event.mutable_linked()->set_to_customer_id(link.to_customer_id());
  context.Emit(event);
  auto& identity = context.Make<identity::v1::IdentityRecord>();
  identity.set_tenant(context.record.tenant());
  *identity.mutable_handle() = link.handle();
  identity.set_customer_id(link.to_customer_id());
  identity.set_revision(link.identity_revision() + 1);
  context.outputs.Emit(base::OutputTopic::kIdentity,
                       base::TenantKey(context.record.tenant(), NameOf(context, link.handle())),
                       identity);
}

}  // namespace

void OnLink(const Context& context, Customer& customer, const LinkWanted& link) {
  if (!link.has_handle() || link.to_customer_id().empty() ||
      link.to_customer_id() == context.record.customer_id()) {
    return context.Reject("bad_link",
                          "A link needs a handle and a customer to link to who is another one.");
  }
  auto& waiting = *customer.state.mutable_links();
  const std::string name = NameOf(context, link.handle());
  const auto same = std::find_if(waiting.begin(), waiting.end(), [&](const LinkWanted& other) {
    return NameOf(context, other.handle()) == name;
  });
  if (same != waiting.end()) {
    if (link.identity_revision() >= same->identity_revision()) *same = link;
  } else if (waiting.size() >= kMaxWaitingLinks) {
    return context.Reject("too_many_links",
                          "Too many links wait for this customer's conversation to end.");
  } else {
    *waiting.Add() = link;
  }
  if (!customer.HasOpenConversation()) CarryOutLinks(context, customer);
}

void CarryOutLinks(const Context& context, Customer& customer) {
  for (const LinkWanted& link : customer.state.links()) CarryOut(context, customer, link);
  customer.state.clear_links();
}

void OnHandover(const Context& context, Customer& customer, const routing::v1::Handover& handover) {
  const auto now_unit = static_cast<uint32_t>(context.now_ms / kUnitMs);
  for (const routing::v1::RememberedMessage& message : handover.messages()) {
    Remembered remembered;
    remembered.id = ToMessageId(message.message_id());
    remembered.until = UnitNotBefore(message.until_unix_ms());
    if (remembered.until <= now_unit || customer.ids.Find(remembered.id, now_unit) != nullptr)
      continue;
    customer.ids.Add(remembered, now_unit);
  }
}

}  // namespace centralita::route
