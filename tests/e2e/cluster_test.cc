// The services as processes of their own on real Kafka and Redis: each part is killed in mid-load,
// and nothing may be lost, and nothing done twice.
#include <gmock/gmock.h>

#include "tests/e2e/cluster_fixture.h"

namespace centralita::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ClusterTest, KillingEachServiceInTurnLosesNothingAndDoesNothingTwice) {
  StartAgents();
  StartLoad(Full() ? 500 : 120);
  for (const char* part :
       {"router-0", "classifier-0", "gateway-0", "sla-timer-0", "metrics-0", "ingest-0"}) {
    ASSERT_NO_FATAL_FAILURE(After(Full() ? 7'000 : 500));
    ASSERT_NO_FATAL_FAILURE(KillAndStart(part));
  }
  ASSERT_NO_FATAL_FAILURE(After(Full() ? 8'000 : 500));
  Judge();
  Record();
}

TEST_F(ClusterTest, KillingKafkaAndRedisLosesNothingAndDoesNothingTwice) {
  StartAgents();
  StartLoad(Full() ? 300 : 100);
  for (const char* part : {"redis", "kafka"}) {
    ASSERT_NO_FATAL_FAILURE(After(Full() ? 6'000 : 500));
    ASSERT_NO_FATAL_FAILURE(KillAndStart(part));
  }
  ASSERT_NO_FATAL_FAILURE(After(Full() ? 8'000 : 500));
  Judge();
}

TEST_F(ClusterTest, AStopOfEachServiceUnderLoadLosesNothing) {
  StartAgents();
  StartLoad(120);
  for (const char* part : {"router-1", "classifier-1", "gateway-1", "ingest-0"}) {
    ASSERT_NO_FATAL_FAILURE(After(400));
    const Finished stopped = cluster.Stop(part);
    ASSERT_EQ(stopped.exit_code, 0) << stopped.said;
    EXPECT_THAT(stopped.said, Not(HasSubstr("does not stop"))) << part;
    const Finished again = cluster.Start(part);
    ASSERT_EQ(again.exit_code, 0) << part << ": " << again.said;
  }
  ASSERT_NO_FATAL_FAILURE(After(400));
  Judge();
}

}  // namespace
}  // namespace centralita::e2e
