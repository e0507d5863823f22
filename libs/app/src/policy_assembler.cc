#include "policy_assembler.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"

namespace centralita::app {
namespace {

using policy::v1::PolicySection;

absl::Status Damaged(std::string_view what, std::string_view key) {
  return base::Error(
      absl::StatusCode::kDataLoss, "policy_damaged",
      fmt::format(
          "In the topic policy, {} (key '{}'); the version before stays. Apply the policy again.",
          what, key));
}

void Add(const PolicySection& section, TenantPolicy& to) {
  switch (section.section_case()) {
    case PolicySection::kTenantSection:
      to.settings = section.tenant_section();
      break;
    case PolicySection::kClassifier:
      to.classifier = section.classifier();
      break;
    case PolicySection::kRoute:
      to.route = section.route();
      break;
    case PolicySection::kPool:
      to.pools.push_back(section.pool());
      break;
    case PolicySection::kAgents:
      to.agents = section.agents();
      break;
    case PolicySection::kCalendars:
      to.calendars = section.calendars();
      break;
    default:
      break;
  }
}

}  // namespace

std::string SectionName(const PolicySection& section) {
  switch (section.section_case()) {
    case PolicySection::kTenantSection:
      return "tenant";
    case PolicySection::kClassifier:
      return "classifier";
    case PolicySection::kRoute:
      return "route";
    case PolicySection::kAgents:
      return "agents";
    case PolicySection::kCalendars:
      return "calendars";
    case PolicySection::kPool:
      return "pool/" + section.pool().pool();
    case PolicySection::kHistory:
      return "history";
    default:
      return {};
  }
}

std::string SectionKey(const PolicySection& section) {
  return base::TenantKey(section.tenant(),
                         fmt::format("{}/{}", SectionName(section), section.version()));
}

std::string ManifestKey(const std::string& tenant) { return base::TenantKey(tenant, "manifest"); }

std::string StagedKey(const std::string& tenant) { return base::TenantKey(tenant, "staged"); }

absl::StatusOr<bool> PolicyAssembler::Apply(const eventlog::Record& record) {
  if (record.tombstone) {
    if (auto it = sections_.find(record.key); it != sections_.end()) sections_.erase(it);
    return false;
  }
  PolicySection section;
  if (!section.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
    return Damaged("a record cannot be read", record.key);
  }
  uint64_t& highest = highest_[section.tenant()];
  highest = std::max(highest, section.version());
  const bool for_all = section.has_manifest() && section.manifest().stage_percent() == 0;
  if (!for_all) {
    sections_.insert_or_assign(std::string(record.key), std::move(section));
    return false;
  }
  const TenantPolicy* present = snapshot_.Find(section.tenant());
  if (present != nullptr && present->version >= section.version()) return false;
  ABSL_ASSIGN_OR_RETURN(auto whole, Assemble(section));
  snapshot_.tenants.insert_or_assign(section.tenant(), std::move(whole));
  return true;
}

absl::StatusOr<std::shared_ptr<const TenantPolicy>> PolicyAssembler::Assemble(
    const PolicySection& manifest) const {
  auto whole = std::make_shared<TenantPolicy>();
  whole->tenant = manifest.tenant();
  whole->version = manifest.version();
  whole->manifest = manifest.manifest();
  for (const std::string& key : manifest.manifest().keys()) {
    const auto it = sections_.find(key);
    if (it == sections_.end() || it->second.version() != manifest.version()) {
      return Damaged(fmt::format("version {} lacks a section", manifest.version()), key);
    }
    Add(it->second, *whole);
  }
  std::sort(whole->pools.begin(), whole->pools.end(),
            [](const auto& a, const auto& b) { return a.pool() < b.pool(); });
  return whole;
}

uint64_t PolicyAssembler::HighestVersion(const std::string& tenant) const {
  const auto it = highest_.find(tenant);
  return it == highest_.end() ? 0 : it->second;
}

const PolicySection* PolicyAssembler::Staged(const std::string& tenant) const {
  const auto it = sections_.find(StagedKey(tenant));
  if (it == sections_.end()) return nullptr;
  const TenantPolicy* active = snapshot_.Find(tenant);
  return active != nullptr && it->second.version() > active->version ? &it->second : nullptr;
}

std::vector<PolicyVersion> PolicyAssembler::Versions(const std::string& tenant) const {
  const TenantPolicy* active = snapshot_.Find(tenant);
  if (active == nullptr) return {};
  const PolicySection* staged = Staged(tenant);
  std::map<uint64_t, PolicyVersion, std::greater<>> versions;
  for (const auto& [key, section] : sections_) {
    if (!section.has_history() || section.tenant() != tenant) continue;
    const auto& keys = section.history().keys();
    const bool whole = std::all_of(keys.begin(), keys.end(),
                                   [&](const std::string& k) { return sections_.contains(k); });
    if (whole) versions[section.version()] = {section.version(), section.history(), false};
  }
  // It may have been applied by a binary that wrote no history.
  versions[active->version] = {active->version, active->manifest, true};
  if (staged != nullptr) {
    versions[staged->version()] = {staged->version(), staged->manifest(), true};
  }
  std::vector<PolicyVersion> newest_first;
  for (auto& [number, version] : versions) newest_first.push_back(std::move(version));
  return newest_first;
}

std::map<std::string, PolicySection> PolicyAssembler::Sections(const std::string& tenant,
                                                               uint64_t version) const {
  std::map<std::string, PolicySection> sections;
  for (const PolicyVersion& kept : Versions(tenant)) {
    if (kept.version != version) continue;
    for (const std::string& key : kept.manifest.keys()) {
      if (const auto it = sections_.find(key); it != sections_.end())
        sections.emplace(SectionName(it->second), it->second);
    }
  }
  return sections;
}

std::vector<std::string> PolicyAssembler::KeysBelow(const std::string& tenant, uint64_t oldest,
                                                    uint64_t kept) const {
  std::vector<std::string> keys;
  for (const auto& [key, section] : sections_) {
    if (section.tenant() != tenant || section.has_manifest()) continue;
    if (section.version() < oldest && section.version() != kept) keys.push_back(key);
  }
  return keys;
}

}  // namespace centralita::app
