// What only the log on Kafka does: topics as operators may have made them, offsets that brokers
// have deleted, brokers that are not there.
#include <fmt/format.h>

#include "gmock/gmock.h"
#include "tests/contract/kafka_raw.h"
#include "tests/contract/kafka_test.h"

namespace centralita::eventlog {
namespace {

using testing::HasSubstr;
using testing::Le;
using testing::SizeIs;

constexpr int kPolls = 200;
constexpr base::Duration kPoll{100};

std::string Message(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

TEST_F(KafkaLogTest, SaysWhatToDoAboutAWrongPartitionCount) {
  const auto log = Open(Options());
  ASSERT_TRUE(log->EnsureTopic({.name = "t", .partitions = 3}).ok());
  const auto wrong = log->EnsureTopic({.name = "t", .partitions = 4});
  EXPECT_EQ(wrong.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(wrong.status()), HasSubstr("'t' in Kafka has 3 partitions, not 4"));
  EXPECT_THAT(Message(wrong.status()), HasSubstr("migrate"));
}

TEST_F(KafkaLogTest, RefusesATopicWhoseTimesAreTheProducers) {
  const KafkaLogOptions options = Options();
  ASSERT_TRUE(contract::CreateTopicInKafka(options.bootstrap_servers, options.prefix + "t", 2,
                                           {{"message.timestamp.type", "CreateTime"}})
                  .ok());
  const auto refused = Open(options)->EnsureTopic({.name = "t", .partitions = 2});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(refused.status()), HasSubstr("CreateTime"));
  EXPECT_THAT(Message(refused.status()), HasSubstr("set message.timestamp.type=LogAppendTime"));
}

TEST_F(KafkaLogTest, RefusesATopicThatDeletesAndCompacts) {
  const KafkaLogOptions options = Options();
  ASSERT_TRUE(contract::CreateTopicInKafka(options.bootstrap_servers, options.prefix + "t", 1,
                                           {{"message.timestamp.type", "LogAppendTime"},
                                            {"cleanup.policy", "compact,delete"}})
                  .ok());
  const auto refused = Open(options)->EnsureTopic({.name = "t", .compacted = true});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(refused.status()), HasSubstr("compact,delete"));
}

TEST_F(KafkaLogTest, RefusesATopicWithFewerReplicasThanPromised) {
  KafkaLogOptions options = Options();
  ASSERT_TRUE(Open(options)->EnsureTopic({.name = "t"}).ok());
  options.replication_factor = 3;
  const auto refused = Open(options)->EnsureTopic({.name = "t"});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(refused.status()), HasSubstr("1 replicas, and 3 are promised"));
}

TEST_F(KafkaLogTest, ChangesHowLongRecordsAreKept) {
  const auto log = Open(Options());
  ASSERT_TRUE(log->EnsureTopic({.name = "t", .retention = base::Duration(3'600'000)}).ok());
  EXPECT_EQ(log->Describe("t")->spec.retention, base::Duration(3'600'000));
  ASSERT_TRUE(log->EnsureTopic({.name = "t", .retention = base::Duration(0)}).ok());
  for (int i = 0; i < kPolls && log->Describe("t")->spec.retention.count() != 0; ++i) {
  }
  EXPECT_EQ(log->Describe("t")->spec.retention, base::Duration(0));
}

TEST_F(KafkaLogTest, GivesATopicThatIsMadeAgainAnotherEpoch) {
  const KafkaLogOptions options = Options();
  const auto log = Open(options);
  const auto first = log->EnsureTopic({.name = "t"});
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(contract::DeleteTopicInKafka(options.bootstrap_servers, options.prefix + "t").ok());
  absl::StatusOr<TopicInfo> second = first;
  for (int i = 0; i < kPolls && (!second.ok() || second->epoch == first->epoch); ++i)
    second = log->EnsureTopic({.name = "t"});
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_NE(second->epoch, first->epoch);
  EXPECT_EQ(log->Describe("t")->epoch, second->epoch);
}

