// Whether an automatic answer, or what a bot resolved, was enough: it was if the customer does not
// write within the policy's window.
#pragma once

#include <string>

#include "context.h"
#include "customers.h"
#include "tenant_policy.h"

namespace centralita::route {

// One that is open already is settled first, as not having been enough.
void BeginDeflection(const Context& context, const TenantPolicy& policy, Customer& customer,
                     snapshot::v1::OpenDeflection deflection);

// The customer has written. Nothing if nothing is open.
void SettleDeflection(const Context& context, Customer& customer);

// What is open and whose window has ended was enough. `tenant` and `customer_id` are the
// customer's: the record may be about nobody.
void EndDeflection(const Context& context, const std::string& tenant,
                   const std::string& customer_id, Customer& customer);

}  // namespace centralita::route
