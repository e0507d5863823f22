// Snapshots: copies of a checkpoint in the log, for when the store has none.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/stage/world.h"

namespace centralita::stage {
namespace {

StageOptions WithSnapshots() {
  StageOptions options = FirstStage();
  options.snapshot_interval = base::Duration(1000);
  return options;
}

// Tenants whose names are long, so that a state has several chunks.
void SayMuch(World& world, int first) {
  for (int i = 0; i < 120; ++i) {
    const std::string tenant = fmt::format("{:0>9}{}", i, std::string(8000, 'x'));
    world.Say(tenant, fmt::format("m{}", first + i));
  }
}

void RunUntilSnapshots(World& world, size_t per_partition) {
  Node node(world, WithSnapshots());
  ASSERT_TRUE(RunUntil({&node}, [&] {
    return node.runner->Stats().snapshots >= per_partition * kPartitions;
  })) << node.runner->Health();
  // Checkpoints of the present end, then no more of this process.
  ASSERT_TRUE(RunUntil({&node}, [&] { return world.Finished("route", "routing"); }));
}

// The offset at which a fresh process begins to apply: how much it had to replay.
uint64_t AppliedByAFreshProcess(World& world) {
  Node node(world, FirstStage());
  EXPECT_TRUE(RunUntil({&node}, [&] { return node.recorder.caught_up.size() == kPartitions; }))
      << node.runner->Health();
  EXPECT_EQ(node.States(), TruthOf(world, FirstStage()).states);
  return node.runner->Stats().applied;
}

TEST(Snapshots, SpareTheReplayWhenTheStoreIsLost) {
  World world;
  SayMuch(world, 0);
  RunUntilSnapshots(world, 1);
  world.SayMany(21);
  FinishAll(world, FirstStage());
  world.store.Restore({});
  EXPECT_EQ(AppliedByAFreshProcess(world), 21U);
  FinishAll(world, FirstStage());
  ExpectExactlyOnce(world, FirstStage());
  ExpectTrueState(world, FirstStage());
}

TEST(Snapshots, ThatAreDamagedGiveWayToTheOneBefore) {
  World world;
  SayMuch(world, 0);
  RunUntilSnapshots(world, 1);
  SayMuch(world, 1000);
  RunUntilSnapshots(world, 1);
  for (uint32_t number = 0; number < kPartitions; ++number) {
    ASSERT_EQ(world.CompleteSnapshots("route", number), 2U);
    const std::string newest =
        fmt::format("route/{}/{:020}/00000001", number, world.EndOf("routing", number));
    for (uint32_t shelf = 0; shelf < 2; ++shelf) {
      world.log.Damage({"snapshots", shelf}, [&](testing::StoredRecord& record) {
        if (record.key == newest && !record.value.empty())
          record.value[record.value.size() / 2] ^= 1;
      });
    }
  }
  world.store.Restore({});
  EXPECT_EQ(AppliedByAFreshProcess(world), 120U);
}

TEST(Snapshots, ThatAreAllDamagedMeanAReplayFromTheBeginning) {
  World world;
  SayMuch(world, 0);
  RunUntilSnapshots(world, 1);
  for (uint32_t shelf = 0; shelf < 2; ++shelf) {
    world.log.Damage({"snapshots", shelf}, [&](testing::StoredRecord& record) {
      if (record.key.ends_with("/00000000")) record.value = "nonsense";
    });
  }
  world.store.Restore({});
  EXPECT_EQ(AppliedByAFreshProcess(world), 120U);
}

TEST(Snapshots, KeepTheTwoNewestAndDeleteTheRest) {
  World world;
  for (int round = 0; round < 4; ++round) {
    SayMuch(world, 1000 * round);
    RunUntilSnapshots(world, 1);
  }
  for (uint32_t number = 0; number < kPartitions; ++number) {
    EXPECT_EQ(world.CompleteSnapshots("route", number), 2U);
  }
  world.log.Compact({"snapshots", 0});
  world.log.Compact({"snapshots", 1});
  world.store.Restore({});
  EXPECT_EQ(AppliedByAFreshProcess(world), 0U);
}

TEST(Snapshots, AreNotTakenAgainWhileNothingChanges) {
  World world;
  world.SayMany(20);
  Node node(world, WithSnapshots());
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.runner->Stats().snapshots == kPartitions; }));
  RunUntil(
      {&node}, [] { return false; }, 150);
  EXPECT_EQ(node.runner->Stats().snapshots, kPartitions);
}

class SnapshotCrashTest : public ::testing::TestWithParam<int> {};

// The n-th append to `snapshots`: chunks, manifests and deletions of both partitions, before and
// after each.
TEST_P(SnapshotCrashTest, LeavesTheOneBeforeUsable) {
  World world;
  SayMuch(world, 0);
  RunUntilSnapshots(world, 1);
  SayMuch(world, 1000);
  RunUntilSnapshots(world, 1);
  SayMuch(world, 2000);
  {
    Node node(world, WithSnapshots());
    node.process.CrashAt(GetParam() % 2 == 0 ? Point::kBeforeAppend : Point::kAfterAppend,
                         static_cast<uint64_t>(1 + GetParam() / 2), "snapshots");
    ASSERT_FALSE(RunUntil({&node}, [&] { return node.process.crashed(); }) &&
                 !node.process.crashed());
    ASSERT_TRUE(node.process.crashed()) << "the point was never reached";
  }
  const auto with_store = world.store.Copy();
  world.store.Restore({});
  EXPECT_LE(AppliedByAFreshProcess(world), 120U) << "one of the two older ones was not usable";
  world.store.Restore(with_store);
  SayMuch(world, 3000);
  RunUntilSnapshots(world, 1);
  EXPECT_EQ(world.CompleteSnapshots("route", 0), 2U);
  EXPECT_EQ(world.CompleteSnapshots("route", 1), 2U);
  ExpectTrueState(world, FirstStage());
}

INSTANTIATE_TEST_SUITE_P(AtEachAppend, SnapshotCrashTest, ::testing::Range(0, 24));

}  // namespace
}  // namespace centralita::stage
