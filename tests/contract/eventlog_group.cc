// Groups: each partition has one owner, and goes on where the group committed.
#include <map>
#include <set>

#include "gmock/gmock.h"
#include "tests/contract/eventlog_contract.h"
#include "tests/contract/exception.h"

namespace centralita::eventlog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr base::Duration kShort{20};

std::set<uint32_t> Numbers(const std::vector<Assignment>& assigned) {
  std::set<uint32_t> numbers;
  for (const Assignment& assignment : assigned) numbers.insert(assignment.partition.partition);
  return numbers;
}

TEST_P(EventLogContract, GivesTheOnlyMemberAllPartitions) {
  Create({.name = "t", .partitions = 3});
  const auto member = Member("g", "m", {"t"});
  const auto assigned = TakeAssigned(*member, 3);
  EXPECT_EQ(Numbers(assigned), (std::set<uint32_t>{0, 1, 2}));
  for (const Assignment& assignment : assigned) EXPECT_EQ(assignment.committed, 0U);
  Append("t", 1, "k", "a");
  EXPECT_THAT(Values(Take(*member, 1)), ElementsAre("a"));
}

TEST_P(EventLogContract, GoesOnWhereTheGroupCommitted) {
  Create({.name = "t"});
  for (const char* value : {"a", "b", "c"}) Append("t", 0, "k", value);
  {
    const auto member = Member("g", "m", {"t"});
    TakeAssigned(*member, 1);
    EXPECT_THAT(Take(*member, 3), SizeIs(3));
    ASSERT_TRUE(member->Commit({"t", 0}, 2).ok());
  }
  Reopen();
  const auto again = Member("g", "m", {"t"});
  EXPECT_EQ(TakeAssigned(*again, 1).at(0).committed, 2U);
  EXPECT_THAT(Values(Take(*again, 1)), ElementsAre("c"));
  const auto other = Member("another group", "m", {"t"});
  EXPECT_EQ(TakeAssigned(*other, 1).at(0).committed, 0U);
}

TEST_P(EventLogContract, DeliversAgainWhatWasNotCommittedBeforeACrash) {
  Create({.name = "t"});
  Append("t", 0, "k", "a");
  Append("t", 0, "k", "b");
  {
    const auto member = Member("g", "m", {"t"});
    TakeAssigned(*member, 1);
    EXPECT_THAT(Values(Take(*member, 2)), ElementsAre("a", "b"));
  }
  const auto again = Member("g", "m", {"t"});
  TakeAssigned(*again, 1);
  EXPECT_THAT(Values(Take(*again, 2)), ElementsAre("a", "b"));
}

TEST_P(EventLogContract, APlaceOfOurOwnGoesBeforeWhatTheGroupCommitted) {
  Create({.name = "t"});
  Append("t", 0, "k", "a");
  Append("t", 0, "k", "b");
  const auto member = Member("g", "m", {"t"});
  TakeAssigned(*member, 1);
  ASSERT_TRUE(member->Commit({"t", 0}, 2).ok());
  ASSERT_TRUE(member->Seek({"t", 0}, 1).ok());
  EXPECT_THAT(Values(Take(*member, 1)), ElementsAre("b"));
}

