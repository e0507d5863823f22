// Puts the records of the topic `policy` together to whole versions.
//
// A section's key names its version (tenant + "route/7"), so a version that is being written, or
// was left half-written, takes nothing away from the one before. The manifest's key has no version:
// tenant + "manifest".
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/app/policy_snapshot.h"
#include "centralita/eventlog/eventlog.h"

namespace centralita::app {

// "tenant", "classifier", "route", "agents", "calendars", "pool/<name>"; empty for a section of no
// kind.
std::string SectionName(const policy::v1::PolicySection& section);
std::string SectionKey(const policy::v1::PolicySection& section);
std::string ManifestKey(const std::string& tenant);

// Not thread-safe.
class PolicyAssembler final {
 public:
  // True if a tenant has a new whole version now. DATA_LOSS if the record cannot be read or a
  // manifest names what is not there; the state is then as before.
  absl::StatusOr<bool> Apply(const eventlog::Record& record);

  const PolicySnapshot& snapshot() const { return snapshot_; }
  // The highest version of which anything was seen; 0 if none was.
  uint64_t HighestVersion(const std::string& tenant) const;
  // The sections of the tenant's whole version by name, or empty.
  std::map<std::string, policy::v1::PolicySection> WholeSections(const std::string& tenant) const;

 private:
  absl::StatusOr<std::shared_ptr<const TenantPolicy>> Assemble(
      const policy::v1::PolicySection& manifest) const;

  // By key of the topic.
  std::map<std::string, policy::v1::PolicySection, std::less<>> sections_;
  std::map<std::string, uint64_t> highest_;
  PolicySnapshot snapshot_;
};

}  // namespace centralita::app
