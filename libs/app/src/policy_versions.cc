#include "centralita/app/policy_versions.h"

#include <fmt/format.h>

#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "policy_topic.h"

namespace centralita::app {

absl::StatusOr<std::vector<PolicyVersion>> ListPolicyVersions(eventlog::EventLog& log,
                                                              const std::string& tenant) {
  ABSL_ASSIGN_OR_RETURN(const PolicyAssembler held, ReadPolicyTopic(log));
  return held.Versions(tenant);
}

absl::StatusOr<StoredPolicy> ReadPolicyVersion(eventlog::EventLog& log, const std::string& tenant,
                                               uint64_t version) {
  ABSL_ASSIGN_OR_RETURN(const PolicyAssembler held, ReadPolicyTopic(log));
  for (PolicyVersion& kept : held.Versions(tenant)) {
    const bool for_all = kept.active && kept.manifest.stage_percent() == 0;
    if (version == 0 ? !for_all : kept.version != version) continue;
    StoredPolicy stored;
    for (auto& [name, section] : held.Sections(tenant, kept.version)) {
      stored.sections.push_back(std::move(section));
    }
    stored.version = std::move(kept);
    return stored;
  }
  if (version == 0) {
    return base::Error(absl::StatusCode::kNotFound, "no_policy",
                       fmt::format("Tenant '{}' has no policy yet; apply one.", tenant));
  }
  return base::Error(
      absl::StatusCode::kNotFound, "policy_version_unknown",
      fmt::format("Tenant '{}' has no version {} (any more): the latest {} are kept, see `policy "
                  "history`.",
                  tenant, version, kKeptPolicyVersions));
}

absl::StatusOr<uint64_t> RollbackTarget(const std::vector<PolicyVersion>& newest_first) {
  const PolicyVersion* active = nullptr;
  bool staged = false;
  for (const PolicyVersion& version : newest_first) {
    const bool for_all = version.manifest.stage_percent() == 0;
    if (version.active && !for_all) staged = true;
    if (version.active && for_all) {
      if (staged) return version.version;
      active = &version;
    } else if (active != nullptr && for_all &&
               version.manifest.content_sha256() != active->manifest.content_sha256()) {
      return version.version;
    }
  }
  return base::Error(absl::StatusCode::kNotFound, "no_version_before",
                     "There is no other version to go back to; `policy history` shows what is "
                     "kept.");
}

}  // namespace centralita::app
