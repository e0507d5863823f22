// What becomes of a cluster whose Redis is empty, slow or full.
#include <gmock/gmock.h>

#include <thread>

#include "tests/e2e/cluster_fixture.h"
#include "tests/e2e/known_customer.h"
#include "tests/support/redis_client.h"

namespace centralita::e2e {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

class ClusterRedisTest : public ClusterTest {
 protected:
  std::string Redis(const std::vector<std::string>& command) {
    auto client = testing::RedisClient::Connect(cluster.redis_port());
    if (!client.ok()) return client.status().ToString();
    const auto answer = client->Run(command);
    return answer.ok() ? *answer : answer.status().ToString();
  }
  double Checkpoints() { return cluster.Metric(kRouters, "centralita_stage_checkpoints"); }
  double CheckpointFailures() {
    return cluster.Metric(kRouters, "centralita_stage_checkpoint_failures");
  }
  double Degraded() { return cluster.Metric(kClassifiers, "centralita_classifier_degraded_total"); }
  double Amended() {
    return cluster.Metric(kClassifiers, "centralita_classifier_amendments_total");
  }
};

TEST_F(ClusterRedisTest, AnEmptyRedisIsFilledFromTheTopicsAndNobodyIsTakenForSomebodyElse) {
  const int handles = Full() ? 200 : 30;
  StartAgents();
  KnownCustomer customer(cluster.ingest(), folder_.File("ledger"));
  const absl::Status introduced = customer.Introduce(handles);
  ASSERT_TRUE(introduced.ok()) << introduced;
  const auto himself = customer.Write(0);
  ASSERT_TRUE(himself.ok() && himself->code.empty()) << himself.status();
  const std::string id = himself->customer_id;
  // The last link has taken effect; ingest has no reason yet to remember the others.
  ASSERT_TRUE(Eventually(
      [&] {
        const auto answer = customer.Write(handles);
        return answer.ok() && answer->customer_id == id;
      },
      kSoon));
  StartLoad(Full() ? 300 : 100);
  ASSERT_NO_FATAL_FAILURE(After(Full() ? 5'000 : 500));

  ASSERT_EQ(cluster.Kill("redis").exit_code, 0);
  ASSERT_EQ(cluster.EmptyRedis().exit_code, 0);
  ASSERT_EQ(cluster.Start("redis").exit_code, 0);
  for (int handle = 1; handle < handles; ++handle) {
    std::string last;
    EXPECT_TRUE(Eventually(
        [&] {
          const auto answer = customer.Write(handle);
          if (!answer.ok()) return false;
          last = answer->code;
          if (last.empty()) {
            EXPECT_EQ(answer->customer_id, id) << "handle " << handle;
            return true;
          }
          EXPECT_THAT(last, AnyOf("identity_loading", "store_unavailable"));
          return false;
        },
        kSoon))
        << handle << ": " << last;
  }
  EXPECT_TRUE(Eventually(
      [&] {
        return cluster.Metric(kClassifiers, "centralita_classifier_profiles_loaded_total") > 0;
      },
      kSoon));
  ASSERT_TRUE(customer.Write(0).ok());
  ASSERT_NO_FATAL_FAILURE(After(Full() ? 5'000 : 500));
  others_ = customer.accepted();
  Judge();

  const auto log = cluster.Log();
  ASSERT_TRUE(log.ok()) << log.status();
  const auto seen = KnownCustomer::SeenIn(**log, id);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_GE(seen->with_facts, 2);
  EXPECT_EQ(seen->wrong, 0) << "messages that were tagged as if nothing were known of him";
}

TEST_F(ClusterRedisTest, ASlowRedisHoldsNoMessageUpAndWhatWasMissedIsAmended) {
  StartAgents();
  StartLoad(Full() ? 300 : 100);
  ASSERT_NO_FATAL_FAILURE(After(500));
  const double amended = Amended();
  for (int sleep = 0; sleep < (Full() ? 5 : 2); ++sleep) {
    const double degraded = Degraded();
    std::thread slow([this] { Redis({"DEBUG", "SLEEP", "8"}); });
    // They go on while it sleeps, without the facts.
    EXPECT_TRUE(Eventually([&] { return Degraded() > degraded; }, kSoon));
    slow.join();
    ASSERT_NO_FATAL_FAILURE(After(200));
  }
  // Each that went on without facts gets them.
  EXPECT_TRUE(Eventually([&] { return Amended() - amended >= Degraded(); }, kPatience))
      << Amended() - amended << " of " << Degraded();
  Judge();
}

TEST_F(ClusterRedisTest, AFullRedisMakesCheckpointsWaitAndLosesNothing) {
  StartAgents();
  StartLoad(Full() ? 300 : 100);
  ASSERT_NO_FATAL_FAILURE(After(500));
  ASSERT_EQ(Redis({"CONFIG", "SET", "maxmemory", "1mb"}), "OK");
  const double failures = CheckpointFailures();
  ASSERT_TRUE(Eventually([&] { return CheckpointFailures() > failures + 1; }, kSoon));
  EXPECT_THAT(cluster.LogOf("router-0") + cluster.LogOf("router-1"),
              HasSubstr("redis_out_of_memory"));
  // The work goes on meanwhile, and a router that is killed now has more to replay.
  ASSERT_NO_FATAL_FAILURE(After(300));
  ASSERT_EQ(cluster.Kill("router-0").exit_code, 0);
  ASSERT_NO_FATAL_FAILURE(After(200));
  ASSERT_EQ(Redis({"CONFIG", "SET", "maxmemory", "0"}), "OK");
  ASSERT_EQ(cluster.Start("router-0").exit_code, 0);
  const double checkpoints = Checkpoints();
  EXPECT_TRUE(Eventually([&] { return Checkpoints() > checkpoints; }, kSoon));
  ASSERT_NO_FATAL_FAILURE(After(300));
  Judge();
}

}  // namespace
}  // namespace centralita::e2e
