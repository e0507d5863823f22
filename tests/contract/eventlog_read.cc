// Reading: places of our own, bounds, waiting.
#include <future>
#include <map>
#include <thread>

#include "gmock/gmock.h"
#include "tests/contract/eventlog_contract.h"

namespace centralita::eventlog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr base::Duration kPatience{30'000};
constexpr base::Duration kShort{20};

TEST_P(EventLogContract, ReadsFromWhereItWasSought) {
  Create({.name = "t"});
  for (const char* value : {"a", "b", "c", "d"}) Append("t", 0, "k", value);
  const auto reader = ReaderAt({"t", 0}, 2);
  EXPECT_THAT(Values(Take(*reader, 2)), ElementsAre("c", "d"));
  ASSERT_TRUE(reader->Seek({"t", 0}, 1).ok());
  EXPECT_THAT(Values(Take(*reader, 3)), ElementsAre("b", "c", "d"));
}

TEST_P(EventLogContract, GivesNothingBeforeTheFirstSeek) {
  Create({.name = "t"});
  Append("t", 0, "k", "a");
  const auto reader = *log_->Read({{"t", 0}}, {});
  const auto result = reader->Poll(kShort);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result->batches, IsEmpty());
  EXPECT_THAT(result->assigned, IsEmpty());
}

TEST_P(EventLogContract, SeesWhatIsAppendedLater) {
  Create({.name = "t"});
  const auto reader = ReaderAt({"t", 0}, 0);
  EXPECT_THAT(reader->Poll(kShort)->batches, IsEmpty());
  Append("t", 0, "k", "a");
  EXPECT_THAT(Values(Take(*reader, 1)), ElementsAre("a"));
  Append("t", 0, "k", "b");
  EXPECT_THAT(Values(Take(*reader, 1)), ElementsAre("b"));
}

TEST_P(EventLogContract, GivesWhatIsLessThanAFullReadWhenThePatienceIsOver) {
  Create({.name = "t"});
  const auto reader = ReaderAt({"t", 0}, 0, {.patience = kShort});
  Append("t", 0, "k", "a");
  EXPECT_THAT(Values(Take(*reader, 1)), ElementsAre("a"));
  Append("t", 0, "k", "b");
  EXPECT_THAT(Values(Take(*reader, 1)), ElementsAre("b"));
}

TEST_P(EventLogContract, SaysThatAnOffsetIsNotInTheLogAndGoesOnAfterASeek) {
  Create({.name = "t"});
  Append("t", 0, "k", "a");
  const auto reader = ReaderAt({"t", 0}, 5);
  EXPECT_EQ(PollError(*reader).code(), absl::StatusCode::kOutOfRange);
  ASSERT_TRUE(reader->Seek({"t", 0}, 0).ok());
  EXPECT_THAT(Values(Take(*reader, 1)), ElementsAre("a"));
}

