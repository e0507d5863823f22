// Publishes a tenant's compiled policy: sections to the topic `policy`, the manifest last, then
// activations in the logs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/app/policy_versions.h"
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

struct PublishOptions {
  // Nothing is published if the newest version (a staged one, too) is not this one; 0: whatever it
  // is.
  uint64_t expected_version = 0;
  // 1 to 99: in force for that share of the customers, stable by hash, beside the version for all,
  // from which it may differ in the route section only. 0: for all, which ends a stage.
  uint32_t stage_percent = 0;
  // For the history.
  uint64_t restores_version = 0;
};

// Publishes one tenant's whole policy. `sections`: one of each kind, and one per pool, without
// manifest; their tenant and version are set here. The version is the next one if the content
// differs from what the topic holds. Activations are always appended (in every partition of
// `routing`, and for each pool in its partition of `commands`): stages ignore those of a version
// that they have, and get what an earlier run may have left out. Everything is durable when it
// returns. FAILED_PRECONDITION for a version that was not expected, and for a stage that cannot be
// one. Two publishers of a tenant at once: one of them, or both, get ABORTED and have activated
// nothing.
absl::StatusOr<PublishResult> PublishPolicy(eventlog::EventLog& log, const base::Clock& clock,
                                            const std::string& tenant,
                                            std::vector<policy::v1::PolicySection> sections,
                                            const std::string& applied_by,
                                            const PublishOptions& options = {});

// Publishes the content of an earlier version as a new one, for all. `version` 0: see
// RollbackTarget(). NOT_FOUND if it is not kept.
absl::StatusOr<PublishResult> RestorePolicy(eventlog::EventLog& log, const base::Clock& clock,
                                            const std::string& tenant, uint64_t version,
                                            const std::string& applied_by,
                                            PublishOptions options = {});

// What a version means for route and for each pool; `sections` as above, with their version. Large
// pools come in parts.
routing::v1::RoutingRecord RouteActivation(const std::string& tenant,
                                           const std::vector<policy::v1::PolicySection>& sections);
std::vector<commands::v1::Command> PoolActivations(
    const std::string& tenant, const std::vector<policy::v1::PolicySection>& sections);

}  // namespace centralita::app
