// Reads what route has in the policy file: `routes`, `bots`, `channels`, `duplicates`,
// `reopen_window`, `facts_kept`.
#pragma once

#include <string>
#include <vector>

#include "centralita/config/yaml_reader.h"
#include "centralita/policy/conditions_section.h"
#include "centralita/policy/v1/policy.pb.h"

namespace centralita::route {

struct StepPlaces {
  config::Place step;
  config::Place queue;
  // Of a step in another pool.
  config::Place pool;
  // In the order of the step's skills.
  std::vector<config::Place> skills;
};

// Where each name of the route of the same index is written.
struct RoutePlaces {
  config::Place route;
  config::Place pool;
  std::vector<StepPlaces> steps;
};

struct RouteDraft {
  // Without clocks and calendars, which are sla's, and pools, which are dispatch's.
  policy::v1::RouteSection section;
  std::vector<RoutePlaces> places;
  // Intents and tags of conditions.
  std::vector<policy::Reference> intents;
  std::vector<policy::Reference> tags;
  policy::ConditionReferences references;
  // Of bots.never_for.
  config::Place never_for_bots;
};

// The last route is the default: it has no `when`, and a pool.
RouteDraft ReadRouteSection(config::MapReader& policy);

}  // namespace centralita::route