// The others' records must not hide it.
TEST_F(KafkaLogTest, SaysThatRecordsAreGoneBesideAPartitionThatHasSome) {
  const KafkaLogOptions options = Options();
  const auto log = Open(options);
  ASSERT_TRUE(log->EnsureTopic({.name = "t", .partitions = 2}).ok());
  AppendNumbers(*log, "t", 1, 10);
  const auto producer = *log->NewProducer({.name = "test"});
  constexpr int kMany = 200;
  for (int i = 0; i < kMany; ++i)
    ASSERT_TRUE(producer->Append({"t", 1, "", std::to_string(i), false}, [](auto) {}).ok());
  ASSERT_TRUE(producer->Flush(base::Duration(30'000)).ok());
  ASSERT_TRUE(
      contract::DeleteRecordsInKafka(options.bootstrap_servers, options.prefix + "t", 0, 5).ok());
  // Few records a poll, so that the other partition is not done when the gap is found.
  const auto reader = *log->Read({{"t", 0}, {"t", 1}}, {.max_records = 2});
  ASSERT_TRUE(reader->Seek({"t", 0}, 2).ok());
  ASSERT_TRUE(reader->Seek({"t", 1}, 0).ok());
  int read = 0;
  int errors = 0;
  for (int i = 0; i < kPolls && (read < kMany || errors == 0); ++i) {
    const auto result = reader->Poll(kPoll);
    if (!result.ok()) {
      EXPECT_EQ(result.status().code(), absl::StatusCode::kOutOfRange);
      EXPECT_THAT(Message(result.status()), HasSubstr("offset 2 of t/0 is not in the log"));
      ++errors;
      continue;
    }
    for (const RecordBatch& batch : result->batches) {
      EXPECT_EQ(batch.source().partition, 1U);
      read += static_cast<int>(batch.records().size());
    }
  }
  EXPECT_EQ(errors, 1);
  EXPECT_EQ(read, kMany);
}

TEST_F(KafkaLogTest, StopsWhereRecordsAreGoneAndGoesOnAfterASeek) {
  const KafkaLogOptions options = Options();
  const auto log = Open(options);
  ASSERT_TRUE(log->EnsureTopic({.name = "t", .partitions = 2}).ok());
  AppendNumbers(*log, "t", 1, 10);
  ASSERT_TRUE(
      contract::DeleteRecordsInKafka(options.bootstrap_servers, options.prefix + "t", 0, 5).ok());
  EXPECT_EQ(log->Offsets({"t", 0})->begin, 5U);
  const auto reader = *log->Read({{"t", 0}}, {});
  ASSERT_TRUE(reader->Seek({"t", 0}, 2).ok());
  absl::Status status;
  for (int i = 0; i < kPolls && status.ok(); ++i) status = reader->Poll(kPoll).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(Message(status), HasSubstr("offset 2 of t/0 is not in the log, which holds 5 to 10"));
  EXPECT_TRUE(reader->Poll(kPoll)->batches.empty());
  ASSERT_TRUE(reader->Seek({"t", 0}, 5).ok());
  std::vector<std::string> values;
  for (int i = 0; i < kPolls && values.size() < 5; ++i) {
    const auto result = reader->Poll(kPoll);
    ASSERT_TRUE(result.ok()) << result.status();
    for (const RecordBatch& batch : result->batches) {
      for (const Record& record : batch.records()) values.emplace_back(record.value);
    }
  }
  EXPECT_EQ(values, (std::vector<std::string>{"5", "6", "7", "8", "9"}));
}

TEST_F(KafkaLogTest, ReadsForWhoeverIsInNoHurryWhatCameMeanwhileInOne) {
  const auto log = Open(Options());
  ASSERT_TRUE(log->EnsureTopic({.name = "t"}).ok());
  const auto producer = *log->NewProducer({.name = "test"});
  const auto reader = *log->Read({{"t", 0}}, {.patience = base::Duration(5'000)});
  ASSERT_TRUE(reader->Seek({"t", 0}, 0).ok());
  size_t records = 0;
  int answers = 0;
  const auto read = [&](base::Duration wait) {
    const auto result = reader->Poll(wait);
    ASSERT_TRUE(result.ok()) << result.status();
    for (const RecordBatch& batch : result->batches) records += batch.records().size();
    if (!result->batches.empty()) ++answers;
  };
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(
        producer->Append({.topic = "t", .key = "k", .value = "v"}, [](const auto&) {}).ok());
    ASSERT_TRUE(producer->Flush(kPoll * kPolls).ok());
    read(base::Duration(20));
  }
  for (int i = 0; i < kPolls && records < 20; ++i) read(kPoll);
  EXPECT_EQ(records, 20U);
  // One by one they would be twenty.
  EXPECT_THAT(answers, Le(10));
}

TEST_F(KafkaLogTest, RefusesRecordsAboveTheLimit) {
  KafkaLogOptions options = Options();
  options.max_record_bytes = 1'000;
  const auto log = Open(options);
  ASSERT_TRUE(log->EnsureTopic({.name = "t"}).ok());
  const auto producer = *log->NewProducer({});
  const absl::Status refused =
      producer->Append({.topic = "t", .key = "k", .value = std::string(1'000, 'x')},
                       [](const absl::StatusOr<uint64_t>&) { ADD_FAILURE(); });
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(KafkaLogTest, SaysThatNoBrokerAnswers) {
  KafkaLogOptions options = Options();
  options.bootstrap_servers = "127.0.0.1:1";
  options.request_timeout = base::Duration(500);
  const auto start = clock_.Monotonic();
  const auto log = OpenKafkaLog(options, clock_);
  EXPECT_EQ(log.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(log.status()), HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(clock_.Monotonic() - start, Le(std::chrono::seconds(10)));
}

TEST_F(KafkaLogTest, RefusesSettingsThatCannotBe) {
  KafkaLogOptions options = Options();
  options.min_insync_replicas = 2;
  EXPECT_EQ(OpenKafkaLog(options, clock_).status().code(), absl::StatusCode::kInvalidArgument);
  options = Options();
  options.extra["no.such.setting"] = "1";
  EXPECT_THAT(Message(OpenKafkaLog(options, clock_).status()), HasSubstr("no.such.setting"));
  options = Options();
  options.bootstrap_servers.clear();
  EXPECT_EQ(OpenKafkaLog(options, clock_).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace centralita::eventlog
