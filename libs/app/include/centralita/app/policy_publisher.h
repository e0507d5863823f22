// Publishes a tenant's compiled policy: sections to the topic `policy`, the manifest last, then
// activations in the logs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/policy/v1/policy.pb.h"
#include "centralita/routing/v1/routing.pb.h"

namespace centralita::app {

struct PublishResult {
  uint64_t version = 0;
  // False: the topic held the same content already; only activations were appended.
  bool changed = false;
};

// Publishes one tenant's whole policy. `sections`: one of each kind, and one per pool, without
// manifest; their tenant and version are set here. The version is the next one if the content
// differs from what the topic holds. Activations are always appended (in every partition of
// `routing`, and for each pool in its partition of `commands`): stages ignore those of a version
// that they have, and get what an earlier run may have left out. Everything is durable when it
// returns. One publisher per tenant at a time.
absl::StatusOr<PublishResult> PublishPolicy(eventlog::EventLog& log, const base::Clock& clock,
                                            const std::string& tenant,
                                            std::vector<policy::v1::PolicySection> sections,
                                            const std::string& applied_by);

// What a version means for route and for each pool; `sections` as above, with their version. Large
// pools come in parts.
routing::v1::RoutingRecord RouteActivation(const std::string& tenant,
                                           const std::vector<policy::v1::PolicySection>& sections);
std::vector<commands::v1::Command> PoolActivations(
    const std::string& tenant, const std::vector<policy::v1::PolicySection>& sections);

}  // namespace centralita::app
