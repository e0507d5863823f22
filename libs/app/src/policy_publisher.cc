#include "centralita/app/policy_publisher.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "policy_assembler.h"

namespace centralita::app {
namespace {

using policy::v1::PolicySection;

constexpr base::Duration kPollLimit{1000};
constexpr int kMaxEmptyPolls = 20;
constexpr base::Duration kFlushLimit{30'000};
// Keeps a part of an activation far below what a log takes as one record.
constexpr int kAgentsPerPart = 500;

// Everything that `policy` holds now.
absl::StatusOr<PolicyAssembler> ReadAll(eventlog::EventLog& log) {
  const eventlog::TopicPartition partition{std::string(base::topics::kPolicy), 0};
  ABSL_ASSIGN_OR_RETURN(const eventlog::OffsetRange range, log.Offsets(partition));
  ABSL_ASSIGN_OR_RETURN(auto consumer, log.Read({partition}, {}));
  ABSL_RETURN_IF_ERROR(consumer->Seek(partition, range.begin));
  PolicyAssembler assembler;
  uint64_t next = range.begin;
  int empty_polls = 0;
  while (next < range.end) {
    ABSL_ASSIGN_OR_RETURN(const eventlog::PollResult polled, consumer->Poll(kPollLimit));
    empty_polls = polled.batches.empty() ? empty_polls + 1 : 0;
    // Taking what was read so far for everything would publish an old version number again.
    if (empty_polls >= kMaxEmptyPolls) {
      return base::Error(absl::StatusCode::kUnavailable, "policy_unreadable",
                         fmt::format("The topic policy gave no records for {} although it has "
                                     "more; nothing was published, try again.",
                                     base::FormatDuration(kPollLimit * kMaxEmptyPolls)));
    }
    for (const eventlog::RecordBatch& batch : polled.batches) {
      for (const eventlog::Record& record : batch.records()) {
        // What is damaged is about to be written anew.
        assembler.Apply(record).IgnoreError();
        next = record.offset + 1;
      }
    }
  }
  return assembler;
}

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
    if (name.empty() || !named.emplace(name, std::move(section)).second) {
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

absl::Status WriteVersion(DurableAppender& appender, const base::Clock& clock,
                          const std::string& tenant, uint64_t version,
                          const std::string& applied_by,
                          std::map<std::string, PolicySection>& sections,
                          const std::map<std::string, PolicySection>& before) {
  PolicySection manifest;
  manifest.set_tenant(tenant);
  manifest.set_version(version);
  manifest.mutable_manifest()->set_applied_unix_ms(base::ToUnixMillis(clock.Now()));
  manifest.mutable_manifest()->set_applied_by(applied_by);
  for (auto& [name, section] : sections) {
    section.set_version(version);
    manifest.mutable_manifest()->add_keys(SectionKey(section));
    ABSL_RETURN_IF_ERROR(
        appender.Append(PolicyRecord(SectionKey(section), section.SerializeAsString())));
  }
  ABSL_RETURN_IF_ERROR(appender.Flush());
  ABSL_RETURN_IF_ERROR(
      appender.Append(PolicyRecord(ManifestKey(tenant), manifest.SerializeAsString())));
  ABSL_RETURN_IF_ERROR(appender.Flush());
  for (const auto& [name, section] : before) {
    ABSL_RETURN_IF_ERROR(appender.Append(PolicyRecord(SectionKey(section), "")));
  }
  return absl::OkStatus();
}

absl::Status Activate(eventlog::EventLog& log, DurableAppender& appender, const std::string& tenant,
                      const std::vector<PolicySection>& sections) {
  ABSL_ASSIGN_OR_RETURN(const eventlog::TopicInfo routing,
                        log.Describe(std::string(base::topics::kRouting)));
  ABSL_ASSIGN_OR_RETURN(const eventlog::TopicInfo commands,
                        log.Describe(std::string(base::topics::kCommands)));
  const std::string route = RouteActivation(tenant, sections).SerializeAsString();
  for (uint32_t partition = 0; partition < routing.spec.partitions; ++partition) {
    eventlog::Outgoing record;
    record.topic = base::topics::kRouting;
    record.partition = partition;
    record.key = base::TenantKey(tenant, "policy");
    record.value = route;
    ABSL_RETURN_IF_ERROR(appender.Append(std::move(record)));
  }
  for (const commands::v1::Command& command : PoolActivations(tenant, sections)) {
    eventlog::Outgoing record;
    record.topic = base::topics::kCommands;
    record.key = base::TenantKey(tenant, command.pool());
    record.partition = base::PartitionOf(record.key, commands.spec.partitions);
    record.value = command.SerializeAsString();
    ABSL_RETURN_IF_ERROR(appender.Append(std::move(record)));
  }
  return appender.Flush();
}

// Route has chosen the clocks already: a shard needs no conditions.
void AddClocks(const policy::v1::RouteSection& route, policy::v1::ActivatePool& activate) {
  *activate.mutable_calendars() = route.calendars();
  *activate.mutable_clocks() = route.clocks();
  for (policy::v1::ClockRule& rule : *activate.mutable_clocks()) rule.clear_when();
}

}  // namespace

routing::v1::RoutingRecord RouteActivation(const std::string& tenant,
                                           const std::vector<PolicySection>& sections) {
  routing::v1::RoutingRecord record;
  record.set_tenant(tenant);
  record.mutable_activate()->set_tenant(tenant);
  for (const PolicySection& section : sections) {
    if (!section.has_route()) continue;
    record.mutable_activate()->set_version(section.version());
    *record.mutable_activate()->mutable_route() = section.route();
  }
  return record;
}

std::vector<commands::v1::Command> PoolActivations(const std::string& tenant,
                                                   const std::vector<PolicySection>& sections) {
  std::map<std::string, std::vector<directory::v1::Agent>> agents;
  const policy::v1::RouteSection* route = &policy::v1::RouteSection::default_instance();
  for (const PolicySection& section : sections) {
    for (const auto& agent : section.agents().agents()) agents[agent.pool()].push_back(agent);
    if (section.has_route()) route = &section.route();
  }
  std::vector<commands::v1::Command> activations;
  for (const PolicySection& section : sections) {
    if (!section.has_pool()) continue;
    const auto& of_pool = agents[section.pool().pool()];
    const auto count = static_cast<int>(of_pool.size());
    const int parts = std::max(1, (count + kAgentsPerPart - 1) / kAgentsPerPart);
    for (int part = 0; part < parts; ++part) {
      commands::v1::Command& command = activations.emplace_back();
      command.set_tenant(tenant);
      command.set_pool(section.pool().pool());
      policy::v1::ActivatePool& activate = *command.mutable_activate();
      activate.set_tenant(tenant);
      activate.set_version(section.version());
      *activate.mutable_pool() = section.pool();
      if (part == 0) AddClocks(*route, activate);
      const int end = std::min(count, (part + 1) * kAgentsPerPart);
      for (int i = part * kAgentsPerPart; i < end; ++i)
        *activate.add_agents() = of_pool[static_cast<size_t>(i)];
      activate.set_part(static_cast<uint32_t>(part));
      activate.set_parts(static_cast<uint32_t>(parts));
    }
  }
  return activations;
}

absl::StatusOr<PublishResult> PublishPolicy(eventlog::EventLog& log, const base::Clock& clock,
                                            const std::string& tenant,
                                            std::vector<PolicySection> sections,
                                            const std::string& applied_by) {
  ABSL_ASSIGN_OR_RETURN(auto wanted, ByName(tenant, std::move(sections)));
  ABSL_ASSIGN_OR_RETURN(const PolicyAssembler held, ReadAll(log));
  ABSL_ASSIGN_OR_RETURN(auto producer, log.NewProducer({.name = "policy"}));
  DurableAppender appender(std::move(producer));

  std::map<std::string, PolicySection> present = held.WholeSections(tenant);
  PublishResult result;
  result.changed = Contents(present) != Contents(wanted);
  if (result.changed) {
    result.version = held.HighestVersion(tenant) + 1;
    ABSL_RETURN_IF_ERROR(
        WriteVersion(appender, clock, tenant, result.version, applied_by, wanted, present));
    present = std::move(wanted);
  } else {
    result.version = held.snapshot().Find(tenant)->version;
  }
  std::vector<PolicySection> active;
  for (auto& [name, section] : present) active.push_back(std::move(section));
  ABSL_RETURN_IF_ERROR(Activate(log, appender, tenant, active));
  return result;
}

}  // namespace centralita::app
