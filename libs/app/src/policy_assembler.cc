#include "policy_assembler.h"

#include <fmt/format.h>

#include <algorithm>
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
    default:
      return {};
  }
}

std::string SectionKey(const PolicySection& section) {
  return base::TenantKey(section.tenant(),
                         fmt::format("{}/{}", SectionName(section), section.version()));
}

std::string ManifestKey(const std::string& tenant) { return base::TenantKey(tenant, "manifest"); }

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
  if (section.section_case() != PolicySection::kManifest) {
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

std::map<std::string, PolicySection> PolicyAssembler::WholeSections(
    const std::string& tenant) const {
  std::map<std::string, PolicySection> whole;
  const TenantPolicy* policy = snapshot_.Find(tenant);
  if (policy == nullptr) return whole;
  for (const std::string& key : policy->manifest.keys()) {
    if (const auto it = sections_.find(key); it != sections_.end())
      whole.emplace(SectionName(it->second), it->second);
  }
  return whole;
}

}  // namespace centralita::app
