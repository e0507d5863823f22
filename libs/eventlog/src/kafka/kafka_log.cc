#include "centralita/eventlog/kafka_log.h"

#include <utility>

#include "centralita/base/status_macros.h"
#include "kafka/admin.h"
#include "kafka/consumer.h"
#include "kafka/producer.h"

namespace centralita::eventlog {
namespace {

class KafkaLog final : public EventLog {
 public:
  KafkaLog(const KafkaLogOptions& options, std::unique_ptr<kafka::Admin> admin,
           const base::Clock& clock)
      : options_(options), admin_(std::move(admin)), clock_(clock) {}

  absl::StatusOr<TopicInfo> EnsureTopic(const TopicSpec& spec) override {
    return admin_->EnsureTopic(spec);
  }
  absl::StatusOr<TopicInfo> Describe(const std::string& topic) const override {
    return admin_->Describe(topic);
  }
  absl::StatusOr<OffsetRange> Offsets(const TopicPartition& partition) const override {
    return admin_->Offsets(partition);
  }
  absl::StatusOr<std::unique_ptr<Producer>> NewProducer(const ProducerOptions& options) override {
    return kafka::KafkaProducer::Open(options_, options, *admin_, clock_);
  }
  absl::StatusOr<std::unique_ptr<Consumer>> Join(const std::string& group,
                                                 const std::string& member,
                                                 const std::vector<std::string>& topics,
                                                 const ConsumerOptions& options) override;
  absl::StatusOr<std::unique_ptr<Consumer>> Read(const std::vector<TopicPartition>& partitions,
                                                 const ConsumerOptions& options) override;

 private:
  const KafkaLogOptions options_;
  const std::unique_ptr<kafka::Admin> admin_;
  const base::Clock& clock_;
};

absl::StatusOr<std::unique_ptr<Consumer>> KafkaLog::Join(const std::string& group,
                                                         const std::string& member,
                                                         const std::vector<std::string>& topics,
                                                         const ConsumerOptions& options) {
  if (group.empty() || member.empty())
    return absl::InvalidArgumentError("a group and its members need names");
  size_t partitions = 0;
  for (const std::string& topic : topics) {
    ABSL_ASSIGN_OR_RETURN(const uint32_t count, admin_->PartitionsOf(topic));
    partitions += count;
  }
  ABSL_ASSIGN_OR_RETURN(
      auto consumer,
      kafka::KafkaConsumer::Open(options_, kafka::Membership{.group = group, .member = member},
                                 options, partitions, *admin_, clock_));
  ABSL_RETURN_IF_ERROR(consumer->Join(topics));
  return consumer;
}

absl::StatusOr<std::unique_ptr<Consumer>> KafkaLog::Read(
    const std::vector<TopicPartition>& partitions, const ConsumerOptions& options) {
  for (const TopicPartition& partition : partitions)
    ABSL_RETURN_IF_ERROR(admin_->CheckPartition(partition));
  ABSL_ASSIGN_OR_RETURN(auto consumer,
                        kafka::KafkaConsumer::Open(options_, kafka::Membership{}, options,
                                                   partitions.size(), *admin_, clock_));
  consumer->Attach(partitions);
  return consumer;
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventLog>> OpenKafkaLog(const KafkaLogOptions& options,
                                                       const base::Clock& clock) {
  if (options.bootstrap_servers.empty())
    return absl::InvalidArgumentError("the Kafka log needs bootstrap servers: \"host:port,...\"");
  if (options.replication_factor < 1 || options.min_insync_replicas < 1 ||
      options.min_insync_replicas > options.replication_factor) {
    return absl::InvalidArgumentError(
        "the Kafka log needs at least one replica, and not more in sync than there are");
  }
  ABSL_ASSIGN_OR_RETURN(auto admin, kafka::Admin::Open(options));
  return std::make_unique<KafkaLog>(options, std::move(admin), clock);
}

}  // namespace centralita::eventlog
