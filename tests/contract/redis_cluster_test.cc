// The store on a real Redis Cluster of three: slots that move, nodes that die.
#include <atomic>
#include <set>
#include <thread>

#include "gmock/gmock.h"
#include "keys.h"
#include "tests/contract/redis_test_kit.h"

namespace centralita::store {
namespace {

namespace support = centralita::testing;
using ::testing::Each;
using ::testing::Eq;
using ::testing::Gt;
using ::testing::Optional;
using Code = absl::StatusCode;

class Cluster final : public ::testing::Environment {
 public:
  void SetUp() override {
    auto cluster = support::RedisCluster::Start();
    ASSERT_TRUE(cluster.ok()) << cluster.status();
    cluster_ = *std::move(cluster);
  }
  void TearDown() override { cluster_.reset(); }
  support::RedisCluster& get() { return *cluster_; }

 private:
  std::unique_ptr<support::RedisCluster> cluster_;
};

Cluster& TheCluster() {
  static auto* const cluster =
      static_cast<Cluster*>(::testing::AddGlobalTestEnvironment(new Cluster));
  return *cluster;
}
[[maybe_unused]] const Cluster& at_start = TheCluster();

class RedisClusterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.mode = RedisMode::kCluster;
    auto store = OpenRedisStore(options_, clock_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }

  uint32_t SlotOf(const std::string& partition) const {
    return redis::PartitionKeys(options_.key_prefix, partition).slot();
  }
  // A partition that the node serves now; any other one answers MOVED.
  std::string PartitionOn(size_t node) const {
    int i = 0;
    while (!cluster_.node(node).Run({"GET", "{" + std::to_string(i) + "}"}).ok()) ++i;
    return std::to_string(i);
  }
  void Do(size_t node, const std::vector<std::string>& command) {
    const auto answer = cluster_.node(node).Run(command);
    EXPECT_TRUE(answer.ok()) << answer.status();
  }

  support::RedisCluster& cluster_ = TheCluster().get();
  const base::SystemClock clock_;
  RedisStoreOptions options_ = PatientOptions(cluster_.addresses());
  std::unique_ptr<Store> store_;
};

TEST_F(RedisClusterTest, SpreadsPartitionsAndKeepsEachInOneSlot) {
  std::vector<Transaction> all;
  for (int i = 0; i < 60; ++i) all.push_back(PutOne("p/" + std::to_string(i), "a", "1"));
  for (const absl::Status& status : store_->CommitMany(all)) EXPECT_TRUE(status.ok()) << status;
  std::vector<Key> keys;
  for (const Transaction& one : all) keys.push_back({one.partition, "a"});
  const auto values = store_->GetMany(keys);
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_THAT(*values, Each(Optional(Eq("1"))));
  for (size_t node = 0; node < 3; ++node) {
    EXPECT_THAT(std::stoi(cluster_.node(node).Run({"DBSIZE"}).value()), Gt(20));
  }
}

// Otherwise its keys would lie in several slots, and the cluster refuse a transaction on them.
TEST_F(RedisClusterTest, APartitionsNameCannotBreakOutOfItsSlot) {
  for (const char* partition : {"", "{", "}", "{}", "a}b{c", "%", "%7D", "{a}"}) {
    const absl::Status status = store_->Commit({partition,
                                                {{"}{", std::nullopt}},
                                                {{"}{", partition, kForever}, {"b", "", kForever}},
                                                {}});
    EXPECT_TRUE(status.ok()) << partition << ": " << status;
  }
  for (const char* partition : {"", "{", "}", "{}", "a}b{c", "%", "%7D", "{a}"}) {
    EXPECT_THAT(store_->Get({partition, "}{"}).value(), Optional(Eq(partition)));
  }
}

TEST_F(RedisClusterTest, SaysThatItIsACluster) {
  RedisStoreOptions options = PatientOptions({cluster_.addresses()[0]});
  EXPECT_EQ(OpenRedisStore(options, clock_).status().code(), Code::kFailedPrecondition);
}

TEST_F(RedisClusterTest, OneAddressThatAnswersIsEnough) {
  RedisStoreOptions options = options_;
  options.addresses = {"127.0.0.1:1", cluster_.addresses()[1]};
  const auto store = OpenRedisStore(options, clock_);
  ASSERT_TRUE(store.ok()) << store.status();
  for (size_t node = 0; node < 3; ++node) {
    EXPECT_TRUE((*store)->Commit(PutOne(PartitionOn(node), "a", "1")).ok());
  }
}

// Moves one partition's slot while four threads use it. Its keys are names 0 to 99.
class RedisMovingSlotTest : public RedisClusterTest {
 protected:
  static constexpr int kKeys = 100;

  void SetUp() override {
    RedisClusterTest::SetUp();
    Transaction fill{partition_, {}, {}, {}};
    for (int i = 0; i < kKeys; ++i) fill.puts.push_back({std::to_string(i), "1", kForever});
    ASSERT_TRUE(store_->Commit(fill).ok());
    asked_ = ErrorsOf(cluster_.node(from_), "ASK");
    moved_ = ErrorsOf(cluster_.node(from_), "MOVED");
  }
  void TearDown() override {
    done_ = true;
    threads_.clear();
  }

