#include "centralita/app/policy_document.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <filesystem>

#include "centralita/base/sha256.h"
#include "centralita/base/status_macros.h"
#include "centralita/calendar/compile.h"
#include "centralita/calendar/zones.h"
#include "centralita/config/files.h"
#include "centralita/config/yaml_reader.h"
#include "policy_checks.h"

namespace centralita::app {
namespace {

using policy::v1::PolicySection;

// Each pool's activation carries them all: far below what a log takes as one record.
constexpr size_t kMaxCalendarBytes = 256 * 1024;

PolicyDrafts ReadSections(config::MapReader& root, const policy::SecretFileReader& read_secret) {
  PolicyDrafts drafts;
  drafts.tenants = policy::ReadTenants(root, read_secret);
  drafts.rules = text::ReadRulesSection(root);
  drafts.clocks = sla::ReadClockSection(root);
  drafts.routes = route::ReadRouteSection(root);
  drafts.pools = dispatch::ReadPoolSection(root, read_secret);
  return drafts;
}

// Spans of the definitions; problems go to their places.
std::vector<clocks::v1::Calendar> CompileCalendars(const sla::CalendarsDraft& draft,
                                                   base::TimePoint now,
                                                   config::Problems& problems) {
  std::vector<clocks::v1::Calendar> calendars;
  for (size_t i = 0; i < draft.definitions.size(); ++i) {
    const clocks::v1::CalendarDefinition& definition = draft.definitions[i];
    const sla::CalendarPlaces& places = draft.places[i];
    if (!definition.always_open()) {
      const absl::Status zone = calendar::CheckZone(definition.zone());
      if (!zone.ok()) {
        problems.Error(places.zone, std::string(zone.message()));
        continue;
      }
    }
    auto calendar = calendar::Compile(definition, calendar::AroundNow(now));
    if (calendar.ok()) {
      calendars.push_back(*std::move(calendar));
    } else {
      problems.Error(places.calendar, std::string(calendar.status().message()));
    }
  }
  size_t bytes = 0;
  for (const auto& calendar : calendars) bytes += calendar.ByteSizeLong();
  if (bytes > kMaxCalendarBytes) {
    problems.Error({draft.places.front().calendar.line, "calendars"},
                   fmt::format("take {} bytes as spans of a year, at most {}; use fewer calendars, "
                               "or fewer spans a day",
                               bytes, kMaxCalendarBytes));
  }
  return calendars;
}

// What route must know of the pools.
void AddPools(const PolicyDrafts& drafts, policy::v1::RouteSection& route) {
  for (const policy::v1::PoolSection& pool : drafts.pools.pools) {
    policy::v1::PoolRouting& routing = *route.add_pools();
    routing.set_pool(pool.pool());
    routing.set_bots_only(HasOnlyBots(drafts.pools, pool.pool()));
    routing.set_sticky_window_ms(pool.sticky_window_ms());
  }
}

// Without what is written for other tenants.
template <typename Rules>
void KeepFor(std::string_view tenant, Rules& rules) {
  const auto others = [tenant](const auto& rule) {
    const auto& tenants = rule.when().tenants();
    return !tenants.empty() && std::find(tenants.begin(), tenants.end(), tenant) == tenants.end();
  };
  rules.erase(std::remove_if(rules.begin(), rules.end(), others), rules.end());
  for (auto& rule : rules) {
    if (rule.has_when()) rule.mutable_when()->clear_tenants();
  }
}

std::string Serialize(const PolicySection& section) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  section.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace

absl::StatusOr<PolicyDocument> PolicyDocument::Parse(std::string_view yaml,
                                                     std::string_view file_name,
                                                     base::TimePoint now) {
  const std::filesystem::path folder = std::filesystem::path(file_name).parent_path();
  const auto read_secret = [&folder](const std::string& path) {
    return config::ReadSecretFile((folder / path).string());
  };
  return Parse(yaml, file_name, read_secret, now);
}

absl::StatusOr<PolicyDocument> PolicyDocument::Parse(std::string_view yaml,
                                                     std::string_view file_name,
                                                     const policy::SecretFileReader& read_secret,
                                                     base::TimePoint now) {
  config::Problems problems{std::string(file_name)};
  const config::YamlDocument document(yaml, problems);
  // What could not be parsed would only give errors that follow from it.
  ABSL_RETURN_IF_ERROR(problems.ToStatus());
  PolicyDrafts drafts;
  {
    config::MapReader root(document.root());
    drafts = ReadSections(root, read_secret);
  }
  CheckPolicy(drafts, problems);
  // What is misspelt would only be misunderstood.
  std::vector<clocks::v1::Calendar> calendars;
  if (problems.ok()) calendars = CompileCalendars(drafts.clocks.calendars, now, problems);
  ABSL_RETURN_IF_ERROR(problems.ToStatus());

  PolicyDocument result;
  for (policy::TenantDraft& tenant : drafts.tenants) {
    result.tenants_.push_back({std::move(tenant.id), std::move(tenant.section)});
  }
  result.classifier_ = std::move(drafts.rules.section);
  result.route_ = std::move(drafts.routes.section);
  result.route_.mutable_clocks()->Add(drafts.clocks.clocks.begin(), drafts.clocks.clocks.end());
  result.route_.mutable_calendars()->Add(calendars.begin(), calendars.end());
  AddPools(drafts, result.route_);
  const auto& definitions = drafts.clocks.calendars.definitions;
  result.calendars_.mutable_definitions()->Add(definitions.begin(), definitions.end());
  result.pools_ = std::move(drafts.pools.pools);
  result.agents_ = std::move(drafts.pools.agents);
  result.warnings_ = problems.Warnings();
  return result;
}

absl::StatusOr<PolicyDocument> PolicyDocument::ReadFile(const std::string& path,
                                                        base::TimePoint now) {
  ABSL_ASSIGN_OR_RETURN(const std::string yaml, config::ReadFile(path));
  return Parse(yaml, path, now);
}

std::vector<std::string> PolicyDocument::Tenants() const {
  std::vector<std::string> ids;
  for (const Tenant& tenant : tenants_) ids.push_back(tenant.id);
  return ids;
}

bool PolicyDocument::HasTenant(std::string_view tenant) const {
  return std::any_of(tenants_.begin(), tenants_.end(),
                     [&](const Tenant& known) { return known.id == tenant; });
}

std::vector<PolicySection> PolicyDocument::Compile(std::string_view tenant,
                                                   uint64_t version) const {
  const auto found = std::find_if(tenants_.begin(), tenants_.end(),
                                  [&](const Tenant& known) { return known.id == tenant; });
  std::vector<PolicySection> sections;
  if (found == tenants_.end()) return sections;
  const auto add = [&]() -> PolicySection& {
    PolicySection& section = sections.emplace_back();
    section.set_tenant(found->id);
    section.set_version(version);
    return section;
  };
  *add().mutable_tenant_section() = found->section;
  *add().mutable_classifier() = classifier_;
  policy::v1::RouteSection& route = *add().mutable_route();
  route = route_;
  KeepFor(tenant, *route.mutable_routes());
  KeepFor(tenant, *route.mutable_clocks());
  auto& bots = *route.mutable_bots();
  const auto& of = bots.never_for().tenants();
  if (!of.empty() && std::find(of.begin(), of.end(), tenant) == of.end()) bots.clear_never_for();
  if (bots.has_never_for()) bots.mutable_never_for()->clear_tenants();
  for (const policy::v1::PoolSection& pool : pools_) *add().mutable_pool() = pool;
  auto& agents = *add().mutable_agents()->mutable_agents();
  agents.Add(agents_.begin(), agents_.end());
  *add().mutable_calendars() = calendars_;
  return sections;
}

std::string PolicyDocument::ContentHash(std::string_view tenant) const {
  std::string bytes;
  for (const PolicySection& section : Compile(tenant, 0)) {
    const std::string one = Serialize(section);
    // With its length, so that no two lists of sections give the same bytes.
    bytes += std::to_string(one.size()) + ':' + one;
  }
  return base::Sha256Hex(bytes);
}

}  // namespace centralita::app
