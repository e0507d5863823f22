// The store is a cache of the logs: it may be away, go back, or lose everything.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "centralita/common/v1/common.pb.h"
#include "centralita/snapshot/v1/snapshot.pb.h"
#include "tests/unit/stage/world.h"

namespace centralita::stage {
namespace {

TEST(Store, RolledBackWhileNobodyRunsMeansALongerReplay) {
  World world;
  world.SayMany(30);
  FinishAll(world, FirstStage());
  const auto minute_ago = world.store.Copy();
  world.clock.Advance(base::Duration(60'000));
  world.SayMany(50, 30);
  FinishAll(world, FirstStage());
  world.store.Restore(minute_ago);
  world.SayMany(10, 80);
  FinishAll(world, FirstStage());
  ExpectExactlyOnce(world, FirstStage());
  ExpectTrueState(world, FirstStage());
}

TEST(Store, RolledBackUnderARunningStageMakesItReload) {
  World world;
  world.SayMany(30);
  Node node(world, FirstStage());
  const auto finished = [&] { return world.Finished("route", "routing"); };
  ASSERT_TRUE(RunUntil({&node}, finished));
  const auto minute_ago = world.store.Copy();
  world.clock.Advance(base::Duration(60'000));
  world.SayMany(50, 30);
  ASSERT_TRUE(RunUntil({&node}, finished));
  world.store.Restore(minute_ago);
  world.SayMany(20, 80);
  ASSERT_TRUE(RunUntil({&node}, finished));
  EXPECT_GE(node.runner->Stats().reloads, 1U);
  ExpectExactlyOnce(world, FirstStage());
  EXPECT_EQ(node.States(), TruthOf(world, FirstStage()).states);
}

TEST(Store, LostUnderARunningStageIsFilledAgainWhole) {
  World world;
  world.SayMany(30);
  Node node(world, FirstStage());
  const auto finished = [&] { return world.Finished("route", "routing"); };
  ASSERT_TRUE(RunUntil({&node}, finished));
  world.store.Restore({});
  // Only one tenant speaks, and the others' entries must come back too.
  world.Say("t1", "after the loss");
  world.Say("t4", "after the loss");
  ASSERT_TRUE(RunUntil({&node}, [&] { return finished() && node.runner->Stats().reloads >= 1; }));
  ExpectExactlyOnce(world, FirstStage());
  EXPECT_EQ(node.States(), TruthOf(world, FirstStage()).states);
  node.Crash();
  ExpectTrueState(world, FirstStage());
}

TEST(Store, WithEntriesOfAnotherLifeIsCleanedByTheFirstCheckpoint) {
  World world;
  testing::StoreDisk::Contents contents;
  contents["stage/route/0"]["e/ghost"] = {.bytes = "7 7 0"};
  contents["stage/route/1"]["e/ghost"] = {.bytes = "7 7 0"};
  world.store.Restore(contents);
  world.SayMany(30);
  FinishAll(world, FirstStage());
  ExpectTrueState(world, FirstStage());
  EXPECT_FALSE(world.store.Copy()["stage/route/0"].contains("e/ghost"));
}

TEST(Store, ThatIsAwayHoldsCheckpointsBackAndLosesNone) {
  World world;
  world.SayMany(30);
  Node node(world, FirstStage());
  const auto finished = [&] { return world.Finished("route", "routing"); };
  ASSERT_TRUE(RunUntil({&node}, finished));
  world.store.SetDown(true);
  world.SayMany(60, 30);
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.runner->Stats().checkpoint_failures >= 3; }));
  EXPECT_EQ(node.runner->Stats().applied, 90U) << "records are applied meanwhile";
  EXPECT_TRUE(node.runner->Health().ok());
  world.store.SetDown(false);
  ASSERT_TRUE(RunUntil({&node}, finished));
  EXPECT_EQ(node.runner->Stats().reloads, 0U);
  ExpectExactlyOnce(world, FirstStage());
  EXPECT_EQ(node.States(), TruthOf(world, FirstStage()).states);
}

TEST(Store, ThatIsAwayAtTheStartIsWaitedForWhileStepReturns) {
  World world;
  world.SayMany(30);
  world.store.SetDown(true);
  Node node(world, FirstStage());
  for (int step = 0; step < 20; ++step) {
    ASSERT_TRUE(node.Step());
    world.clock.Advance(base::Duration(100));
  }
  EXPECT_EQ(node.runner->Stats().applied, 0U);
  EXPECT_TRUE(node.recorder.said.empty());
  world.store.SetDown(false);
  ASSERT_TRUE(RunUntil({&node}, [&] { return world.Finished("route", "routing"); }));
  ExpectExactlyOnce(world, FirstStage());
}

TEST(Store, WhoseAnswerWasLostHasTheCheckpoint) {
  World world;
  world.SayMany(30);
  Node node(world, FirstStage());
  const auto finished = [&] { return world.Finished("route", "routing"); };
  ASSERT_TRUE(RunUntil({&node}, finished));
  world.store.LoseNextAnswer();
  world.SayMany(30, 30);
  ASSERT_TRUE(RunUntil(
      {&node}, [&] { return finished() && node.runner->Stats().checkpoint_failures == 1; }));
  world.SayMany(30, 60);
  ASSERT_TRUE(RunUntil({&node}, finished));
  EXPECT_EQ(node.runner->Stats().reloads, 0U);
  EXPECT_EQ(node.States(), TruthOf(world, FirstStage()).states);
}

// Changes one field of the header that is in the store.
void ChangeHeader(World& world,
                  const std::function<void(snapshot::v1::CheckpointHeader&)>& change) {
  auto contents = world.store.Copy();
  for (auto& [partition, names] : contents) {
    snapshot::v1::CheckpointHeader header;
    ASSERT_TRUE(header.ParseFromString(names["header"].bytes));
    change(header);
    names["header"].bytes = header.SerializeAsString();
  }
  world.store.Restore(contents);
}

TEST(Store, OfAnotherLogStopsThePartitionsAndSaysWhatToDo) {
  World world;
  world.SayMany(30);
  FinishAll(world, FirstStage());
  ChangeHeader(world, [](auto& header) { header.set_log_epoch(9); });
  Node node(world, FirstStage());
  RunUntil({&node}, [&] { return !node.runner->Health().ok(); });
  const absl::Status health = node.runner->Health();
  EXPECT_EQ(health.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(health.message().find("epoch"), absl::string_view::npos) << health;
  EXPECT_EQ(node.runner->Stats().applied, 0U);
}

TEST(Store, OfANewerFormatStopsThePartitionsAndSaysWhatToDo) {
  World world;
  world.SayMany(30);
  FinishAll(world, FirstStage());
  ChangeHeader(world, [](auto& header) { header.set_format(99); });
  Node node(world, FirstStage());
  RunUntil({&node}, [&] { return !node.runner->Health().ok(); });
  EXPECT_NE(node.runner->Health().message().find("newer"), absl::string_view::npos);
}

TEST(Store, WithADamagedEntryIsPassedOver) {
  World world;
  world.SayMany(30);
  FinishAll(world, FirstStage());
  auto contents = world.store.Copy();
  for (auto& [partition, names] : contents) {
    for (auto& [name, value] : names) {
      if (name.starts_with("e/")) value.bytes = "nonsense";
    }
  }
  world.store.Restore(contents);
  FinishAll(world, FirstStage());
  world.SayMany(10, 30);
  FinishAll(world, FirstStage());
  ExpectExactlyOnce(world, FirstStage());
  ExpectTrueState(world, FirstStage());
}

TEST(Offsets, ThatTheLogNoLongerKeepsStopThatPartitionAlone) {
  World world;
  world.SayMany(30);
  FinishAll(world, FirstStage());
  world.SayMany(40, 30);
  const auto gone = world.RoutingPartitionOf("t1");
  world.log.Trim(gone, world.EndOf("routing", gone.partition) - 1);
  Node node(world, FirstStage());
  const uint32_t other = 1 - gone.partition;
  ASSERT_TRUE(RunUntil({&node}, [&] {
    return world.CheckpointOf("route", other) == world.EndOf("routing", other);
  }));
  const absl::Status health = node.runner->Health();
  EXPECT_EQ(health.code(), absl::StatusCode::kOutOfRange);
  for (const std::string& part : {std::string("routing"), std::to_string(gone.partition),
                                  std::to_string(world.CheckpointOf("route", gone.partition)),
                                  std::to_string(world.EndOf("routing", gone.partition) - 1)}) {
    EXPECT_NE(health.message().find(part), absl::string_view::npos) << health << " lacks " << part;
  }
  EXPECT_FALSE(node.recorder.caught_up.contains(gone.partition));
}

TEST(Offsets, OutOfRangeWhileTheLogCannotSayWhichStopsNothing) {
  World world;
  world.SayMany(30);
  Node node(world, FirstStage());
  ASSERT_TRUE(RunUntil({&node}, [&] { return world.Finished("route", "routing"); }));
  const uint32_t gone = world.RoutingPartitionOf("t1").partition;
  const uint32_t other = 1 - gone;
  node.log.FailNextOffsets(2);
  world.SayMany(40, 30);
  world.log.Trim({"routing", gone}, world.EndOf("routing", gone) - 1);
  ASSERT_TRUE(RunUntil({&node}, [&] {
    return world.CheckpointOf("route", other) == world.EndOf("routing", other);
  }));
  EXPECT_EQ(node.runner->Health().code(), absl::StatusCode::kOutOfRange) << "once it could say so";
  EXPECT_GE(node.runner->Stats().poll_failures, 1U);
}

TEST(Offsets, OfALogThatWentBackStopThePartition) {
  World world;
  world.SayMany(30);
  FinishAll(world, FirstStage());
  world.log.Create({.name = "routing", .partitions = kPartitions});  // restored from nothing
  Node node(world, FirstStage());
  RunUntil({&node}, [&] { return !node.runner->Health().ok(); });
  EXPECT_EQ(node.runner->Health().code(), absl::StatusCode::kOutOfRange);
}

TEST(Log, ThatIsAwayIsToldOfOnceAndAskedLessAndLess) {
  World world;
  world.SayMany(20);
  Node node(world, FirstStage());
  const auto finished = [&] { return world.Finished("route", "routing"); };
  // The first snapshot too: it would meet the outage.
  ASSERT_TRUE(RunUntil(
      {&node}, [&] { return finished() && node.runner->Stats().snapshots == kPartitions; }));
  for (size_t outage = 1; outage <= 2; ++outage) {
    node.log.SetAway(true);
    const uint64_t before = node.runner->Stats().poll_failures;
    RunUntil(
        {&node}, [] { return false; }, 500);
    const uint64_t polls = node.runner->Stats().poll_failures - before;
    EXPECT_GE(polls, 8U) << "in the end every two seconds of the ten";
    EXPECT_LE(polls, 20U);
    EXPECT_EQ(node.recorder.problems.size(), outage);
    node.log.SetAway(false);
    world.SayMany(20, static_cast<int>(20 * outage));
    ASSERT_TRUE(RunUntil({&node}, finished));
  }
  EXPECT_TRUE(node.runner->Health().ok());
  ExpectExactlyOnce(world, FirstStage());
}

TEST(Stage, ReadsItsOwnTopicAndNoOther) {
  World world;
  Process process;
  testing::MemoryLog log(world.log, process);
  testing::MemoryStore store(world.store, process);
  StageOptions options = FirstStage();
  options.input_topic = "commands";
  const auto runner = StageRunner::Create(options, {log, store, world.clock}, nullptr);
  EXPECT_EQ(runner.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Stage, NumbersAreThoseOfTheProtoAndEachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int number = common::v1::Stage_MIN + 1; number <= common::v1::Stage_MAX; ++number) {
    const auto stage = static_cast<StageId>(number);
    EXPECT_FALSE(InputTopicOf(stage).empty()) << number;
    EXPECT_TRUE(names.insert(StageName(stage)).second) << number;
    std::string name = absl::StrCat("STAGE_", std::string(StageName(stage)));
    std::replace(name.begin(), name.end(), '-', '_');
    EXPECT_EQ(absl::AsciiStrToUpper(name),
              common::v1::Stage_Name(static_cast<common::v1::Stage>(number)));
  }
}

}  // namespace
}  // namespace centralita::stage
