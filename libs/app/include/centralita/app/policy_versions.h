// What the topic `policy` keeps of a tenant's versions: the latest ten, and the one in force.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/policy/v1/policy.pb.h"

namespace centralita::app {

inline constexpr uint64_t kKeptPolicyVersions = 10;

struct PolicyVersion {
  uint64_t version = 0;
  policy::v1::VersionManifest manifest;
  // In force now: for all customers, or (manifest.stage_percent) for a share of them.
  bool active = false;
};

struct StoredPolicy {
  PolicyVersion version;
  // Sorted by name; without manifest.
  std::vector<policy::v1::PolicySection> sections;
};

// The newest first; empty if the tenant has no policy. Reads the whole topic.
absl::StatusOr<std::vector<PolicyVersion>> ListPolicyVersions(eventlog::EventLog& log,
                                                              const std::string& tenant);

// `version` 0: the one that is in force for all. NOT_FOUND if it is not kept.
absl::StatusOr<StoredPolicy> ReadPolicyVersion(eventlog::EventLog& log, const std::string& tenant,
                                               uint64_t version);

// The version to which a rollback without a number goes back: the one in force if there is a staged
// one beside it; else the newest before it that was for all and differs. NOT_FOUND if there is
// none. `newest_first` as ListPolicyVersions() gives them.
absl::StatusOr<uint64_t> RollbackTarget(const std::vector<PolicyVersion>& newest_first);

}  // namespace centralita::app
