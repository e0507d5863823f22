#include "kafka/admin.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "centralita/base/status_macros.h"
#include "kafka/errors.h"

namespace centralita::eventlog::kafka {
namespace {

using NewTopicPtr = std::unique_ptr<rd_kafka_NewTopic_t, Release<rd_kafka_NewTopic_destroy>>;
using ResourcePtr =
    std::unique_ptr<rd_kafka_ConfigResource_t, Release<rd_kafka_ConfigResource_destroy>>;
using CollectionPtr =
    std::unique_ptr<rd_kafka_TopicCollection_t, Release<rd_kafka_TopicCollection_destroy>>;

// What batches and headers cost beside keys and values.
constexpr size_t kRecordOverhead = 64 << 10;
// How long a client of its own may take to find out why no broker answers.
constexpr int kReasonRounds = 50;
constexpr int kReasonRoundMs = 100;
// How often a topic that was just created is looked for.
constexpr int kLooksForNewTopic = 100;
constexpr int kLookIntervalMs = 50;

constexpr auto kTimestampType = "message.timestamp.type";
constexpr auto kCleanup = "cleanup.policy";
constexpr auto kRetention = "retention.ms";
constexpr auto kMaxBytes = "max.message.bytes";
constexpr auto kMinInsync = "min.insync.replicas";

// From 1; a digest of Kafka's random id of the topic.
uint32_t EpochOf(const rd_kafka_Uuid_t* id) {
  const auto high = static_cast<uint64_t>(rd_kafka_Uuid_most_significant_bits(id));
  const auto low = static_cast<uint64_t>(rd_kafka_Uuid_least_significant_bits(id));
  const uint64_t mixed = high ^ low;
  const auto folded = static_cast<uint32_t>(mixed ^ (mixed >> 32));
  return folded == 0 ? 1 : folded;
}

int64_t NumberIn(const Handle::Settings& settings, const std::string& name) {
  const auto found = settings.find(name);
  return found == settings.end() ? 0 : std::strtoll(found->second.c_str(), nullptr, 10);
}

std::string TextIn(const Handle::Settings& settings, const std::string& name) {
  const auto found = settings.find(name);
  return found == settings.end() ? "" : found->second;
}

absl::Status Differs(const std::string& topic, std::string_view what, std::string_view to_do) {
  return absl::FailedPreconditionError(
      base::ToAbsl(fmt::format("topic '{}' in Kafka {}; {}", topic, what, to_do)));
}

// What keeps brokers from answering, as far as a client hears of it: a refused password or
// certificate rather than a broker beside it that is away. Asked only then, by a client whose
// errors are read.
absl::Status WhyNoneAnswers(const KafkaLogOptions& options, rd_kafka_resp_err_t error) {
  const std::string what = fmt::format("no Kafka broker answers at {}", options.bootstrap_servers);
  absl::Status why = ToStatus(error, what);
  const auto handle = Handle::Open(options, Handle::Kind::kConsumer, {}, RD_KAFKA_EVENT_ERROR);
  if (!handle.ok()) return why;
  const QueuePtr queue(rd_kafka_queue_get_main((*handle)->get()));
  for (int i = 0; i < kReasonRounds && !absl::IsUnauthenticated(why); ++i) {
    const EventPtr event(rd_kafka_queue_poll(queue.get(), kReasonRoundMs));
    if (event == nullptr || rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_ERROR) continue;
    const rd_kafka_resp_err_t heard = rd_kafka_event_error(event.get());
    // It comes behind the reason of the last one.
    if (heard == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) break;
    why = ToStatus(heard, what, rd_kafka_event_error_string(event.get()));
  }
  return why;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Admin>> Admin::Open(const KafkaLogOptions& options) {
  // A consumer, since asking as a producer may make the brokers create a topic.
  ABSL_ASSIGN_OR_RETURN(auto handle, Handle::Open(options, Handle::Kind::kConsumer, {}, 0));
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(
      handle->get(), 0, nullptr, &metadata, static_cast<int>(options.request_timeout.count()));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return WhyNoneAnswers(options, error);
  rd_kafka_metadata_destroy(metadata);
  return std::unique_ptr<Admin>(new Admin(options, std::move(handle)));
}

AdminOptionsPtr Admin::RequestOptions(rd_kafka_admin_op_t operation) const {
  AdminOptionsPtr options(rd_kafka_AdminOptions_new(handle_->get(), operation));
  std::array<char, 128> error{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), TimeoutMs(), error.data(), error.size());
  return options;
}

absl::StatusOr<EventPtr> Admin::Wait(rd_kafka_queue_t* queue, std::string_view what) const {
  EventPtr event(rd_kafka_queue_poll(queue, TimeoutMs() + 1'000));
  if (event == nullptr) {
    return absl::UnavailableError(
        base::ToAbsl(fmt::format("{}: Kafka did not answer in time; try again later", what)));
  }
  ABSL_RETURN_IF_ERROR(
      ToStatus(rd_kafka_event_error(event.get()), what, rd_kafka_event_error_string(event.get())));
  return event;
}

absl::StatusOr<Admin::Found> Admin::FindDescription(const std::string& topic) {
  const std::string what = fmt::format("looking for topic '{}'", topic);
  const std::string name = NameInKafka(options_, topic);
  std::array<const char*, 1> names = {name.c_str()};
  const CollectionPtr topics(rd_kafka_TopicCollection_of_topic_names(names.data(), names.size()));
  const QueuePtr queue(rd_kafka_queue_new(handle_->get()));
  const AdminOptionsPtr options = RequestOptions(RD_KAFKA_ADMIN_OP_DESCRIBETOPICS);
  rd_kafka_DescribeTopics(handle_->get(), topics.get(), options.get(), queue.get());
  ABSL_ASSIGN_OR_RETURN(const EventPtr event, Wait(queue.get(), what));
  size_t count = 0;
  const rd_kafka_TopicDescription_t** const found = rd_kafka_DescribeTopics_result_topics(
      rd_kafka_event_DescribeTopics_result(event.get()), &count);
  if (count != 1) return ToStatus(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, what);
  const rd_kafka_error_t* const error = rd_kafka_TopicDescription_error(found[0]);
  ABSL_RETURN_IF_ERROR(ToStatus(rd_kafka_error_code(error), what));
  size_t partitions = 0;
  const rd_kafka_TopicPartitionInfo_t** const infos =
      rd_kafka_TopicDescription_partitions(found[0], &partitions);
  Found result;
  result.info.spec.name = topic;
  result.info.spec.partitions = static_cast<uint32_t>(partitions);
  result.info.epoch = EpochOf(rd_kafka_TopicDescription_topic_id(found[0]));
  for (size_t i = 0; i < partitions; ++i) {
    result.leader_missing |= rd_kafka_TopicPartitionInfo_leader(infos[i]) == nullptr;
    size_t replicas = 0;
    rd_kafka_TopicPartitionInfo_replicas(infos[i], &replicas);
    if (i == 0 || static_cast<int>(replicas) < result.replicas)
      result.replicas = static_cast<int>(replicas);
  }
  return result;
}

absl::Status Admin::AddSettings(Found& found) {
  const std::string what = fmt::format("reading the settings of topic '{}'", found.info.spec.name);
  const ResourcePtr resource(rd_kafka_ConfigResource_new(
      RD_KAFKA_RESOURCE_TOPIC, NameInKafka(options_, found.info.spec.name).c_str()));
  std::array<rd_kafka_ConfigResource_t*, 1> resources = {resource.get()};
  const QueuePtr queue(rd_kafka_queue_new(handle_->get()));
  const AdminOptionsPtr options = RequestOptions(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
  rd_kafka_DescribeConfigs(handle_->get(), resources.data(), resources.size(), options.get(),
                           queue.get());
  ABSL_ASSIGN_OR_RETURN(const EventPtr event, Wait(queue.get(), what));
  size_t count = 0;
  const rd_kafka_ConfigResource_t** const results = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  if (count != 1) return ToStatus(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, what);
  const char* const detail = rd_kafka_ConfigResource_error_string(results[0]);
  ABSL_RETURN_IF_ERROR(
      ToStatus(rd_kafka_ConfigResource_error(results[0]), what, detail == nullptr ? "" : detail));
  size_t entries = 0;
  const rd_kafka_ConfigEntry_t** const configs =
      rd_kafka_ConfigResource_configs(results[0], &entries);
  for (size_t i = 0; i < entries; ++i) {
    const char* const value = rd_kafka_ConfigEntry_value(configs[i]);
    found.settings[rd_kafka_ConfigEntry_name(configs[i])] = value == nullptr ? "" : value;
  }
  return absl::OkStatus();
}

absl::StatusOr<Admin::Found> Admin::Find(const std::string& topic) {
  ABSL_ASSIGN_OR_RETURN(Found found, FindDescription(topic));
  {
    const std::lock_guard lock(mutex_);
    partitions_[topic] = found.info.spec.partitions;
  }
  ABSL_RETURN_IF_ERROR(AddSettings(found));
  TopicSpec& spec = found.info.spec;
  spec.compacted = TextIn(found.settings, kCleanup).find("compact") != std::string::npos;
  const int64_t retention = NumberIn(found.settings, kRetention);
  spec.retention = base::Duration(spec.compacted || retention < 0 ? 0 : retention);
  return found;
}

absl::StatusOr<TopicInfo> Admin::Describe(const std::string& topic) {
  ABSL_ASSIGN_OR_RETURN(Found found, Find(topic));
  return std::move(found.info);
}

Handle::Settings Admin::WantedSettings(const TopicSpec& spec) const {
  Handle::Settings settings = {
      {kTimestampType, "LogAppendTime"},
      {kCleanup, spec.compacted ? "compact" : "delete"},
      // A bound in bytes, which brokers may have as their default, would be a silent loss.
      {"retention.bytes", "-1"},
      {"unclean.leader.election.enable", "false"},
      {kMinInsync, fmt::to_string(options_.min_insync_replicas)},
      {kMaxBytes, fmt::to_string(options_.max_record_bytes + kRecordOverhead)}};
  if (spec.compacted) {
    // Only what is no longer written to is compacted.
    settings["segment.bytes"] = fmt::to_string(64 << 20);
    settings["segment.ms"] = fmt::to_string(3'600'000);
  } else {
    settings[kRetention] =
        fmt::to_string(spec.retention.count() == 0 ? -1 : spec.retention.count());
  }
  return settings;
}

absl::Status Admin::Create(const TopicSpec& spec) {
  const std::string what = fmt::format("creating topic '{}'", spec.name);
  std::array<char, 512> error{};
  const NewTopicPtr topic(rd_kafka_NewTopic_new(
      NameInKafka(options_, spec.name).c_str(), static_cast<int>(spec.partitions),
      options_.replication_factor, error.data(), error.size()));
  if (topic == nullptr) return ToStatus(RD_KAFKA_RESP_ERR__INVALID_ARG, what, error.data());
  for (const auto& [name, value] : WantedSettings(spec))
    rd_kafka_NewTopic_set_config(topic.get(), name.c_str(), value.c_str());
  std::array<rd_kafka_NewTopic_t*, 1> topics = {topic.get()};
  const QueuePtr queue(rd_kafka_queue_new(handle_->get()));
  const AdminOptionsPtr options = RequestOptions(RD_KAFKA_ADMIN_OP_CREATETOPICS);
  rd_kafka_CreateTopics(handle_->get(), topics.data(), topics.size(), options.get(), queue.get());
  ABSL_ASSIGN_OR_RETURN(const EventPtr event, Wait(queue.get(), what));
  size_t count = 0;
  const rd_kafka_topic_result_t** const results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  if (count != 1) return ToStatus(RD_KAFKA_RESP_ERR__FAIL, what);
  const rd_kafka_resp_err_t result = rd_kafka_topic_result_error(results[0]);
  // Somebody else was faster; what they made is verified all the same.
  if (result == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) return absl::OkStatus();
  const char* const detail = rd_kafka_topic_result_error_string(results[0]);
  return ToStatus(result, what, detail == nullptr ? "" : detail);
}

absl::StatusOr<Admin::Found> Admin::FindNew(const TopicSpec& spec) {
  absl::StatusOr<Found> found = Find(spec.name);
  const QueuePtr nothing(rd_kafka_queue_new(handle_->get()));
  for (int i = 0; i < kLooksForNewTopic && (!found.ok() || found->leader_missing); ++i) {
    if (!found.ok() && !absl::IsNotFound(found.status()) && !absl::IsUnavailable(found.status()))
      break;
    // Nothing ever comes by this queue.
    const EventPtr pause(rd_kafka_queue_poll(nothing.get(), kLookIntervalMs));
    found = Find(spec.name);
  }
  if (found.ok() && found->leader_missing) {
    return ToStatus(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
                    fmt::format("creating topic '{}'", spec.name));
  }
  return found;
}

absl::Status Admin::Verify(const Found& found, const TopicSpec& spec) const {
  const TopicSpec& there = found.info.spec;
  if (there.partitions != spec.partitions) {
    return Differs(spec.name,
                   fmt::format("has {} partitions, not {}", there.partitions, spec.partitions),
                   "ask for what it was created with, or migrate it");
  }
  const std::string cleanup = TextIn(found.settings, kCleanup);
  const std::string wanted_cleanup = spec.compacted ? "compact" : "delete";
  if (cleanup != wanted_cleanup) {
    return Differs(spec.name, fmt::format("has {}={}, not {}", kCleanup, cleanup, wanted_cleanup),
                   "what it has dropped is gone: migrate it, or ask for what it was created with");
  }
  const std::string timestamps = TextIn(found.settings, kTimestampType);
  if (timestamps != "LogAppendTime") {
    return Differs(
        spec.name,
        fmt::format("has {}={}, and stages need LogAppendTime", kTimestampType, timestamps),
        fmt::format("if it is empty, delete it or set {}=LogAppendTime; if not, migrate "
                    "it",
                    kTimestampType));
  }
  if (found.replicas < options_.replication_factor) {
    return Differs(spec.name,
                   fmt::format("has {} replicas, and {} are promised", found.replicas,
                               options_.replication_factor),
                   "reassign its partitions to more brokers, or lower the replication factor in "
                   "the settings");
  }
  return absl::OkStatus();
}

// What can be changed without losing anything that is promised: how long records are kept, and the
// limits that are lower than ours.
absl::Status Admin::Adjust(const Found& found, const TopicSpec& spec) {
  const Handle::Settings wanted = WantedSettings(spec);
  Handle::Settings changes;
  if (!spec.compacted && found.info.spec.retention != spec.retention)
    changes[kRetention] = wanted.at(kRetention);
  for (const auto* name : {kMinInsync, kMaxBytes}) {
    if (NumberIn(found.settings, name) < NumberIn(wanted, name)) changes[name] = wanted.at(name);
  }
  if (changes.empty()) return absl::OkStatus();
  const std::string what = fmt::format("changing the settings of topic '{}'", spec.name);
  const ResourcePtr resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC,
                                                         NameInKafka(options_, spec.name).c_str()));
  for (const auto& [name, value] : changes) {
    const ErrorPtr error(rd_kafka_ConfigResource_add_incremental_config(
        resource.get(), name.c_str(), RD_KAFKA_ALTER_CONFIG_OP_TYPE_SET, value.c_str()));
    if (error != nullptr) return ToStatus(rd_kafka_error_code(error.get()), what);
  }
  std::array<rd_kafka_ConfigResource_t*, 1> resources = {resource.get()};
  const QueuePtr queue(rd_kafka_queue_new(handle_->get()));
  const AdminOptionsPtr options = RequestOptions(RD_KAFKA_ADMIN_OP_INCREMENTALALTERCONFIGS);
  rd_kafka_IncrementalAlterConfigs(handle_->get(), resources.data(), resources.size(),
                                   options.get(), queue.get());
  ABSL_ASSIGN_OR_RETURN(const EventPtr event, Wait(queue.get(), what));
  size_t count = 0;
  const rd_kafka_ConfigResource_t** const results =
      rd_kafka_IncrementalAlterConfigs_result_resources(
          rd_kafka_event_IncrementalAlterConfigs_result(event.get()), &count);
  if (count != 1) return ToStatus(RD_KAFKA_RESP_ERR__FAIL, what);
  const char* const detail = rd_kafka_ConfigResource_error_string(results[0]);
  return ToStatus(rd_kafka_ConfigResource_error(results[0]), what, detail == nullptr ? "" : detail);
}

absl::StatusOr<TopicInfo> Admin::EnsureTopic(const TopicSpec& spec) {
  if (spec.name.empty() || spec.partitions == 0 || spec.retention.count() < 0) {
    return absl::InvalidArgumentError(
        "a topic needs a name, at least one partition, and a retention of 0 or more");
  }
  absl::StatusOr<Found> found = Find(spec.name);
  if (absl::IsNotFound(found.status())) {
    ABSL_RETURN_IF_ERROR(Create(spec));
    found = FindNew(spec);
  }
  ABSL_RETURN_IF_ERROR(found.status());
  ABSL_RETURN_IF_ERROR(Verify(*found, spec));
  ABSL_RETURN_IF_ERROR(Adjust(*found, spec));
  found->info.spec.retention = spec.compacted ? base::Duration(0) : spec.retention;
  return std::move(found->info);
}

absl::StatusOr<uint32_t> Admin::PartitionsOf(const std::string& topic) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = partitions_.find(topic); found != partitions_.end())
      return found->second;
  }
  const std::string what = fmt::format("looking for topic '{}'", topic);
  const TopicPtr handle(
      rd_kafka_topic_new(handle_->get(), NameInKafka(options_, topic).c_str(), nullptr));
  if (handle == nullptr) return ToStatus(RD_KAFKA_RESP_ERR__INVALID_ARG, what);
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(handle_->get(), 0, handle.get(), &metadata, TimeoutMs());
  ABSL_RETURN_IF_ERROR(ToStatus(error, what));
  const rd_kafka_resp_err_t of_topic =
      metadata->topic_cnt == 1 ? metadata->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
  const auto count =
      static_cast<uint32_t>(metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0);
  rd_kafka_metadata_destroy(metadata);
  ABSL_RETURN_IF_ERROR(ToStatus(of_topic, what));
  const std::lock_guard lock(mutex_);
  partitions_[topic] = count;
  return count;
}

absl::Status Admin::CheckPartition(const TopicPartition& partition) {
  ABSL_ASSIGN_OR_RETURN(const uint32_t count, PartitionsOf(partition.topic));
  if (partition.partition < count) return absl::OkStatus();
  return absl::NotFoundError(
      base::ToAbsl(fmt::format("there is no partition {} of topic '{}', which has {}",
                               partition.partition, partition.topic, count)));
}

absl::StatusOr<OffsetRange> Admin::Offsets(const TopicPartition& partition) {
  ABSL_RETURN_IF_ERROR(CheckPartition(partition));
  int64_t begin = 0;
  int64_t end = 0;
  const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
      handle_->get(), NameInKafka(options_, partition.topic).c_str(),
      static_cast<int32_t>(partition.partition), &begin, &end, TimeoutMs());
  ABSL_RETURN_IF_ERROR(ToStatus(
      error, fmt::format("asking for the offsets of {}/{}", partition.topic, partition.partition)));
  return OffsetRange{.begin = static_cast<uint64_t>(begin), .end = static_cast<uint64_t>(end)};
}

}  // namespace centralita::eventlog::kafka
