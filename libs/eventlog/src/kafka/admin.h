// What is asked of the brokers beside appending and reading: topics, their settings, their offsets.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "centralita/base/strings.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/eventlog/kafka_log.h"
#include "kafka/handle.h"

namespace centralita::eventlog::kafka {

// Thread-safe. Names of topics are ours, without the prefix.
class Admin final {
 public:
  static absl::StatusOr<std::unique_ptr<Admin>> Open(const KafkaLogOptions& options);

  absl::StatusOr<TopicInfo> EnsureTopic(const TopicSpec& spec);
  absl::StatusOr<TopicInfo> Describe(const std::string& topic);
  absl::StatusOr<OffsetRange> Offsets(const TopicPartition& partition);
  // From memory, once it was asked: partition counts of our topics do not change.
  absl::StatusOr<uint32_t> PartitionsOf(const std::string& topic);
  absl::Status CheckPartition(const TopicPartition& partition);

 private:
  // What Kafka has for a topic.
  struct Found {
    TopicInfo info;
    int replicas = 0;
    // Of any partition: it is being created, or a broker is away.
    bool leader_missing = false;
    Handle::Settings settings;
  };

  Admin(const KafkaLogOptions& options, std::unique_ptr<Handle> handle)
      : options_(options), handle_(std::move(handle)) {}
  absl::StatusOr<Found> Find(const std::string& topic);
  absl::StatusOr<Found> FindDescription(const std::string& topic);
  absl::Status AddSettings(Found& found);
  absl::Status Create(const TopicSpec& spec);
  // Until all brokers that matter know the new topic.
  absl::StatusOr<Found> FindNew(const TopicSpec& spec);
  absl::Status Verify(const Found& found, const TopicSpec& spec) const;
  absl::Status Adjust(const Found& found, const TopicSpec& spec);
  Handle::Settings WantedSettings(const TopicSpec& spec) const;
  AdminOptionsPtr RequestOptions(rd_kafka_admin_op_t operation) const;
  absl::StatusOr<EventPtr> Wait(rd_kafka_queue_t* queue, std::string_view what) const;
  int TimeoutMs() const { return static_cast<int>(options_.request_timeout.count()); }

  const KafkaLogOptions options_;
  const std::unique_ptr<Handle> handle_;
  std::mutex mutex_;
  base::StringMap<uint32_t> partitions_;
};

}  // namespace centralita::eventlog::kafka
