// The store's contract against a real redis-server and a real Redis Cluster.
#include "centralita/base/uuid.h"
#include "centralita/store/redis_store.h"
#include "tests/contract/store_contract.h"
#include "tests/support/redis_server.h"

namespace centralita::store {
namespace {

// Started once; each test has keys of its own in them.
class Servers final : public ::testing::Environment {
 public:
  void SetUp() override {
    auto single = centralita::testing::RedisServer::Start();
    ASSERT_TRUE(single.ok()) << single.status();
    single_ = *std::move(single);
    auto cluster = centralita::testing::RedisCluster::Start();
    ASSERT_TRUE(cluster.ok()) << cluster.status();
    cluster_ = *std::move(cluster);
  }
  void TearDown() override {
    single_.reset();
    cluster_.reset();
  }
  std::vector<std::string> AddressesOf(RedisMode mode) const {
    if (mode == RedisMode::kSingle) return {single_->address()};
    return cluster_->addresses();
  }

 private:
  std::unique_ptr<centralita::testing::RedisServer> single_;
  std::unique_ptr<centralita::testing::RedisCluster> cluster_;
};

const Servers& TheServers() {
  static const auto* const servers =
      static_cast<Servers*>(::testing::AddGlobalTestEnvironment(new Servers));
  return *servers;
}

class RedisStoreFixture final : public StoreFixture {
 public:
  explicit RedisStoreFixture(RedisMode mode) : mode_(mode) {}
  StoreTraits traits() const override {
    return {.has_injected_clock = false, .can_reopen = true, .lives_in_process = false};
  }
  absl::StatusOr<std::unique_ptr<Store>> Open(const base::Clock&) override {
    RedisStoreOptions options;
    options.addresses = TheServers().AddressesOf(mode_);
    options.mode = mode_;
    options.key_prefix = prefix_;
    // Of a machine under load, so that only a hang is a failure.
    options.call_timeout = base::Duration(10'000);
    return OpenRedisStore(options, clock_);
  }

 private:
  const RedisMode mode_;
  const std::string prefix_ = base::RandomUuid();
  const base::SystemClock clock_;
};

StoreImplementation Redis(const std::string& name, RedisMode mode) {
  TheServers();
  return {name, [mode] { return std::make_unique<RedisStoreFixture>(mode); }};
}

INSTANTIATE_TEST_SUITE_P(RedisServer, StoreContract,
                         ::testing::Values(Redis("OneNode", RedisMode::kSingle)), NameOf);
INSTANTIATE_TEST_SUITE_P(RedisCluster, StoreContract,
                         ::testing::Values(Redis("ThreeNodes", RedisMode::kCluster)), NameOf);

}  // namespace
}  // namespace centralita::store
