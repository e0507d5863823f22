#include "centralita/eventlog/sqlite_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "centralita/base/status_macros.h"
#include "consumer.h"
#include "file_lock.h"
#include "log_state.h"
#include "producer.h"
#include "sweeper.h"
#include "writer.h"

namespace centralita::eventlog {
namespace {

// Enough to be worth a sync of the file; little enough to stay in the memory of the system.
constexpr int64_t kCheckpointBytes = 16 << 20;

absl::Status NoTopic(const std::string& topic) {
  return absl::NotFoundError(base::ToAbsl(
      fmt::format("there is no topic '{}'; create it with EnsureTopic() first", topic)));
}

absl::Status CheckSame(const TopicSpec& there, const TopicSpec& wanted) {
  if (there.partitions == wanted.partitions && there.compacted == wanted.compacted)
    return absl::OkStatus();
  return absl::FailedPreconditionError(base::ToAbsl(fmt::format(
      "topic '{}' has {} partitions (compacted: {}), not {} (compacted: {}); ask for what it was "
      "created "
      "with, or migrate it",
      there.name, there.partitions, there.compacted, wanted.partitions, wanted.compacted)));
}

// A log that is deleted and made again must not pass for the one before.
uint32_t NewEpoch(const base::Clock& clock) {
  return static_cast<uint32_t>(std::max<int64_t>(1, base::ToUnixMillis(clock.Now()) / 1'000));
}

Topic MakeTopic(const StoredTopic& stored) {
  Topic topic{.info = stored.info, .partitions = {}};
  for (uint32_t number = 0; number < stored.partitions.size(); ++number) {
    auto& partition = *topic.partitions.emplace_back(std::make_unique<Partition>());
    partition.name = {stored.info.spec.name, number};
    partition.compacted = stored.info.spec.compacted;
    partition.retention = stored.info.spec.retention;
    partition.stored = stored.partitions[number];
  }
  return topic;
}

class SqliteLog final : public EventLog {
 public:
  SqliteLog(const SqliteLogOptions& options, const base::Clock& clock, FileLock lock)
      : lock_(std::move(lock)), state_(options, clock) {}

  absl::Status Start();

  absl::StatusOr<TopicInfo> EnsureTopic(const TopicSpec& spec) override;
  absl::StatusOr<TopicInfo> Describe(const std::string& topic) const override;
  absl::StatusOr<OffsetRange> Offsets(const TopicPartition& partition) const override;
  absl::StatusOr<std::unique_ptr<Producer>> NewProducer(const ProducerOptions& options) override;
  absl::StatusOr<std::unique_ptr<Consumer>> Join(const std::string& group,
                                                 const std::string& member,
                                                 const std::vector<std::string>& topics,
                                                 const ConsumerOptions& options) override;
  absl::StatusOr<std::unique_ptr<Consumer>> Read(const std::vector<TopicPartition>& partitions,
                                                 const ConsumerOptions& options) override;

 private:
  absl::StatusOr<TopicInfo> CreateTopic(const TopicSpec& spec);
  absl::StatusOr<TopicInfo> SetRetention(const TopicSpec& spec);

  // Released last.
  const FileLock lock_;
  mutable LogState state_;
  // One creation at a time.
  std::mutex create_mutex_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Sweeper> sweeper_;
};

absl::Status SqliteLog::Start() {
  ABSL_ASSIGN_OR_RETURN(auto file, LogFile::Open(state_.options.path));
  ABSL_ASSIGN_OR_RETURN(
      auto wal, sqlite::WalKeeper::Open(state_.options.path, file->database(), kCheckpointBytes));
  ABSL_ASSIGN_OR_RETURN(const auto topics, file->LoadTopics());
  for (const StoredTopic& topic : topics) state_.topics[topic.info.spec.name] = MakeTopic(topic);
  ABSL_ASSIGN_OR_RETURN(const auto offsets, file->LoadGroupOffsets());
  for (const auto& offset : offsets) {
    state_.groups[offset.group].group.SetCommitted(offset.partition, offset.next_offset);
  }
  writer_ = std::make_unique<Writer>(std::move(file), std::move(wal), state_);
  sweeper_ = std::make_unique<Sweeper>(state_, *writer_);
  return absl::OkStatus();
}

absl::StatusOr<TopicInfo> SqliteLog::EnsureTopic(const TopicSpec& spec) {
  if (spec.name.empty() || spec.partitions == 0 || spec.retention.count() < 0) {
    return absl::InvalidArgumentError(
        "a topic needs a name, at least one partition, and a retention of 0 or more");
  }
  const std::lock_guard creating(create_mutex_);
  const auto there = Describe(spec.name);
  if (!there.ok()) return CreateTopic(spec);
  ABSL_RETURN_IF_ERROR(CheckSame(there->spec, spec));
  if (there->spec.retention == spec.retention) return there;
  return SetRetention(spec);
}

absl::StatusOr<TopicInfo> SqliteLog::CreateTopic(const TopicSpec& spec) {
  const TopicInfo info{.spec = spec, .epoch = NewEpoch(state_.clock)};
  StoredTopic stored;
  ABSL_RETURN_IF_ERROR(writer_->Run(
      [&](LogFile& file) -> absl::Status {
        ABSL_ASSIGN_OR_RETURN(stored, file.CreateTopic(info));
        return absl::OkStatus();
      },
      [&] { state_.topics[spec.name] = MakeTopic(stored); }));
  return info;
}

absl::StatusOr<TopicInfo> SqliteLog::SetRetention(const TopicSpec& spec) {
  TopicInfo info;
  ABSL_RETURN_IF_ERROR(
      writer_->Run([&](LogFile& file) { return file.SetRetention(spec.name, spec.retention); },
                   [&] {
                     Topic& topic = state_.topics[spec.name];
                     topic.info.spec.retention = spec.retention;
                     for (auto& partition : topic.partitions) partition->retention = spec.retention;
                     info = topic.info;
                   }));
  return info;
}

absl::StatusOr<TopicInfo> SqliteLog::Describe(const std::string& topic) const {
  const std::lock_guard lock(state_.mutex);
  const auto found = state_.topics.find(topic);
  if (found == state_.topics.end()) return NoTopic(topic);
  return found->second.info;
}

absl::StatusOr<OffsetRange> SqliteLog::Offsets(const TopicPartition& partition) const {
  const std::lock_guard lock(state_.mutex);
  const Partition* const found = state_.Find(partition);
  if (found == nullptr) {
    return absl::NotFoundError(base::ToAbsl(fmt::format("there is no partition {} of topic '{}'",
                                                        partition.partition, partition.topic)));
  }
  return OffsetRange{.begin = found->stored.begin, .end = found->stored.end};
}

absl::StatusOr<std::unique_ptr<Producer>> SqliteLog::NewProducer(const ProducerOptions& options) {
  return std::make_unique<SqliteProducer>(state_, options);
}

absl::StatusOr<std::unique_ptr<Consumer>> SqliteLog::Join(const std::string& group,
                                                          const std::string& member,
                                                          const std::vector<std::string>& topics,
                                                          const ConsumerOptions& options) {
  if (group.empty() || member.empty())
    return absl::InvalidArgumentError("a group and its members need names");
  std::vector<TopicPartition> partitions;
  for (const std::string& topic : topics) {
    ABSL_ASSIGN_OR_RETURN(const TopicInfo info, Describe(topic));
    for (uint32_t number = 0; number < info.spec.partitions; ++number)
      partitions.push_back({topic, number});
  }
  auto consumer = std::make_unique<SqliteConsumer>(
      state_, *writer_, SqliteConsumer::Membership{.group = group, .member = member}, options);
  ABSL_RETURN_IF_ERROR(consumer->Join(partitions));
  return consumer;
}

absl::StatusOr<std::unique_ptr<Consumer>> SqliteLog::Read(
    const std::vector<TopicPartition>& partitions, const ConsumerOptions& options) {
  for (const TopicPartition& partition : partitions)
    ABSL_RETURN_IF_ERROR(Offsets(partition).status());
  auto consumer =
      std::make_unique<SqliteConsumer>(state_, *writer_, SqliteConsumer::Membership{}, options);
  consumer->Attach(partitions);
  return consumer;
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventLog>> OpenSqliteLog(const SqliteLogOptions& options,
                                                        const base::Clock& clock) {
  ABSL_ASSIGN_OR_RETURN(FileLock lock, FileLock::Acquire(options.path));
  auto log = std::make_unique<SqliteLog>(options, clock, std::move(lock));
  ABSL_RETURN_IF_ERROR(log->Start());
  return log;
}

}  // namespace centralita::eventlog