  void StartCalls() {
    for (int t = 0; t < 2; ++t) {
      threads_.emplace_back([this] {
        for (int i = 0; !done_; ++i) {
          const auto value = store_->Get({partition_, std::to_string(i % kKeys)});
          ASSERT_TRUE(value.ok()) << value.status();
          ASSERT_THAT(*value, Optional(Eq("1")));
          const auto none = store_->Get({partition_, "none"});
          ASSERT_TRUE(none.ok()) << none.status();
          ASSERT_EQ(*none, std::nullopt);
          ++reads_;
        }
      });
    }
    threads_.emplace_back([this] {
      for (std::optional<std::string> last; !done_; ++writes_) {
        std::string next = std::to_string(writes_);
        const absl::Status status =
            store_->Commit({partition_,
                            {{"count", last}},
                            {{"count", next, kForever}, {"n" + next, "", kForever}},
                            {}});
        ASSERT_TRUE(status.ok()) << status;
        last = std::move(next);
      }
    });
    threads_.emplace_back([this] {
      for (; !done_; ++scans_) {
        const auto page = store_->Scan(partition_, "", std::nullopt, 20);
        ASSERT_TRUE(page.ok()) << page.status();
        ASSERT_EQ(page->entries.size(), 20u);
      }
    });
  }
  // All kinds of calls, that many times from now on.
  void AwaitCalls(int times) {
    const int reads = reads_ + times;
    const int writes = writes_ + times;
    const int scans = scans_ + times;
    EXPECT_TRUE(Eventually([&] { return reads_ > reads && writes_ > writes && scans_ > scans; }));
  }
  void BeginMove() {
    Do(to_, {"CLUSTER", "SETSLOT", slot_, "IMPORTING", cluster_.IdOf(from_)});
    Do(from_, {"CLUSTER", "SETSLOT", slot_, "MIGRATING", cluster_.IdOf(to_)});
  }
  // Moves up to `count` keys that are there.
  bool MoveKeys(int count) {
    const std::string names = cluster_.node(from_)
                                  .Run({"CLUSTER", "GETKEYSINSLOT", slot_, std::to_string(count)})
                                  .value();
    if (names.empty()) return false;
    std::vector<std::string> command = {
        "MIGRATE", "127.0.0.1", std::to_string(cluster_.node(to_).port()), "", "0", "5000", "KEYS"};
    for (size_t at = 0; at < names.size();) {
      const size_t end = std::min(names.find('\n', at), names.size());
      command.push_back(names.substr(at, end - at));
      at = end + 1;
    }
    Do(from_, command);
    return true;
  }
  void EndMove() {
    for (const size_t node : {to_, from_, size_t{2}}) {
      Do(node, {"CLUSTER", "SETSLOT", slot_, "NODE", cluster_.IdOf(to_)});
    }
  }

  const size_t from_ = 0;
  const size_t to_ = 1;
  const std::string partition_ = PartitionOn(from_);
  const std::string slot_ = std::to_string(SlotOf(partition_));
  int asked_ = 0;
  int moved_ = 0;
  std::atomic<bool> done_{false};
  std::atomic<int> reads_{0};
  std::atomic<int> writes_{0};
  std::atomic<int> scans_{0};
  std::vector<std::jthread> threads_;
};

TEST_F(RedisMovingSlotTest, CallsGoOnWhileASlotMoves) {
  StartCalls();
  AwaitCalls(20);
  BeginMove();
  ASSERT_TRUE(MoveKeys(kKeys / 2));
  // Half of the keys here, half there: reads go on, writes and scans wait.
  const int reads = reads_;
  EXPECT_TRUE(Eventually([&] { return reads_ > reads + 200; }));
  EXPECT_THAT(ErrorsOf(cluster_.node(from_), "ASK"), Gt(asked_));
  while (MoveKeys(10)) {
  }
  EndMove();
  AwaitCalls(50);
  EXPECT_THAT(ErrorsOf(cluster_.node(from_), "MOVED"), Gt(moved_));
  done_ = true;
  threads_.clear();
  // Nothing was written half.
  std::set<std::string> names;
  std::optional<std::string> after;
  do {
    const auto page = store_->Scan(partition_, "n", after, 1'000);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& [name, value] : page->entries) names.insert(name);
    after = page->next;
  } while (after);
  EXPECT_EQ(static_cast<int>(names.size()), writes_);
}

TEST_F(RedisMovingSlotTest, WritesSayWhyTheyWaitedInVain) {
  options_.call_timeout = base::Duration(200);
  const auto impatient = OpenRedisStore(options_, clock_);
  ASSERT_TRUE(impatient.ok()) << impatient.status();
  BeginMove();
  ASSERT_TRUE(MoveKeys(kKeys / 2));
  const absl::Status status = (*impatient)->Commit(PutOne(partition_, "0", "2"));
  EXPECT_EQ(status.code(), Code::kUnavailable) << status;
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("moved"));
  while (MoveKeys(10)) {
  }
  EndMove();
  EXPECT_TRUE(Eventually([&] { return (*impatient)->Commit(PutOne(partition_, "0", "2")).ok(); }));
}

TEST_F(RedisClusterTest, ANodesDeathIsFeltInItsPartitionsOnlyAndUntilItIsBack) {
  const std::string dead = PartitionOn(2);
  const std::string alive = PartitionOn(1);
  ASSERT_TRUE(store_->Commit(PutOne(dead, "a", "1")).ok());
  cluster_.node(2).Kill();
  ASSERT_TRUE(Eventually([&] { return absl::IsUnavailable(store_->Get({dead, "a"}).status()); }));
  EXPECT_TRUE(store_->Commit(PutOne(alive, "a", "1")).ok());
  ASSERT_TRUE(cluster_.node(2).Restart().ok());
  ASSERT_TRUE(Eventually([&] { return store_->Get({dead, "a"}).ok(); }));
  EXPECT_THAT(store_->Get({dead, "a"}).value(), Optional(Eq("1")));
  EXPECT_TRUE(store_->Commit(PutOne(dead, "a", "2")).ok());
}

}  // namespace
}  // namespace centralita::store
