// What each kind of record does. All of them take effect on one customer, and the caller touches
// him afterwards.
#pragma once

#include "centralita/amendment/v1/amendment.pb.h"
#include "context.h"
#include "customers.h"
#include "tenant_policy.h"

namespace centralita::route {

void OnMessage(const Context& context, const TenantPolicy& policy, Customer& customer,
               const routing::v1::TaggedMessage& message);

void OnAmendment(const Context& context, const TenantPolicy& policy, Customer& customer,
                 const amendment::v1::Amendment& amendment);

// Reports of a shard about another revision than the present one are ignored.
void OnClosed(const Context& context, const TenantPolicy& policy, Customer& customer,
              const routing::v1::ConversationClosed& closed);
void OnReleased(const Context& context, const TenantPolicy& policy, Customer& customer,
                const routing::v1::ConversationReleased& released);
void OnProgress(Customer& customer, const routing::v1::ConversationProgress& progress);

// Waits while a conversation is open; see CarryOutLinks.
void OnLink(const Context& context, Customer& customer, const routing::v1::LinkWanted& link);
// Makes the links effective that waited for the end of the conversation.
void CarryOutLinks(const Context& context, Customer& customer);
void OnHandover(const Context& context, Customer& customer, const routing::v1::Handover& handover);

// Counts the second opinions that came before their message.
void TakeEarlyOpinions(const Context& context, Customer& customer, Remembered& message);

}  // namespace centralita::route
