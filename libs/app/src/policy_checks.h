// What one section of a policy says, checked against the others.
#pragma once

#include <string>
#include <vector>

#include "centralita/config/problems.h"
#include "centralita/dispatch/pool_section.h"
#include "centralita/policy/tenants_section.h"
#include "centralita/route/route_section.h"
#include "centralita/sla/clock_section.h"
#include "centralita/text/rules_section.h"

namespace centralita::app {

struct PolicyDrafts {
  std::vector<policy::TenantDraft> tenants;
  text::RulesDraft rules;
  sla::ClocksDraft clocks;
  route::RouteDraft routes;
  dispatch::PoolsDraft pools;
};

// Whether the pool has agents, and all of them are bots.
bool HasOnlyBots(const dispatch::PoolsDraft& draft, std::string_view pool);

// Names that lead nowhere are errors; what can never happen, or never be done by anybody, is a
// warning.
void CheckPolicy(const PolicyDrafts& drafts, config::Problems& problems);

}  // namespace centralita::app