TEST_P(EventLogContract, AJoiningMemberGetsItsShareOnlyWhenTheOwnerHasLetGo) {
  Create({.name = "t", .partitions = 4});
  const auto first = Member("g", "first", {"t"});
  TakeAssigned(*first, 4);
  const auto second = Member("g", "second", {"t"});
  EXPECT_THAT(second->Poll(kShort)->assigned, IsEmpty());
  const auto revoked = TakeRevoked(*first, 2);
  ASSERT_THAT(revoked, SizeIs(2));
  // Between being told and polling again the owner finishes, and nobody else has the partition.
  EXPECT_THAT(second->Poll(kShort)->assigned, IsEmpty());
  EXPECT_TRUE(first->Commit(revoked[0], 0).ok());
  EXPECT_EQ(first->Seek(revoked[0], 0).code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(first->Poll(kShort).ok());
  const auto assigned = TakeAssigned(*second, 2);
  EXPECT_EQ(Numbers(assigned), (std::set<uint32_t>{revoked[0].partition, revoked[1].partition}));
  EXPECT_EQ(first->Commit(revoked[0], 0).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_P(EventLogContract, ARevokedPartitionGoesOnWhereItsOwnerCommitted) {
  Create({.name = "t", .partitions = 2});
  for (uint32_t p = 0; p < 2; ++p) {
    for (const char* value : {"a", "b"}) Append("t", p, "k", value);
  }
  const auto first = Member("g", "first", {"t"});
  TakeAssigned(*first, 2);
  EXPECT_THAT(Take(*first, 4), SizeIs(4));
  const auto second = Member("g", "second", {"t"});
  const auto revoked = TakeRevoked(*first, 1);
  ASSERT_TRUE(first->Commit(revoked.at(0), 1).ok());
  ASSERT_TRUE(first->Poll(kShort).ok());
  EXPECT_EQ(TakeAssigned(*second, 1).at(0).committed, 1U);
  EXPECT_THAT(Values(Take(*second, 1)), ElementsAre("b"));
}

TEST_P(EventLogContract, ALeavingMembersPartitionsGoToTheOthers) {
  Create({.name = "t", .partitions = 2});
  auto first = Member("g", "first", {"t"});
  TakeAssigned(*first, 2);
  const auto second = Member("g", "second", {"t"});
  TakeRevoked(*first, 1);
  ASSERT_TRUE(first->Poll(kShort).ok());
  TakeAssigned(*second, 1);
  first.reset();
  TakeAssigned(*second, 1);
  Append("t", 0, "k", "a");
  Append("t", 1, "k", "b");
  EXPECT_THAT(Take(*second, 2), SizeIs(2));
}

TEST_P(EventLogContract, EachRecordReachesOneMember) {
  Create({.name = "t", .partitions = 5});
  std::vector<std::unique_ptr<Consumer>> members;
  for (const char* name : {"a", "b", "c"}) members.push_back(Member("g", name, {"t"}));
  constexpr uint64_t kEach = 20;
  for (uint32_t p = 0; p < 5; ++p) {
    for (uint64_t i = 0; i < kEach; ++i) Append("t", p, "k", std::to_string(i));
  }
  std::map<uint32_t, uint64_t> next;
  uint64_t total = 0;
  bool repeats = false;
  for (int round = 0; round < 20'000 && total < 5 * kEach; ++round) {
    const size_t m = static_cast<size_t>(round) % members.size();
    const auto result = members[m]->Poll(base::Duration(1));
    ASSERT_TRUE(result.ok());
    for (const Assignment& a : result->assigned)
      ASSERT_TRUE(members[m]->Seek(a.partition, a.committed).ok());
    for (const RecordBatch& batch : result->batches) {
      const uint32_t p = batch.source().partition;
      for (const Record& record : batch.records()) {
        if (repeats && record.offset < next[p]) continue;
        EXPECT_EQ(record.offset, next[p]++);
        ++total;
      }
      const absl::Status committed = members[m]->Commit(batch.source(), next[p]);
      // A group that is changing just now.
      repeats = repeats || absl::IsUnavailable(committed);
      ASSERT_TRUE(committed.ok() || absl::IsUnavailable(committed)) << committed;
    }
  }
  EXPECT_EQ(total, 5 * kEach);
}

TEST_P(EventLogContract, RefusesAGroupOnATopicThatIsNotThere) {
  EXPECT_EQ(log_->Join("g", "m", {"none"}, {}).status().code(), absl::StatusCode::kNotFound);
}

TEST_P(EventLogContract, RefusesASecondMemberOfTheSameName) {
  if (!fixture_->traits().refuses_same_member)
    CENTRALITA_NO_MEANING_HERE("the second member takes the first one's place");
  Create({.name = "t"});
  const auto member = Member("g", "m", {"t"});
  EXPECT_EQ(log_->Join("g", "m", {"t"}, {}).status().code(), absl::StatusCode::kAlreadyExists);
  TakeAssigned(*member, 1);
}

}  // namespace
}  // namespace centralita::eventlog
