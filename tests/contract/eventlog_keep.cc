// Topics, and what they keep.
#include "gmock/gmock.h"
#include "tests/contract/eventlog_contract.h"
#include "tests/contract/exception.h"

namespace centralita::eventlog {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr base::Duration kHour{3'600'000};

TEST_P(EventLogContract, EnsuringATopicAgainVerifiesIt) {
  const TopicSpec spec{.name = "t", .partitions = 3, .compacted = true};
  const auto created = log_->EnsureTopic(spec);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_GE(created->epoch, 1U);
  Reopen();
  const auto again = log_->EnsureTopic(spec);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->epoch, created->epoch);
  EXPECT_EQ(again->spec.partitions, 3U);
  EXPECT_TRUE(again->spec.compacted);
  EXPECT_EQ(log_->EnsureTopic({.name = "t", .partitions = 4, .compacted = true}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(log_->EnsureTopic({.name = "t", .partitions = 3}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(log_->Describe("t")->spec.partitions, 3U);
}

TEST_P(EventLogContract, RefusesATopicWithoutPartitions) {
  EXPECT_EQ(log_->EnsureTopic({.name = "t", .partitions = 0}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(log_->EnsureTopic({.name = ""}).status().code(), absl::StatusCode::kInvalidArgument);
}

class Waiting {
 public:
  explicit Waiting(EventLog& log) : reader_(*log.Read({{"t", 0}}, {})) {}
  // A wait without a sleep: nothing ever comes.
  void Once() { (void)reader_->Poll(base::Duration(5)); }

 private:
  std::unique_ptr<Consumer> reader_;
};

TEST_P(EventLogContract, DeletesWhatIsOlderThanTheRetentionAndNeverReusesOffsets) {
  if (!fixture_->traits().cleans_at_once)
    CENTRALITA_NO_MEANING_HERE("the servers delete when they like");
  Create({.name = "t", .retention = kHour});
  Append("t", 0, "k", "a");
  Append("t", 0, "k", "b");
  clock_.Advance(kHour / 2);
  Append("t", 0, "k", "c");
  clock_.Advance(kHour / 2 + base::Duration(1));
  Waiting waiting(*log_);
  for (int i = 0; i < 2'000 && Offsets("t", 0).begin < 2; ++i) waiting.Once();
  EXPECT_EQ(Offsets("t", 0).begin, 2U);
  EXPECT_THAT(Values(Take(*ReaderAt({"t", 0}, 2), 1)), ElementsAre("c"));
  EXPECT_EQ(PollError(*ReaderAt({"t", 0}, 1)).code(), absl::StatusCode::kOutOfRange);
  clock_.Advance(kHour);
  for (int i = 0; i < 2'000 && Offsets("t", 0).begin < 3; ++i) waiting.Once();
  EXPECT_EQ(Offsets("t", 0).begin, 3U);
  EXPECT_EQ(Offsets("t", 0).end, 3U);
}

TEST_P(EventLogContract, NeverReusesOffsetsOrTimesAfterAllWasDeletedAndTheLogOpenedAgain) {
  if (!fixture_->traits().cleans_at_once)
    CENTRALITA_NO_MEANING_HERE("the servers delete when they like");
  Create({.name = "t", .retention = kHour});
  for (int i = 0; i < 5; ++i) Append("t", 0, "k", "x");
  const base::TimePoint last = clock_.Now();
  clock_.Advance(kHour * 2);
  {
    Waiting waiting(*log_);
    for (int i = 0; i < 2'000 && Offsets("t", 0).begin < 5; ++i) waiting.Once();
  }
  clock_.JumpTo(last - kHour);
  Reopen();
  EXPECT_EQ(Offsets("t", 0).begin, 5U);
  EXPECT_EQ(Offsets("t", 0).end, 5U);
  EXPECT_EQ(Append("t", 0, "k", "y"), 5U);
  EXPECT_EQ(Take(*ReaderAt({"t", 0}, 5), 1).at(0).append_time, last);
}

TEST_P(EventLogContract, ACompactedTopicKeepsTheLatestRecordOfEachKey) {
  Create({.name = "t", .compacted = true});
  Append("t", 0, "a", "1");
  Append("t", 0, "b", "1");
  Append("t", 0, "a", "2");
  Append("t", 0, "c", "1");
  EXPECT_EQ(Append("t", 0, "a", "3"), 4U);
  Reopen();
  const auto reader = ReaderAt({"t", 0}, 0);
  const auto seen = Take(*reader, 3);
  if (fixture_->traits().cleans_at_once) {
    ASSERT_THAT(seen, SizeIs(3));
    EXPECT_EQ(seen[0].key + seen[0].value, "b1");
    EXPECT_EQ(seen[1].key + seen[1].value, "c1");
    EXPECT_EQ(seen[2].key + seen[2].value, "a3");
    EXPECT_EQ(seen[2].offset, 4U);
  }
  EXPECT_EQ(Offsets("t", 0).end, 5U);
}

TEST_P(EventLogContract, ATombstoneDeletesItsKeyAndLiveReadersSeeIt) {
  Create({.name = "t", .compacted = true});
  const auto live = ReaderAt({"t", 0}, 0);
  Append("t", 0, "a", "1");
  EXPECT_THAT(Take(*live, 1), SizeIs(1));
  AppendTombstone("t", 0, "a");
  const auto seen = Take(*live, 1);
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_TRUE(seen[0].tombstone);
  EXPECT_EQ(seen[0].key, "a");
  EXPECT_EQ(seen[0].value, "");
  live->Close();
  Append("t", 0, "b", "1");
  Reopen();
  std::string latest_a = "none";
  const auto reader = ReaderAt({"t", 0}, 0);
  for (bool end = false; !end;) {
    const auto some = Take(*reader, 1);
    ASSERT_FALSE(some.empty());
    for (const Seen& record : some) {
      if (record.key == "a") latest_a = record.tombstone ? "deleted" : record.value;
      end = end || record.key == "b";
    }
  }
  EXPECT_NE(latest_a, "1");
}

TEST_P(EventLogContract, OldTombstonesGoAndTheLastRecordStays) {
  if (!fixture_->traits().cleans_at_once)
    CENTRALITA_NO_MEANING_HERE("the servers delete when they like");
  Create({.name = "t", .compacted = true});
  Append("t", 0, "a", "1");
  AppendTombstone("t", 0, "a");
  Append("t", 0, "b", "1");
  AppendTombstone("t", 0, "b");
  clock_.Advance(kHour * 48);
  // What is left is seen by a reader that comes later: at last only the newest record, by which it
  // knows the end.
  std::vector<Seen> seen;
  for (int i = 0; i < 2'000; ++i) {
    Reopen();
    seen = Take(*ReaderAt({"t", 0}, 0), 1);
    if (seen.size() == 1) break;
  }
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_EQ(seen[0].key, "b");
  EXPECT_TRUE(seen[0].tombstone);
  EXPECT_EQ(seen[0].offset, 3U);
  EXPECT_EQ(Offsets("t", 0).end, 4U);
}

}  // namespace
}  // namespace centralita::eventlog
