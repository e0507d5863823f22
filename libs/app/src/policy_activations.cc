#include <algorithm>
#include <map>

#include "centralita/app/policy_publisher.h"

namespace centralita::app {
namespace {

using policy::v1::PolicySection;

// Keeps a part of an activation far below what a log takes as one record.
constexpr int kAgentsPerPart = 500;

// Route has chosen the clocks already: a shard needs no conditions.
void AddClocks(const policy::v1::RouteSection& route, policy::v1::ActivatePool& activate) {
  *activate.mutable_calendars() = route.calendars();
  *activate.mutable_clocks() = route.clocks();
  for (policy::v1::ClockRule& rule : *activate.mutable_clocks()) rule.clear_when();
}

}  // namespace

routing::v1::RoutingRecord RouteActivation(const std::string& tenant,
                                           const std::vector<PolicySection>& sections) {
  routing::v1::RoutingRecord record;
  record.set_tenant(tenant);
  record.mutable_activate()->set_tenant(tenant);
  for (const PolicySection& section : sections) {
    if (!section.has_route()) continue;
    record.mutable_activate()->set_version(section.version());
    *record.mutable_activate()->mutable_route() = section.route();
  }
  return record;
}

std::vector<commands::v1::Command> PoolActivations(const std::string& tenant,
                                                   const std::vector<PolicySection>& sections) {
  std::map<std::string, std::vector<directory::v1::Agent>> agents;
  const policy::v1::RouteSection* route = &policy::v1::RouteSection::default_instance();
  for (const PolicySection& section : sections) {
    for (const auto& agent : section.agents().agents()) agents[agent.pool()].push_back(agent);
    if (section.has_route()) route = &section.route();
  }
  std::vector<commands::v1::Command> activations;
  for (const PolicySection& section : sections) {
    if (!section.has_pool()) continue;
    const auto& of_pool = agents[section.pool().pool()];
    const auto count = static_cast<int>(of_pool.size());
    const int parts = std::max(1, (count + kAgentsPerPart - 1) / kAgentsPerPart);
    for (int part = 0; part < parts; ++part) {
      commands::v1::Command& command = activations.emplace_back();
      command.set_tenant(tenant);
      command.set_pool(section.pool().pool());
      policy::v1::ActivatePool& activate = *command.mutable_activate();
      activate.set_tenant(tenant);
      activate.set_version(section.version());
      *activate.mutable_pool() = section.pool();
      if (part == 0) AddClocks(*route, activate);
      const int end = std::min(count, (part + 1) * kAgentsPerPart);
      for (int i = part * kAgentsPerPart; i < end; ++i)
        *activate.add_agents() = of_pool[static_cast<size_t>(i)];
      activate.set_part(static_cast<uint32_t>(part));
      activate.set_parts(static_cast<uint32_t>(parts));
    }
  }
  return activations;
}

}  // namespace centralita::app
