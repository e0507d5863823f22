// Transactions that are more than one script of Redis does: whole or not at all, whoever dies.
#include <atomic>
#include <thread>

#include "gmock/gmock.h"
#include "tests/contract/redis_test_kit.h"

namespace centralita::store {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Optional;
using ::testing::SizeIs;
using Code = absl::StatusCode;

[[maybe_unused]] const Server& at_start = TheServer();

TEST_F(RedisStoreTest, ALargeTransactionIsDoneWhole) {
  ASSERT_TRUE(store_->Commit(LargeTransaction(1, {{"k0", std::nullopt}})).ok());
  Transaction second = LargeTransaction(2, {{"k0", "1"}}, 1'000);
  for (int i = 1'000; i < 2'000; ++i) second.erases.push_back("k" + std::to_string(i));
  second.puts.push_back({"big", std::string(3 << 20, 'x'), kForever});
  ASSERT_TRUE(store_->Commit(second).ok());
  EXPECT_THAT(Get("k999"), Optional(Eq("2")));
  EXPECT_EQ(Get("k1000"), std::nullopt);
  EXPECT_THAT(Get("big"), Optional(SizeIs(3 << 20)));
  EXPECT_EQ(Do({"ZCARD", KeyOf("i")}), "1001");
  EXPECT_EQ(Do({"EXISTS", KeyOf("p")}), "0");
}

TEST_F(RedisStoreTest, ALargeTransactionWhoseConditionFailsLeavesNothing) {
  ASSERT_TRUE(Put("header", "7").ok());
  EXPECT_EQ(store_->Commit(LargeTransaction(1, {{"header", "6"}})).code(), Code::kAborted);
  EXPECT_EQ(Do({"KEYS", options_.key_prefix + "*"}).find(":s:"), std::string::npos);
  EXPECT_EQ(Do({"ZCARD", KeyOf("i")}), "1");
}

TEST_F(RedisStoreTest, ReadersSeeALargeTransactionWholeOrNotAtAll) {
  ASSERT_TRUE(store_->Commit(LargeTransaction(0, {})).ok());
  std::atomic<bool> done{false};
  std::atomic<int> reads{0};
  std::vector<std::jthread> readers;
  for (int t = 0; t < 2; ++t) {
    readers.emplace_back([&] {
      while (!done) {
        const auto values = store_->GetMany({{"p", "k1999"}, {"p", "k0"}, {"p", "k700"}});
        ASSERT_TRUE(values.ok()) << values.status();
        EXPECT_EQ((*values)[0], (*values)[1]);
        EXPECT_EQ((*values)[0], (*values)[2]);
        ++reads;
      }
    });
  }
  for (int i = 1; i <= 15; ++i) {
    const absl::Status status =
        store_->Commit(LargeTransaction(i, {{"k0", std::to_string(i - 1)}}));
    ASSERT_TRUE(status.ok()) << status;
  }
  done = true;
  readers.clear();
  EXPECT_GT(reads, 15);
}

TEST_F(RedisStoreTest, OneOfManyLargeTransactionsWins) {
  ASSERT_TRUE(Put("header", "0").ok());
  std::atomic<int> won{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 1; t <= 4; ++t) {
      threads.emplace_back([&, t] {
        Transaction mine = LargeTransaction(t, {{"header", "0"}});
        mine.puts.push_back({"header", std::to_string(t), kForever});
        const absl::Status status = store_->Commit(mine);
        if (status.ok()) ++won;
        EXPECT_TRUE(status.ok() || absl::IsAborted(status)) << status;
      });
    }
  }
  EXPECT_EQ(won, 1);
  EXPECT_EQ(Get("header"), Get("k0"));
  EXPECT_EQ(Get("header"), Get("k1999"));
}

// As a process leaves it that dies when its transaction has begun to count.
class RedisStoreLeftTest : public RedisStoreTest {
 protected:
  void SetUp() override {
    RedisStoreTest::SetUp();
    ASSERT_TRUE(Put("a", "old").ok());
    ASSERT_EQ(Do({"RPUSH", KeyOf("s:id"), "2", "a", "", "new", "b", "", "new"}), "7");
    ASSERT_EQ(Do({"RPUSH", KeyOf("s:id"), "1", "c", "", "new"}), "11");
    ASSERT_EQ(Do({"SET", KeyOf("p"), "id"}), "OK");
  }
  void ExpectDone() {
    EXPECT_EQ(Do({"EXISTS", KeyOf("p"), KeyOf("s:id")}), "0");
    EXPECT_EQ(Do({"MGET", KeyOf("k:b"), KeyOf("k:c")}), "new\nnew");
    EXPECT_EQ(Do({"ZCARD", KeyOf("i")}), "3");
  }
};

TEST_F(RedisStoreLeftTest, AReaderCarriesItOut) {
  EXPECT_THAT(Get("a"), Optional(Eq("new")));
  ExpectDone();
}

TEST_F(RedisStoreLeftTest, AScanCarriesItOut) {
  EXPECT_THAT(store_->Scan("p", "", std::nullopt, 10)->entries, SizeIs(3));
  ExpectDone();
}

TEST_F(RedisStoreLeftTest, AWriterCarriesItOutBeforeItsConditionsAreChecked) {
  EXPECT_EQ(store_->Commit({"p", {{"a", "old"}}, {{"a", "x", kForever}}, {}}).code(),
            Code::kAborted);
  ExpectDone();
}

TEST_F(RedisStoreLeftTest, ALargeWriterCarriesItOutFirst) {
  EXPECT_TRUE(store_->Commit(LargeTransaction(1, {{"a", "new"}})).ok());
  EXPECT_THAT(Get("c"), Optional(Eq("new")));
}

TEST_F(RedisStoreLeftTest, WhoeverSetsIfAbsentCarriesItOut) {
  EXPECT_EQ(store_->SetIfAbsent({"p", "c"}, "mine", kForever).value(), "new");
  ExpectDone();
}

TEST_F(RedisStoreLeftTest, ItIsCarriedOutWithoutAnyMemoryLeft) {
  ASSERT_EQ(Do({"CONFIG", "SET", "maxmemory", "1"}), "OK");
  EXPECT_THAT(Get("a"), Optional(Eq("new")));
  ASSERT_EQ(Do({"CONFIG", "SET", "maxmemory", "0"}), "OK");
  ExpectDone();
}

TEST_F(RedisStoreTest, SmallAndLargeTransactionsOfAPartitionKeepTheirOrder) {
  Transaction large = LargeTransaction(1, {{"k0", "0"}});
  const auto outcomes = store_->CommitMany({PutOne("p", "k0", "0"),
                                            large,
                                            PutOne("q", "a", "1"),
                                            {"p", {{"k0", "1"}}, {{"k0", "2", kForever}}, {}},
                                            large});
  ASSERT_THAT(outcomes, SizeIs(5));
  for (size_t i = 0; i < 4; ++i) EXPECT_TRUE(outcomes[i].ok()) << i << ": " << outcomes[i];
  EXPECT_EQ(outcomes[4].code(), Code::kAborted);
  EXPECT_THAT(Get("k0"), Optional(Eq("2")));
}

TEST_F(RedisStoreTest, ManyKeysOfManyPartitionsAreAnsweredInOrder) {
  std::vector<Transaction> puts;
  std::vector<Key> keys;
  for (int i = 0; i < 1'000; ++i) {
    const std::string partition = "p" + std::to_string(i % 3);
    puts.push_back(PutOne(partition, std::to_string(i), std::to_string(i)));
    keys.push_back({partition, std::to_string(i)});
  }
  for (const absl::Status& status : store_->CommitMany(puts)) ASSERT_TRUE(status.ok()) << status;
  const auto values = store_->GetMany(keys);
  ASSERT_TRUE(values.ok()) << values.status();
  ASSERT_THAT(*values, SizeIs(1'000));
  for (int i = 0; i < 1'000; ++i) EXPECT_THAT((*values)[i], Optional(Eq(std::to_string(i))));
}

}  // namespace
}  // namespace centralita::store
