// Snapshots: copies of a checkpoint in the log, for when the store has none.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <iterator>
#include <map>
#include <set>

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

TEST(Snapshots, KeepTheTwoNewestAndTheFirstOfTheDayAndDeleteTheRest) {
  World world;
  for (int round = 0; round < 5; ++round) {
    SayMuch(world, 1000 * round);
    RunUntilSnapshots(world, 1);
  }
  for (uint32_t number = 0; number < kPartitions; ++number) {
    EXPECT_EQ(world.CompleteSnapshots("route", number), 3U);
  }
  world.log.Compact({"snapshots", 0});
  world.log.Compact({"snapshots", 1});
  world.store.Restore({});
  EXPECT_EQ(AppliedByAFreshProcess(world), 0U);
}

// The next offsets of the complete snapshots of one partition, and the days (UTC) on which they
// were appended.
std::map<uint64_t, int64_t> DaysOfSnapshots(const World& world, uint32_t number) {
  std::map<uint64_t, int64_t> days;
  for (const auto& record : world.log.AllRecords("snapshots")) {
    const std::string prefix = fmt::format("route/{}/", number);
    if (!record.key.starts_with(prefix) || !record.key.ends_with("/manifest")) continue;
    const uint64_t offset = std::stoull(record.key.substr(prefix.size(), 20));
    days[offset] = base::ToUnixMillis(record.append_time) / 86'400'000;
    if (record.tombstone) days.erase(offset);
  }
  return days;
}

TEST(Snapshots, KeepTheFirstOfEachOfTheLastDays) {
  World world;
  // To one o'clock of a day.
  world.clock.Advance(base::Duration(86'400'000 - 1'700'000'000'000 % 86'400'000 + 3'600'000));
  StageOptions options = WithSnapshots();
  options.snapshot_days = 3;
  std::map<uint32_t, std::map<uint64_t, int64_t>> all;
  for (int round = 0; round < 3 * 6; ++round) {
    world.SayMany(14, 14 * round);
    Node node(world, options);
    ASSERT_TRUE(RunUntil({&node}, [&] { return world.Finished("route", "routing"); }));
    ASSERT_TRUE(RunUntil({&node}, [&] { return node.runner->Stats().snapshots == kPartitions; }));
    const int64_t today = base::ToUnixMillis(world.clock.Now()) / 86'400'000;
    for (uint32_t number = 0; number < kPartitions; ++number) {
      all[number][world.EndOf("routing", number)] = today;
    }
    // Three a day.
    world.clock.Advance(base::Duration(7 * 3'600'000 + (round % 3 == 2 ? 3 * 3'600'000 : 0)));
  }
  for (uint32_t number = 0; number < kPartitions; ++number) {
    const int64_t today = all[number].rbegin()->second;
    std::map<uint64_t, int64_t> expected;
    std::set<int64_t> seen;
    for (const auto& [offset, day] : all[number]) {
      if (day > today - 3 && seen.insert(day).second) expected[offset] = day;
    }
    expected.insert(*std::next(all[number].rbegin()));
    expected.insert(*all[number].rbegin());
    ASSERT_EQ(expected.size(), 5U);
    EXPECT_EQ(DaysOfSnapshots(world, number), expected);
  }
  // What is kept is whole: with the newest ones damaged, the first of the last day is used.
  world.store.Restore({});
  for (uint32_t number = 0; number < kPartitions; ++number) {
    for (int newest = 0; newest < 2; ++newest) {
      const std::string key = fmt::format("route/{}/{:020}/00000000", number,
                                          std::next(all[number].rbegin(), newest)->first);
      for (uint32_t shelf = 0; shelf < 2; ++shelf) {
        world.log.Damage({"snapshots", shelf}, [&](testing::StoredRecord& record) {
          if (record.key == key) record.value = "nonsense";
        });
      }
    }
  }
  EXPECT_EQ(AppliedByAFreshProcess(world), 2 * 14U);
}

TEST(Snapshots, AreWrittenByProcessesThatLiveLessThanAnInterval) {
  World world;
  uint64_t written = 0;
  const auto until = world.clock.Now() + base::Duration(6000);
  for (int life = 0; world.clock.Now() < until; ++life) {
    world.SayMany(14, 14 * life);
    Node node(world, WithSnapshots());
    const auto end = world.clock.Now() + base::Duration(400);
    ASSERT_TRUE(RunUntil(
        {&node}, [&] { return world.clock.Now() >= end && world.Finished("route", "routing"); }));
    written += node.runner->Stats().snapshots;
  }
  EXPECT_GE(written, 2 * kPartitions);
  EXPECT_LE(written, 7 * kPartitions) << "and not by each";
  world.store.Restore({});
  EXPECT_LE(AppliedByAFreshProcess(world), 14U * 7);
}

TEST(Snapshots, AreWrittenThoughTheClockWentBackSinceTheLast) {
  World world;
  world.SayMany(20);
  RunUntilSnapshots(world, 1);
  world.clock.JumpTo(world.clock.Now() - base::Duration(24 * 3'600'000));
  world.SayMany(20, 20);
  RunUntilSnapshots(world, 1);
  EXPECT_EQ(world.CompleteSnapshots("route", 0), 2U);
}

TEST(Snapshots, OfAnotherOwnerCountAsWell) {
  World world;
  world.log.LetAllOwnAll();
  StageOptions options = WithSnapshots();
  Node one(world, options);
  options.member = "two";
  Node two(world, options);
  for (int round = 0; round < 250; ++round) {
    if (round % 5 == 0) world.SayMany(14, 14 * round);
    ASSERT_TRUE(one.Step());
    ASSERT_TRUE(two.Step());
    world.clock.Advance(base::Duration(20));
  }
  // Five seconds; each that finds the other's newest one younger than a second leaves it at that.
  EXPECT_LE(one.runner->Stats().snapshots + two.runner->Stats().snapshots, 8 * kPartitions);
  ASSERT_TRUE(RunUntil({&one, &two}, [&] { return world.Finished("route", "routing"); }));
  EXPECT_LE(world.CompleteSnapshots("route", 0), 4U);
  EXPECT_EQ(one.States(), TruthOf(world, FirstStage()).states);
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
  RunUntilSnapshots(world, 1);
  SayMuch(world, 3000);
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
  SayMuch(world, 4000);
  RunUntilSnapshots(world, 1);
  EXPECT_EQ(world.CompleteSnapshots("route", 0), 3U) << "the first of the day, and the two newest";
  EXPECT_EQ(world.CompleteSnapshots("route", 1), 3U);
  ExpectTrueState(world, FirstStage());
}

INSTANTIATE_TEST_SUITE_P(AtEachAppend, SnapshotCrashTest, ::testing::Range(0, 24));

}  // namespace
}  // namespace centralita::stage
