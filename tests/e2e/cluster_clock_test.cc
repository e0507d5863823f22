// Processes whose wall clocks are wrong by ten minutes, ahead and behind: time in a stage is the
// log's.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/e2e/cluster_fixture.h"

namespace centralita::e2e {
namespace {

// Clocks and leases of seconds: within the test they must fire, and not before their time.
constexpr char kPolicy[] = R"(
tenants:
  - id: luna
    name: Clocks
    languages: [es, en, bg, pt, fr, it, de]
    api_keys: ["plain:luna-demo-key"]
intents: [other]
rules:
  - {name: order, intent: other, any: {en: [my order]}}
routes:
  - {name: everything, pool: care, steps: [{queue: general}]}
clocks:
  - {name: answer, kind: first_response, target: 4s, warn: [2s]}
pools:
  - {name: care, queues: [general], patience: {low: 20s, normal: 10s, high: 4s, critical: 1s}, offer_lease: 30s, silence: 10m}
agents:
  - {id: ana, name: Ana, pool: care, capacity: 100, languages: [es, en, bg, pt, fr, it, de]}
  - {id: ben, name: Ben, pool: care, capacity: 100, languages: [es, en, bg, pt, fr, it, de]}
  - {id: eva, name: Eva, pool: care, capacity: 100, languages: [es, en, bg, pt, fr, it, de]}
  - {id: ivo, name: Ivo, pool: care, capacity: 100, languages: [es, en, bg, pt, fr, it, de]}
)";

class ClusterClockTest : public ClusterTest {
 protected:
  void SetUp() override {
    std::ofstream(folder_.File("policy.yaml")) << kPolicy;
    cluster.UsePolicy(folder_.File("policy.yaml"));
    ClusterTest::SetUp();
  }
  double Alarms() { return cluster.Metric({"sla-timer-0"}, "centralita_sla_timer_alarms_sent"); }
};

TEST_F(ClusterClockTest, WrongClocksOfProcessesNeitherHastenNorStopTheTime) {
  // Slower than what comes in: conversations wait longer than their warnings.
  StartAgents("ana,ben,eva,ivo", 900);
  StartLoad(20);
  ASSERT_NO_FATAL_FAILURE(After(100));
  for (const int seconds : {600, -600}) {
    for (const char* part : {"router-0", "gateway-0", "sla-timer-0"}) {
      ASSERT_EQ(cluster.Kill(part).exit_code, 0);
      const Finished off = cluster.StartOff(part, seconds);
      ASSERT_EQ(off.exit_code, 0) << part << ": " << off.said;
    }
    // Time goes on: what falls due while the clocks are wrong is told.
    const double alarms = Alarms();
    EXPECT_TRUE(Eventually([&] { return Alarms() > alarms; }, kSoon)) << seconds;
    ASSERT_NO_FATAL_FAILURE(After(Full() ? 600 : 200));
  }
  Judge();
}

}  // namespace
}  // namespace centralita::e2e
