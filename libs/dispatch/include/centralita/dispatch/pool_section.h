// Reads `pools:` and `agents:` of the policy file.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "centralita/config/yaml_reader.h"
#include "centralita/directory/v1/directory.pb.h"
#include "centralita/policy/conditions_section.h"
#include "centralita/policy/secret.h"
#include "centralita/policy/v1/policy.pb.h"

namespace centralita::dispatch {

struct PoolsDraft {
  // In the order of the file, as is `places`.
  std::vector<policy::v1::PoolSection> pools;
  std::vector<config::Place> places;
  // Where each queue of the pool of the same index is written.
  std::vector<std::vector<config::Place>> queues;
  // Sorted by id.
  std::vector<directory::v1::Agent> agents;
  // Pools that agents name.
  std::vector<policy::Reference> agent_pools;
  // Calendars of pools, and of the limits of queues.
  std::vector<policy::Reference> calendars;
  // Names of queues in the pool of that index: where limits and bounces lead.
  std::vector<std::pair<size_t, policy::Reference>> own_queues;
  // Other pools to which limits lead, each with the queue there or with an empty name.
  std::vector<std::pair<policy::Reference, policy::Reference>> other_pools;
};

PoolsDraft ReadPoolSection(config::MapReader& policy, const policy::SecretFileReader& read_file);

}  // namespace centralita::dispatch
