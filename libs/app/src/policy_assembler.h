// Puts the records of the topic `policy` together to whole versions.
//
// A section's key names its version (tenant + "route/7"), so a version that is being written, or
// was left half-written, takes nothing away from the one before. The manifest's key has no version:
// tenant + "manifest"; that of a version for a share of the customers: tenant + "staged". A copy of
// each kept version's manifest lies under tenant + "history/7".
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/app/policy_snapshot.h"
#include "centralita/app/policy_versions.h"
#include "centralita/eventlog/eventlog.h"

namespace centralita::app {

// "tenant", "classifier", "route", "agents", "calendars", "pool/<name>"; empty for a section of no
// kind.
std::string SectionName(const policy::v1::PolicySection& section);
std::string SectionKey(const policy::v1::PolicySection& section);
std::string ManifestKey(const std::string& tenant);
std::string StagedKey(const std::string& tenant);

// Not thread-safe.
class PolicyAssembler final {
 public:
  // True if a tenant has a new whole version now. DATA_LOSS if the record cannot be read or a
  // manifest names what is not there; the state is then as before.
  absl::StatusOr<bool> Apply(const eventlog::Record& record);

  const PolicySnapshot& snapshot() const { return snapshot_; }
  // The highest version of which anything was seen; 0 if none was.
  uint64_t HighestVersion(const std::string& tenant) const;
  // The version for a share of the customers that is newer than the one for all; null if there is
  // none.
  const policy::v1::PolicySection* Staged(const std::string& tenant) const;
  // Of which all sections are there; the newest first.
  std::vector<PolicyVersion> Versions(const std::string& tenant) const;
  // The sections of a version that is kept, by name; empty if it is not.
  std::map<std::string, policy::v1::PolicySection> Sections(const std::string& tenant,
                                                            uint64_t version) const;
  // Keys of what belongs to versions of the tenant below `oldest`, but for `kept`.
  std::vector<std::string> KeysBelow(const std::string& tenant, uint64_t oldest,
                                     uint64_t kept) const;

 private:
  absl::StatusOr<std::shared_ptr<const TenantPolicy>> Assemble(
      const policy::v1::PolicySection& manifest) const;

  // By key of the topic.
  std::map<std::string, policy::v1::PolicySection, std::less<>> sections_;
  std::map<std::string, uint64_t> highest_;
  PolicySnapshot snapshot_;
};

}  // namespace centralita::app
