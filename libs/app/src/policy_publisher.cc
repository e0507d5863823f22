#include "centralita/app/policy_publisher.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/sha256.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "policy_topic.h"

namespace centralita::app {
namespace {

using policy::v1::PolicySection;

constexpr base::Duration kFlushLimit{30'000};

// Content without the version, to compare.
std::map<std::string, std::string> Contents(const std::map<std::string, PolicySection>& sections) {
  std::map<std::string, std::string> contents;
  for (const auto& [name, section] : sections) {
    PolicySection copy = section;
    copy.clear_version();
    contents.emplace(name, copy.SerializeAsString());
  }
  return contents;
}

absl::StatusOr<std::map<std::string, PolicySection>> ByName(const std::string& tenant,
                                                            std::vector<PolicySection> sections) {
  std::map<std::string, PolicySection> named;
  for (PolicySection& section : sections) {
    const std::string name = SectionName(section);
    section.set_tenant(tenant);
    if (name.empty() || name == "history" || !named.emplace(name, std::move(section)).second) {
      return base::Error(
          absl::StatusCode::kInvalidArgument, "policy_sections",
          fmt::format(
              "The policy of tenant '{}' has the section '{}' twice, or a section of no kind.",
              tenant, name));
    }
  }
  for (const std::string_view needed : {"tenant", "classifier", "route", "agents"}) {
    if (!named.contains(std::string(needed))) {
      return base::Error(
          absl::StatusCode::kInvalidArgument, "policy_sections",
          fmt::format("The policy of tenant '{}' lacks the section '{}'.", tenant, needed));
    }
  }
  return named;
}

// Appends and remembers the first ack that is an error.
class DurableAppender final {
 public:
  explicit DurableAppender(std::unique_ptr<eventlog::Producer> producer)
      : producer_(std::move(producer)) {}

  absl::Status Append(eventlog::Outgoing record) {
    ABSL_RETURN_IF_ERROR(producer_->WaitForRoom(kFlushLimit));
    return producer_->Append(std::move(record),
                             [result = result_](absl::StatusOr<uint64_t> offset) {
                               std::lock_guard lock(result->mutex);
                               result->status.Update(offset.status());
                             });
  }

  absl::Status Flush() {
    ABSL_RETURN_IF_ERROR(producer_->Flush(kFlushLimit));
    std::lock_guard lock(result_->mutex);
    return result_->status;
  }

 private:
  struct Result {
    std::mutex mutex;
    absl::Status status;
  };
  const std::unique_ptr<eventlog::Producer> producer_;
  const std::shared_ptr<Result> result_ = std::make_shared<Result>();
};

eventlog::Outgoing PolicyRecord(std::string key, std::string value) {
  eventlog::Outgoing record;
  record.topic = base::topics::kPolicy;
  record.key = std::move(key);
  record.tombstone = value.empty();
  record.value = std::move(value);
  return record;
}

std::string ContentHash(const std::map<std::string, std::string>& contents) {
  std::string bytes;
  for (const auto& [name, content] : contents) {
    bytes += fmt::format("{}:{}:{}", name, content.size(), content);
  }
  return base::Sha256Hex(bytes);
}

// What was decided to be the next version.
struct NextVersion {
  std::string tenant;
  policy::v1::VersionManifest manifest;
  uint64_t version = 0;
  std::map<std::string, PolicySection> sections;

  bool staged() const { return manifest.stage_percent() > 0; }
};

absl::Status WriteVersion(DurableAppender& appender, NextVersion& next,
                          const PolicyAssembler& held) {
  for (auto& [name, section] : next.sections) {
    section.set_version(next.version);
    next.manifest.add_keys(SectionKey(section));
    ABSL_RETURN_IF_ERROR(
        appender.Append(PolicyRecord(SectionKey(section), section.SerializeAsString())));
  }
  PolicySection history;
  history.set_tenant(next.tenant);
  history.set_version(next.version);
  *history.mutable_history() = next.manifest;
  ABSL_RETURN_IF_ERROR(
      appender.Append(PolicyRecord(SectionKey(history), history.SerializeAsString())));
  ABSL_RETURN_IF_ERROR(appender.Flush());
  PolicySection manifest;
  manifest.set_tenant(next.tenant);
  manifest.set_version(next.version);
  *manifest.mutable_manifest() = next.manifest;
  const std::string key = next.staged() ? StagedKey(next.tenant) : ManifestKey(next.tenant);
  ABSL_RETURN_IF_ERROR(appender.Append(PolicyRecord(key, manifest.SerializeAsString())));
  ABSL_RETURN_IF_ERROR(appender.Flush());
  if (!next.staged() && held.Staged(next.tenant) != nullptr) {
    ABSL_RETURN_IF_ERROR(appender.Append(PolicyRecord(StagedKey(next.tenant), "")));
  }
  if (next.version <= kKeptPolicyVersions) return absl::OkStatus();
  const TenantPolicy* active = held.snapshot().Find(next.tenant);
  const uint64_t in_force = next.staged() && active != nullptr ? active->version : next.version;
  for (std::string& old :
       held.KeysBelow(next.tenant, next.version - kKeptPolicyVersions + 1, in_force)) {
    ABSL_RETURN_IF_ERROR(appender.Append(PolicyRecord(std::move(old), "")));
  }
  return absl::OkStatus();
}

// Two publishers at once may have mixed their sections under one number.
absl::Status CheckAlone(eventlog::EventLog& log, const NextVersion& next) {
  ABSL_ASSIGN_OR_RETURN(const PolicyAssembler now, ReadPolicyTopic(log));
  const auto versions = now.Versions(next.tenant);
  const bool ours =
      !versions.empty() && versions.front().version == next.version &&
      versions.front().manifest.SerializeAsString() == next.manifest.SerializeAsString() &&
      ContentHash(Contents(now.Sections(next.tenant, next.version))) ==
          next.manifest.content_sha256();
  if (ours) return absl::OkStatus();
  return base::Error(
      absl::StatusCode::kAborted, "policy_raced",
      fmt::format("Somebody else published version {} of tenant '{}' at the same time; nothing was "
                  "activated. See `policy history`, then apply again.",
                  next.version, next.tenant));
}

// Who, when, and what it brings back.
template <typename Activation>
void Sign(const policy::v1::VersionManifest& manifest, Activation& activation) {
  activation.set_applied_by(manifest.applied_by());
  activation.set_applied_unix_ms(manifest.applied_unix_ms());
  activation.set_restores_version(manifest.restores_version());
}

absl::Status Activate(eventlog::EventLog& log, DurableAppender& appender, const std::string& tenant,
                      const policy::v1::VersionManifest& manifest,
                      const std::vector<PolicySection>& sections) {
  ABSL_ASSIGN_OR_RETURN(const eventlog::TopicInfo routing,
                        log.Describe(std::string(base::topics::kRouting)));
  ABSL_ASSIGN_OR_RETURN(const eventlog::TopicInfo commands,
                        log.Describe(std::string(base::topics::kCommands)));
  routing::v1::RoutingRecord activation = RouteActivation(tenant, sections);
  activation.mutable_activate()->set_stage_percent(manifest.stage_percent());
  Sign(manifest, *activation.mutable_activate());
  const std::string route = activation.SerializeAsString();
  for (uint32_t partition = 0; partition < routing.spec.partitions; ++partition) {
    eventlog::Outgoing record;
    record.topic = base::topics::kRouting;
    record.partition = partition;
    record.key = base::TenantKey(tenant, "policy");
    record.value = route;
    ABSL_RETURN_IF_ERROR(appender.Append(std::move(record)));
  }
  // A share of the customers has routes of its own; pools are everybody's.
  if (manifest.stage_percent() > 0) return appender.Flush();
  for (commands::v1::Command& command : PoolActivations(tenant, sections)) {
    Sign(manifest, *command.mutable_activate());
    eventlog::Outgoing record;
    record.topic = base::topics::kCommands;
    record.key = base::TenantKey(tenant, command.pool());
    record.partition = base::PartitionOf(record.key, commands.spec.partitions);
    record.value = command.SerializeAsString();
    ABSL_RETURN_IF_ERROR(appender.Append(std::move(record)));
  }
  return appender.Flush();
}

absl::Status CheckExpected(const PolicyAssembler& held, const std::string& tenant,
                           uint64_t expected) {
  if (expected == 0) return absl::OkStatus();
  const std::vector<PolicyVersion> versions = held.Versions(tenant);
  const uint64_t newest = versions.empty() ? 0 : versions.front().version;
  if (newest == expected) return absl::OkStatus();
  const std::string what =
      newest == 0 ? fmt::format("Tenant '{}' has no policy yet", tenant)
                  : fmt::format("The newest version of tenant '{}' is {} (by {})", tenant, newest,
                                versions.front().manifest.applied_by());
  return base::Error(absl::StatusCode::kFailedPrecondition, "policy_version_unexpected",
                     fmt::format("{}, not {}; nothing was changed. See `policy diff`, then apply "
                                 "with the version that you have seen.",
                                 what, expected));
}

// A share of the customers can have other routes, but not other pools or agents, which all share.
absl::Status CheckStage(const std::map<std::string, PolicySection>& active,
                        const std::map<std::string, PolicySection>& wanted, uint32_t percent) {
  if (percent > 99) {
    return base::Error(
        absl::StatusCode::kInvalidArgument, "stage_percent",
        fmt::format("A stage of {} % is no stage: 1 to 99, or apply to all.", percent));
  }
  if (active.empty()) {
    return base::Error(absl::StatusCode::kFailedPrecondition, "stage_of_nothing",
                       "The tenant has no policy yet that the others could keep; apply to all "
                       "first.");
  }
  std::map<std::string, std::string> before = Contents(active);
  std::map<std::string, std::string> after = Contents(wanted);
  std::vector<std::string> differing;
  for (const auto& [name, content] : after) {
    if (name != "route" && (!before.contains(name) || before[name] != content))
      differing.push_back(name);
  }
  for (const auto& [name, content] : before) {
    if (!after.contains(name)) differing.push_back(name);
  }
  if (differing.empty()) return absl::OkStatus();
  return base::Error(
      absl::StatusCode::kFailedPrecondition, "stage_sections",
      fmt::format("A share of the customers can have other routes, clocks, bots and channels; this "
                  "file differs in {} too, which all customers share. Apply that to all first.",
                  fmt::join(differing, ", ")));
}

NextVersion Decide(const PolicyAssembler& held, const base::Clock& clock, const std::string& tenant,
                   const std::string& applied_by, const PublishOptions& options,
                   std::map<std::string, PolicySection> wanted) {
  NextVersion next;
  next.tenant = tenant;
  next.version = held.HighestVersion(tenant) + 1;
  next.manifest.set_applied_unix_ms(base::ToUnixMillis(clock.Now()));
  next.manifest.set_applied_by(applied_by);
  next.manifest.set_content_sha256(ContentHash(Contents(wanted)));
  next.manifest.set_stage_percent(options.stage_percent);
  next.manifest.set_restores_version(options.restores_version);
  next.sections = std::move(wanted);
  return next;
}

// The version that is in force as it is wanted; null if there is none.
const PolicyVersion* InForce(const std::vector<PolicyVersion>& versions, uint32_t stage_percent) {
  // An activation of the one for all does not end a stage: that takes a newer one.
  const bool staged = !versions.empty() && versions.front().manifest.stage_percent() > 0;
  if (staged != (stage_percent > 0)) return nullptr;
  for (const PolicyVersion& version : versions) {
    if (version.active && version.manifest.stage_percent() == stage_percent) return &version;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<PublishResult> PublishPolicy(eventlog::EventLog& log, const base::Clock& clock,
                                            const std::string& tenant,
                                            std::vector<PolicySection> sections,
                                            const std::string& applied_by,
                                            const PublishOptions& options) {
  ABSL_ASSIGN_OR_RETURN(auto wanted, ByName(tenant, std::move(sections)));
  ABSL_ASSIGN_OR_RETURN(const PolicyAssembler held, ReadPolicyTopic(log));
  ABSL_RETURN_IF_ERROR(CheckExpected(held, tenant, options.expected_version));
  const TenantPolicy* const active = held.snapshot().Find(tenant);
  if (options.stage_percent > 0) {
    const auto of_all = active == nullptr ? std::map<std::string, PolicySection>()
                                          : held.Sections(tenant, active->version);
    ABSL_RETURN_IF_ERROR(CheckStage(of_all, wanted, options.stage_percent));
  }
  ABSL_ASSIGN_OR_RETURN(auto producer, log.NewProducer({.name = "policy"}));
  DurableAppender appender(std::move(producer));

  const std::vector<PolicyVersion> versions = held.Versions(tenant);
  const PolicyVersion* const in_force = InForce(versions, options.stage_percent);
  PublishResult result;
  policy::v1::VersionManifest manifest;
  std::map<std::string, PolicySection> present;
  if (in_force != nullptr) present = held.Sections(tenant, in_force->version);
  result.changed = Contents(present) != Contents(wanted);
  if (result.changed) {
    NextVersion next = Decide(held, clock, tenant, applied_by, options, std::move(wanted));
    ABSL_RETURN_IF_ERROR(WriteVersion(appender, next, held));
    ABSL_RETURN_IF_ERROR(CheckAlone(log, next));
    result.version = next.version;
    manifest = std::move(next.manifest);
    present = std::move(next.sections);
  } else {
    result.version = in_force->version;
    manifest = in_force->manifest;
  }
  std::vector<PolicySection> activated;
  for (auto& [name, section] : present) activated.push_back(std::move(section));
  ABSL_RETURN_IF_ERROR(Activate(log, appender, tenant, manifest, activated));
  return result;
}

absl::StatusOr<PublishResult> RestorePolicy(eventlog::EventLog& log, const base::Clock& clock,
                                            const std::string& tenant, uint64_t version,
                                            const std::string& applied_by, PublishOptions options) {
  if (version == 0) {
    ABSL_ASSIGN_OR_RETURN(const auto versions, ListPolicyVersions(log, tenant));
    ABSL_ASSIGN_OR_RETURN(version, RollbackTarget(versions));
  }
  ABSL_ASSIGN_OR_RETURN(StoredPolicy stored, ReadPolicyVersion(log, tenant, version));
  options.restores_version = version;
  return PublishPolicy(log, clock, tenant, std::move(stored.sections), applied_by, options);
}

}  // namespace centralita::app
