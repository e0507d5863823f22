// Two owners of a partition at once: one that was held up for longer than its session, and goes on
// as if nothing had happened.
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

TEST_F(ClusterOwnerTest, WhatAnOwnerSaysAfterItsTimeIsDroppedAsARepeat) {
  StartAgents();
  StartLoad(kRate);
  ASSERT_NO_FATAL_FAILURE(After(500));
  bool late = false;
  // What it had in hand when it was stopped is a matter of chance; most times it is something.
  for (int round = 0; round < 6 && !late; ++round) {
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
    late = cluster.Metric(others, "centralita_stage_repeats") > before;
    RecordProperty("dropped_in_round_" + std::to_string(round),
                   std::to_string(cluster.Metric(others, "centralita_stage_repeats") - before));
  }
  EXPECT_TRUE(late) << "a router that was held up said nothing late in six rounds";
  ASSERT_NO_FATAL_FAILURE(After(300));
  Judge();
}

}  // namespace
}  // namespace centralita::e2e
