#include "tests/contract/eventlog_contract.h"

#include <future>

namespace centralita::eventlog {
namespace {

// A poll waits this long; a test gives up after so many of them.
constexpr base::Duration kPoll{200};
constexpr int kPolls = 100;

}  // namespace

void EventLogContract::SetUp() {
  fixture_ = GetParam().make();
  Reopen();
}

void EventLogContract::Reopen() {
  producer_.reset();
  log_.reset();
  auto log = fixture_->Open(clock_);
  ASSERT_TRUE(log.ok()) << log.status();
  log_ = *std::move(log);
  auto producer = log_->NewProducer({.name = "test"});
  ASSERT_TRUE(producer.ok()) << producer.status();
  producer_ = *std::move(producer);
}

void EventLogContract::Create(const TopicSpec& spec) {
  const auto info = log_->EnsureTopic(spec);
  ASSERT_TRUE(info.ok()) << info.status();
}

namespace {

uint64_t AppendAndWait(Producer& producer, Outgoing record) {
  std::promise<absl::StatusOr<uint64_t>> acked;
  auto future = acked.get_future();
  const absl::Status status = producer.Append(
      std::move(record), [&acked](absl::StatusOr<uint64_t> offset) { acked.set_value(offset); });
  EXPECT_TRUE(status.ok()) << status;
  if (!status.ok()) return 0;
  const auto offset = future.get();
  EXPECT_TRUE(offset.ok()) << offset.status();
  return offset.value_or(0);
}

}  // namespace

uint64_t EventLogContract::Append(const std::string& topic, uint32_t partition,
                                  const std::string& key, const std::string& value) {
  return AppendAndWait(*producer_,
                       {.topic = topic, .partition = partition, .key = key, .value = value});
}

uint64_t EventLogContract::AppendTombstone(const std::string& topic, uint32_t partition,
                                           const std::string& key) {
  return AppendAndWait(
      *producer_,
      {.topic = topic, .partition = partition, .key = key, .value = "", .tombstone = true});
}

OffsetRange EventLogContract::Offsets(const std::string& topic, uint32_t partition) {
  const auto range = log_->Offsets({topic, partition});
  EXPECT_TRUE(range.ok()) << range.status();
  return range.value_or(OffsetRange{});
}

std::unique_ptr<Consumer> EventLogContract::ReaderAt(const TopicPartition& partition,
                                                     uint64_t offset, ConsumerOptions options) {
  auto consumer = log_->Read({partition}, options);
  EXPECT_TRUE(consumer.ok()) << consumer.status();
  const absl::Status sought = (*consumer)->Seek(partition, offset);
  EXPECT_TRUE(sought.ok()) << sought;
  return *std::move(consumer);
}

std::unique_ptr<Consumer> EventLogContract::Member(const std::string& group,
                                                   const std::string& name,
                                                   const std::vector<std::string>& topics) {
  auto consumer = log_->Join(group, name, topics, {});
  EXPECT_TRUE(consumer.ok()) << consumer.status();
  return *std::move(consumer);
}

std::vector<EventLogContract::Seen> EventLogContract::Take(Consumer& consumer, size_t count) {
  std::vector<Seen> seen;
  for (int i = 0; i < kPolls && seen.size() < count; ++i) {
    const auto result = consumer.Poll(kPoll);
    EXPECT_TRUE(result.ok()) << result.status();
    if (!result.ok()) break;
    for (const RecordBatch& batch : result->batches) {
      for (const Record& record : batch.records()) {
        seen.push_back({.partition = batch.source(),
                        .offset = record.offset,
                        .append_time = record.append_time,
                        .key = std::string(record.key),
                        .value = std::string(record.value),
                        .tombstone = record.tombstone});
      }
    }
  }
  return seen;
}

std::vector<std::string> EventLogContract::Values(const std::vector<Seen>& seen) {
  std::vector<std::string> values;
  for (const Seen& record : seen) values.push_back(record.value);
  return values;
}

absl::Status EventLogContract::PollError(Consumer& consumer) {
  for (int i = 0; i < kPolls; ++i) {
    const auto result = consumer.Poll(kPoll);
    if (!result.ok()) return result.status();
  }
  return absl::OkStatus();
}

std::vector<Assignment> EventLogContract::TakeAssigned(Consumer& consumer, size_t count) {
  std::vector<Assignment> assigned;
  for (int i = 0; i < kPolls && assigned.size() < count; ++i) {
    const auto result = consumer.Poll(kPoll);
    EXPECT_TRUE(result.ok()) << result.status();
    if (!result.ok()) break;
    for (const Assignment& assignment : result->assigned) {
      const absl::Status sought = consumer.Seek(assignment.partition, assignment.committed);
      EXPECT_TRUE(sought.ok()) << sought;
      assigned.push_back(assignment);
    }
  }
  EXPECT_EQ(assigned.size(), count);
  return assigned;
}

std::vector<TopicPartition> EventLogContract::TakeRevoked(Consumer& consumer, size_t count) {
  std::vector<TopicPartition> revoked;
  for (int i = 0; i < kPolls && revoked.size() < count; ++i) {
    const auto result = consumer.Poll(kPoll);
    EXPECT_TRUE(result.ok()) << result.status();
    if (!result.ok()) break;
    revoked.insert(revoked.end(), result->revoked.begin(), result->revoked.end());
  }
  EXPECT_EQ(revoked.size(), count);
  return revoked;
}

}  // namespace centralita::eventlog
