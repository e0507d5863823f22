// Two owners of a partition at once: one that was held up for longer than its session, and goes on
// as if nothing had happened.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/e2e/cluster_fixture.h"

namespace centralita::e2e {
namespace {

constexpr uint64_t kRate = 120;

class ClusterOwnerTest : public ClusterTest {
 protected:
  // So few are not done yet, that nobody's partitions can be without an owner.
  bool AlmostAllDone() {
    return Eventually(
        [&] {
          const auto overview = cluster.Overview();
          if (!overview.ok()) return false;
          const auto& m = overview->messages();
          return m.accepted() <= m.resolved() + m.duplicates() + m.dead_lettered() + 2 * kRate;
        },
        kPatience);
  }
};

TEST_F(ClusterOwnerTest, WhoGoesOnAfterHisTimeDoesNoHarm) {
  StartAgents();
  StartLoad(kRate);
  ASSERT_NO_FATAL_FAILURE(After(500));
  // What it has in hand when it is stopped is a matter of chance: often nothing, so that the long
  // form tries again until something came late, and the short one is content without.
  const int rounds = Full() ? 15 : 1;
  bool late = false;
  for (int round = 0; round < rounds && !late; ++round) {
    ASSERT_EQ(cluster.Pause("router-0").exit_code, 0);
    const double alone = cluster.Metric({"router-1"}, "centralita_stage_applied", "dispatch");
    // Longer than its session; by then half of what came meanwhile would stand without an owner.
    ASSERT_NO_FATAL_FAILURE(After(8 * kRate));
    ASSERT_TRUE(AlmostAllDone()) << cluster.Standing();
    ASSERT_GT(cluster.Metric({"router-1"}, "centralita_stage_applied", "dispatch"), alone);
    // Its own counters cannot be asked while it stands still.
    const std::vector<std::string> others = {"router-1", "sla-timer-0"};
    const double before = cluster.Metric(others, "centralita_stage_repeats");
    ASSERT_EQ(cluster.Resume("router-0").exit_code, 0);
    ASSERT_NO_FATAL_FAILURE(After(300));
    const double dropped = cluster.Metric(others, "centralita_stage_repeats") - before;
    fmt::print("round {}: {} outputs came late and were dropped\n", round, dropped);
    late = dropped > 0;
  }
  EXPECT_TRUE(late || !Full()) << "a router that was held up said nothing late in all rounds";
  ASSERT_NO_FATAL_FAILURE(After(300));
  Judge();
}

}  // namespace
}  // namespace centralita::e2e