TEST_P(EventLogContract, BoundsTheBytesOfOnePoll) {
  Create({.name = "t", .partitions = 2});
  for (uint32_t i = 0; i < 20; ++i) Append("t", i % 2, "k", std::string(1'000, 'a'));
  const auto reader = *log_->Read({{"t", 0}, {"t", 1}}, {.max_bytes = 3'500, .max_records = 100});
  ASSERT_TRUE(reader->Seek({"t", 0}, 0).ok());
  ASSERT_TRUE(reader->Seek({"t", 1}, 0).ok());
  size_t records = 0;
  for (int i = 0; i < 1'000 && records < 20; ++i) {
    const auto result = reader->Poll(kShort);
    ASSERT_TRUE(result.ok()) << result.status();
    size_t bytes = 0;
    for (const RecordBatch& batch : result->batches) {
      for (const Record& record : batch.records()) bytes += record.key.size() + record.value.size();
      records += batch.records().size();
    }
    EXPECT_LE(bytes, 3'500U);
  }
  EXPECT_EQ(records, 20U);
}

TEST_P(EventLogContract, BoundsTheRecordsOfOnePollAndLeavesNoneOut) {
  Create({.name = "t"});
  for (int i = 0; i < 10; ++i) Append("t", 0, "k", std::to_string(i));
  const auto reader = ReaderAt({"t", 0}, 0, {.max_records = 3});
  std::vector<std::string> values;
  for (int i = 0; i < 1'000 && values.size() < 10; ++i) {
    const auto result = reader->Poll(kShort);
    ASSERT_TRUE(result.ok()) << result.status();
    size_t records = 0;
    for (const RecordBatch& batch : result->batches) {
      records += batch.records().size();
      for (const Record& record : batch.records()) values.emplace_back(record.value);
    }
    EXPECT_LE(records, 3U);
  }
  EXPECT_THAT(values, ElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
}

TEST_P(EventLogContract, GivesARecordThatIsLargerThanTheBound) {
  Create({.name = "t"});
  Append("t", 0, "k", std::string(5'000, 'a'));
  const auto reader = ReaderAt({"t", 0}, 0, {.max_bytes = 1'000});
  EXPECT_THAT(Take(*reader, 1), SizeIs(1));
}

TEST_P(EventLogContract, LetsNoPartitionStarve) {
  Create({.name = "t", .partitions = 3});
  for (uint32_t p = 0; p < 3; ++p) {
    for (int i = 0; i < 30; ++i) Append("t", p, "k", std::string(100, 'a'));
  }
  const auto reader = *log_->Read({{"t", 0}, {"t", 1}, {"t", 2}}, {.max_records = 10});
  for (uint32_t p = 0; p < 3; ++p) ASSERT_TRUE(reader->Seek({"t", p}, 0).ok());
  // One that has something comes at least every third time; when the first of it arrives is the
  // log's affair.
  std::map<uint32_t, size_t> last;
  const auto seen = Take(*reader, 90);
  ASSERT_THAT(seen, SizeIs(90));
  for (size_t i = 0; i < seen.size(); ++i) {
    const uint32_t p = seen[i].partition.partition;
    if (last.contains(p)) {
      EXPECT_LE(i - last[p], 21U) << "partition " << p;
    }
    last[p] = i;
  }
}

TEST_P(EventLogContract, GivesNothingOfAPausedPartitionAndGoesOnWhereItStood) {
  Create({.name = "t", .partitions = 2});
  Append("t", 0, "k", "a0");
  const auto reader = *log_->Read({{"t", 0}, {"t", 1}}, {});
  ASSERT_TRUE(reader->Seek({"t", 0}, 0).ok());
  ASSERT_TRUE(reader->Seek({"t", 1}, 0).ok());
  EXPECT_THAT(Values(Take(*reader, 1)), ElementsAre("a0"));
  ASSERT_TRUE(reader->Pause({"t", 0}).ok());
  Append("t", 0, "k", "b0");
  Append("t", 1, "k", "a1");
  EXPECT_THAT(Values(Take(*reader, 1)), ElementsAre("a1"));
  ASSERT_TRUE(reader->Resume({"t", 0}).ok());
  EXPECT_THAT(Values(Take(*reader, 1)), ElementsAre("b0"));
}

TEST_P(EventLogContract, KeepsABatchesBytesAfterTheConsumerIsGone) {
  Create({.name = "t"});
  Append("t", 0, "key", "value");
  auto reader = ReaderAt({"t", 0}, 0);
  std::vector<RecordBatch> batches;
  for (int i = 0; i < 1'000 && batches.empty(); ++i) batches = reader->Poll(kShort)->batches;
  reader.reset();
  ASSERT_THAT(batches, SizeIs(1));
  EXPECT_EQ(batches[0].source(), (TopicPartition{"t", 0}));
  EXPECT_EQ(batches[0].records()[0].key, "key");
  EXPECT_EQ(batches[0].records()[0].value, "value");
}

TEST_P(EventLogContract, WakesAPollThatWaits) {
  Create({.name = "t"});
  const auto reader = ReaderAt({"t", 0}, 0);
  auto polled =
      std::async(std::launch::async, [&reader] { return reader->Poll(base::Duration(3'600'000)); });
  reader->Wake();
  ASSERT_EQ(polled.wait_for(kPatience), std::future_status::ready);
  EXPECT_TRUE(polled.get().ok());
}

TEST_P(EventLogContract, AnAppendEndsTheWaitOfAPoll) {
  Create({.name = "t"});
  const auto reader = ReaderAt({"t", 0}, 0);
  auto polled =
      std::async(std::launch::async, [&reader] { return reader->Poll(base::Duration(3'600'000)); });
  Append("t", 0, "k", "a");
  ASSERT_EQ(polled.wait_for(kPatience), std::future_status::ready);
  const auto result = polled.get();
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result->batches, SizeIs(1));
}

TEST_P(EventLogContract, RefusesToReadOrCommitWhatIsNotItsOwn) {
  Create({.name = "t", .partitions = 2});
  EXPECT_EQ(log_->Read({{"t", 2}}, {}).status().code(), absl::StatusCode::kNotFound);
  const auto reader = ReaderAt({"t", 0}, 0);
  EXPECT_EQ(reader->Seek({"t", 1}, 0).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(reader->Pause({"t", 1}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(reader->Commit({"t", 0}, 1).code(), absl::StatusCode::kFailedPrecondition);
  reader->Close();
  EXPECT_EQ(reader->Poll(kShort).status().code(), absl::StatusCode::kFailedPrecondition);
}

// A reader that is far behind gets the same records as one that is at the end.
TEST_P(EventLogContract, GivesOldRecordsAsItGaveThemWhenTheyWereNew) {
  Create({.name = "t"});
  const auto tail = ReaderAt({"t", 0}, 0);
  std::vector<std::string> written;
  for (int i = 0; i < 200; ++i) {
    written.push_back(std::to_string(i) + std::string(i, '.'));
    ASSERT_TRUE(producer_
                    ->Append({.topic = "t", .key = "k", .value = written.back()},
                             [](const absl::StatusOr<uint64_t>&) {})
                    .ok());
  }
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_EQ(Values(Take(*tail, 200)), written);
  tail->Close();
  Reopen();
  EXPECT_EQ(Values(Take(*ReaderAt({"t", 0}, 0), 200)), written);
  EXPECT_EQ(Take(*ReaderAt({"t", 0}, 137, {.max_records = 1}), 1).at(0).value, written[137]);
}

}  // namespace
}  // namespace centralita::eventlog
