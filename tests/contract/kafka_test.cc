#include "tests/contract/kafka_test.h"

#include <fmt/format.h>

namespace centralita::eventlog {
namespace {

constexpr base::Duration kPatience{30'000};

// Owned by GoogleTest.
const contract::KafkaEnvironment& environment = *static_cast<contract::KafkaEnvironment*>(
    testing::AddGlobalTestEnvironment(new contract::KafkaEnvironment));

}  // namespace

contract::KafkaServer& TheKafka() { return environment.server(); }

KafkaLogOptions KafkaLogTest::Options() const {
  const auto* const info = testing::UnitTest::GetInstance()->current_test_info();
  KafkaLogOptions options;
  options.bootstrap_servers = TheKafka().bootstrap();
  options.prefix = fmt::format("{}.", info->name());
  for (char& c : options.prefix) {
    if (c == '/') c = '-';
  }
  options.replication_factor = 1;
  options.min_insync_replicas = 1;
  return options;
}

std::unique_ptr<EventLog> KafkaLogTest::Open(const KafkaLogOptions& options) const {
  auto log = OpenKafkaLog(options, clock_);
  EXPECT_TRUE(log.ok()) << log.status();
  return *std::move(log);
}

void KafkaLogTest::AppendNumbers(EventLog& log, const std::string& topic, uint32_t partitions,
                                 int count) {
  const auto producer = *log.NewProducer({.name = "numbers"});
  for (int i = 0; i < count; ++i) {
    const absl::Status taken = producer->Append({.topic = topic,
                                                 .partition = static_cast<uint32_t>(i) % partitions,
                                                 .key = "k",
                                                 .value = std::to_string(i)},
                                                [](const absl::StatusOr<uint64_t>& offset) {
                                                  EXPECT_TRUE(offset.ok()) << offset.status();
                                                });
    ASSERT_TRUE(taken.ok()) << taken;
  }
  ASSERT_TRUE(producer->Flush(kPatience).ok());
}

Member::Member(EventLog& log, const std::string& name, const std::vector<std::string>& topics) {
  auto consumer = log.Join("g", name, topics, {});
  EXPECT_TRUE(consumer.ok()) << consumer.status();
  consumer_ = *std::move(consumer);
}

void Member::PollOnce(base::Duration wait,
                      std::map<TopicPartition, std::vector<std::string>>& seen) {
  const auto result = consumer_->Poll(wait);
  ASSERT_TRUE(result.ok()) << result.status();
  for (const Assignment& gained : result->assigned) {
    ASSERT_TRUE(consumer_->Seek(gained.partition, gained.committed).ok());
    held_[gained.partition] = gained.committed;
  }
  for (const TopicPartition& lost : result->revoked) held_.erase(lost);
  revoked_ += result->revoked.size();
  for (const RecordBatch& batch : result->batches) {
    uint64_t& next = held_.at(batch.source());
    std::vector<std::string>& values = seen[batch.source()];
    for (const Record& record : batch.records()) {
      EXPECT_EQ(record.offset, next++);
      // What could not be committed comes again.
      ASSERT_LE(record.offset, values.size());
      if (record.offset == values.size()) values.emplace_back();
      values[record.offset] = record.value;
    }
    const absl::Status committed = consumer_->Commit(batch.source(), next);
    EXPECT_TRUE(committed.ok() || absl::IsUnavailable(committed)) << committed;
  }
}

}  // namespace centralita::eventlog
