#include "centralita/app/policy_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "centralita/policy/conditions.h"
#include "message_diff.h"

namespace centralita::app {
namespace {

using policy::v1::PolicySection;
using policy::v1::Route;

template <typename Items, typename Name>
auto ByName(const Items& items, Name name) {
  std::map<std::string, const typename Items::value_type*> named;
  for (const auto& item : items) named.emplace(name(item), &item);
  return named;
}

// A list whose items have names: what goes, what comes, what is another now.
template <typename Items, typename Name>
void Compare(std::string_view what, const Items& before, const Items& after, Name name,
             std::vector<std::string>& lines) {
  const auto old_items = ByName(before, name);
  const auto new_items = ByName(after, name);
  for (const auto& item : before) {
    if (!new_items.contains(name(item)))
      lines.push_back(fmt::format("- {} '{}'", what, name(item)));
  }
  for (const auto& item : after) {
    const auto old = old_items.find(name(item));
    if (old == old_items.end()) {
      lines.push_back(fmt::format("+ {} '{}': {}", what, name(item), DescribeMessage(item)));
      continue;
    }
    for (const std::string& line : DescribeDifferences(*old->second, item)) {
      lines.push_back(fmt::format("~ {} '{}': {}", what, name(item), line));
    }
  }
}

template <typename Message>
void CompareRest(std::string_view what, const Message& before, const Message& after,
                 const std::vector<std::string>& without, std::vector<std::string>& lines) {
  for (const std::string& line : DescribeDifferences(before, after, without)) {
    lines.push_back(fmt::format("~ {}: {}", what, line));
  }
}

std::string TargetOf(const Route& route) {
  if (route.has_answer()) return "an automatic answer";
  return fmt::format("{}/{}", route.pool(), route.steps_size() > 0 ? route.steps(0).queue() : "");
}

// Where the work of a route that is gone goes now.
std::string Heir(const Route& gone, const policy::v1::RouteSection& after) {
  int maybe = 0;
  for (const Route& route : after.routes()) {
    if (policy::Covers(route.when(), gone.when())) {
      return fmt::format("what it took to {} goes to {} by '{}'{}", TargetOf(gone), TargetOf(route),
                         route.name(), maybe == 0 ? "" : ", unless a route before it takes it");
    }
    ++maybe;
  }
  return fmt::format("what it took to {} goes by the routes that are left", TargetOf(gone));
}

void CompareRoutes(const policy::v1::RouteSection& before, const policy::v1::RouteSection& after,
                   std::vector<std::string>& lines) {
  const auto name = [](const auto& item) { return item.name(); };
  std::vector<std::string> changes;
  Compare("route", before.routes(), after.routes(), name, changes);
  const auto kept = ByName(after.routes(), name);
  for (const Route& route : before.routes()) {
    if (kept.contains(route.name())) continue;
    const std::string line = fmt::format("- route '{}'", route.name());
    const auto place = std::find(changes.begin(), changes.end(), line);
    if (place != changes.end()) *place += ": " + Heir(route, after);
  }
  lines.insert(lines.end(), changes.begin(), changes.end());

  const auto was = ByName(before.routes(), name);
  std::vector<std::string> old_order;
  std::vector<std::string> new_order;
  for (const Route& route : before.routes()) {
    if (kept.contains(route.name())) old_order.push_back(route.name());
  }
  for (const Route& route : after.routes()) {
    if (was.contains(route.name())) new_order.push_back(route.name());
  }
  if (old_order != new_order) {
    lines.push_back(fmt::format("~ routes are asked in another order: {} -> {}",
                                fmt::join(old_order, ", "), fmt::join(new_order, ", ")));
  }
}

// The sections of a version by kind.
struct Whole {
  explicit Whole(const std::vector<PolicySection>& sections) {
    for (const PolicySection& section : sections) {
      if (section.has_tenant_section()) tenant = &section.tenant_section();
      if (section.has_classifier()) classifier = &section.classifier();
      if (section.has_route()) route = &section.route();
      if (section.has_agents()) agents = &section.agents();
      if (section.has_calendars()) calendars = &section.calendars();
      if (section.has_pool()) pools.push_back(section.pool());
    }
  }

  const policy::v1::TenantSection* tenant = &policy::v1::TenantSection::default_instance();
  const policy::v1::ClassifierSection* classifier =
      &policy::v1::ClassifierSection::default_instance();
  const policy::v1::RouteSection* route = &policy::v1::RouteSection::default_instance();
  const policy::v1::AgentsSection* agents = &policy::v1::AgentsSection::default_instance();
  const policy::v1::CalendarsSection* calendars = &policy::v1::CalendarsSection::default_instance();
  std::vector<policy::v1::PoolSection> pools;
};

}  // namespace

std::vector<std::string> DescribePolicyChanges(const std::vector<PolicySection>& before,
                                               const std::vector<PolicySection>& after) {
  const Whole old(before);
  const Whole now(after);
  const auto name = [](const auto& item) { return item.name(); };
  std::vector<std::string> lines;
  Compare("rule", old.classifier->rules(), now.classifier->rules(), name, lines);
  Compare("addend", old.classifier->addends(), now.classifier->addends(), name, lines);
  CompareRest("priority", *old.classifier, *now.classifier, {"rules", "addends"}, lines);
  CompareRoutes(*old.route, *now.route, lines);
  Compare("clock", old.route->clocks(), now.route->clocks(), name, lines);
  Compare(
      "pool", old.pools, now.pools, [](const auto& pool) { return pool.pool(); }, lines);
  Compare(
      "agent", old.agents->agents(), now.agents->agents(),
      [](const auto& agent) { return agent.agent_id(); }, lines);
  Compare("calendar", old.calendars->definitions(), now.calendars->definitions(), name, lines);
  CompareRest("routing", *old.route, *now.route, {"routes", "clocks", "calendars", "pools"}, lines);
  CompareRest("tenant", *old.tenant, *now.tenant, {}, lines);
  return lines;
}

}  // namespace centralita::app
