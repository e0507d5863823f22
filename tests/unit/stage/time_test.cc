// Ticks, the estimate of the log's time, and what an observer is told.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/unit/stage/world.h"

namespace centralita::stage {
namespace {

// Ticks of a log: records without text.
size_t Ticks(const World& world) {
  size_t ticks = 0;
  for (const auto& record : world.log.AllRecords("routing")) ticks += record.key.empty() ? 1 : 0;
  return ticks;
}

bool StepFor(Node& node, int64_t ms, int64_t each = 10) {
  for (int64_t passed = 0; passed < ms; passed += each) {
    if (!node.Step()) return false;
    node.world.clock.Advance(base::Duration(each));
  }
  return true;
}

TEST(Ticks, AreAppendedWhenSomethingIsDueAndNotBefore) {
  World world;
  world.Say("t1", "due:500");
  Node node(world, FirstStage());
  ASSERT_TRUE(StepFor(node, 480));
  EXPECT_EQ(Ticks(world), 0U);
  ASSERT_TRUE(StepFor(node, 100));
  EXPECT_EQ(Ticks(world), 1U);
  EXPECT_EQ(node.runner->Stats().ticks, 1U);
  ASSERT_TRUE(StepFor(node, 2000));
  EXPECT_EQ(Ticks(world), 1U) << "nothing more is due";
  ExpectExactlyOnce(world, FirstStage());
  EXPECT_EQ(world.log.AllRecords("commands").size(), 1U);
}

TEST(Ticks, AreNotAppendedWhileTheLogIsReplayed) {
  World world;
  world.Say("t1", "due:100");
  world.clock.Advance(base::Duration(50));
  world.Say("t1", "due:100");
  world.clock.Advance(base::Duration(500));
  world.Say("t1", "later");
  FinishAll(world, FirstStage());
  EXPECT_EQ(Ticks(world), 0U) << "the record behind it fired it";
}

TEST(Ticks, ComeAtOnceForWhatFellDueWhileNobodyRan) {
  World world;
  world.Say("t1", "due:1000");
  FinishAll(world, FirstStage());
  ASSERT_EQ(Ticks(world), 0U);
  world.clock.Advance(base::Duration(8 * 3'600'000));
  Node node(world, FirstStage());
  ASSERT_TRUE(StepFor(node, 50));
  EXPECT_EQ(Ticks(world), 1U);
  ASSERT_TRUE(StepFor(node, 500));
  EXPECT_EQ(Ticks(world), 1U);
}

TEST(Gap, IsTheTimeUntilAPartitionThatWasGivenHasCaughtUp) {
  World world;
  world.SayMany(20);
  Node node(world, FirstStage());
  ASSERT_TRUE(node.Step());
  EXPECT_EQ(node.runner->Stats().longest_gap_ms, 0U);
  ASSERT_TRUE(node.recorder.caught_up.empty());
  world.clock.Advance(base::Duration(700));
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.recorder.caught_up.size() == kPartitions; }));
  const uint64_t gap = node.runner->Stats().longest_gap_ms;
  EXPECT_GE(gap, 700U);
  ASSERT_TRUE(StepFor(node, 5'000));
  EXPECT_EQ(node.runner->Stats().longest_gap_ms, gap) << "what is owned has none";
}

TEST(Ticks, ThatAreLostAreAppendedAgain) {
  World world;
  world.Say("t1", "due:100");
  Node node(world, FirstStage());
  ASSERT_TRUE(StepFor(node, 90));
  node.log.FailNext(2, /*stored=*/false, "routing");
  ASSERT_TRUE(StepFor(node, 1000));
  EXPECT_EQ(Ticks(world), 1U);
  EXPECT_EQ(node.runner->Stats().ticks, 3U);
  ExpectExactlyOnce(world, FirstStage());
}

TEST(Ticks, AreNotLateBecauseTheLastRecordWasReadLate) {
  World world;
  Node node(world, FirstStage());
  ASSERT_TRUE(StepFor(node, 50));
  world.Say("t1", "due:500");
  ASSERT_TRUE(StepFor(node, 10));
  world.Say("t1", "read 390 ms after it was said");
  world.clock.Advance(base::Duration(390));
  ASSERT_TRUE(StepFor(node, 90));
  EXPECT_EQ(Ticks(world), 0U);
  ASSERT_TRUE(StepFor(node, 40));
  EXPECT_EQ(Ticks(world), 1U);
}

TEST(Ticks, FollowTheLogsTimeAndNotThatOfAClockThatIsAhead) {
  World world;
  const base::TimePoint right = world.clock.Now();
  world.clock.JumpTo(right + base::Duration(600'000));
  Node node(world, FirstStage());
  ASSERT_TRUE(StepFor(node, 50));
  world.clock.JumpTo(right);
  world.Say("t1", "due:500");
  ASSERT_TRUE(StepFor(node, 480));
  EXPECT_EQ(Ticks(world), 0U);
  ASSERT_TRUE(StepFor(node, 50));
  EXPECT_EQ(Ticks(world), 1U);
}

TEST(Ticks, OfTwoOwnersDoNoHarm) {
  World world;
  world.log.LetAllOwnAll();
  world.Say("t1", "due:100");
  StageOptions other = FirstStage();
  other.member = "1";
  Node one(world, FirstStage());
  Node two(world, other);
  for (int step = 0; step < 60; ++step) {
    ASSERT_TRUE(one.Step());
    ASSERT_TRUE(two.Step());
    world.clock.Advance(base::Duration(10));
  }
  EXPECT_GE(Ticks(world), 1U);
  ExpectExactlyOnce(world, FirstStage());
}

TEST(Ticks, AreOnlyForTopicsThatHaveThem) {
  World world;
  Process process;
  testing::MemoryLog log(world.log, process);
  testing::MemoryStore store(world.store, process);
  StageOptions options = FirstStage();
  options.input_topic = "events";
  const auto factory = [](uint32_t) {
    return std::make_unique<ChainMachine>(Link::kRoutingToCommands);
  };
  const auto created = StageRunner::Create(options, {log, store, world.clock, nullptr}, factory);
  EXPECT_EQ(created.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Observer, IsToldWhenSomethingIsDueIfThereAreNoTicks) {
  World world;
  StageOptions options = FirstStage();
  options.ticks = false;
  options.min_tick_interval = base::Duration(50);
  world.Say("t1", "due:200");
  Node node(world, options);
  ASSERT_TRUE(StepFor(node, 190));
  EXPECT_EQ(node.recorder.due, 0U);
  ASSERT_TRUE(StepFor(node, 500));
  EXPECT_GE(node.recorder.due, 8U);
  EXPECT_LE(node.recorder.due, 11U);
  EXPECT_EQ(Ticks(world), 0U);
}

TEST(Observer, IsToldOfUpdatesOnlyOnceCaughtUp) {
  World world;
  world.SayMany(30);
  Node node(world, FirstStage());
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.recorder.caught_up.size() == kPartitions; }));
  EXPECT_EQ(node.recorder.notified, 0U);
  world.SayMany(3, 30);
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.runner->Stats().applied == 33; }));
  EXPECT_GE(node.recorder.notified, 3U);
}

TEST(Observer, AndJobsSeePartitionsThatAreCaughtUp) {
  World world;
  world.SayMany(5);
  Node node(world, FirstStage());
  size_t seen = 99;
  node.runner->Post([&](std::vector<Partition>& owned) { seen = owned.size(); });
  ASSERT_TRUE(node.Step());
  EXPECT_EQ(seen, 0U);
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.recorder.caught_up.size() == kPartitions; }));
  EXPECT_EQ(node.States(), TruthOf(world, FirstStage()).states);
}

TEST(Observer, HearsOfAProblemOnceWhileItLasts) {
  World world;
  Node node(world, FirstStage());
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.recorder.caught_up.size() == kPartitions; }));
  world.store.SetDown(true);
  world.SayMany(10);
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.runner->Stats().checkpoint_failures >= 6; }));
  EXPECT_EQ(node.recorder.problems.size(), 1U);
}

TEST(Drain, LeavesACheckpointBehindTheLastRecord) {
  World world;
  world.SayMany(20);
  StageOptions options = FirstStage();
  options.checkpoint_interval = base::Duration(3'600'000);
  Node node(world, options);
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.runner->Stats().applied == 20; }));
  EXPECT_FALSE(world.Finished("route", "routing"));
  EXPECT_TRUE(node.runner->Drain(base::Duration(5000)).ok());
  EXPECT_TRUE(world.Finished("route", "routing"));
  EXPECT_TRUE(node.recorder.caught_up.empty());
  for (uint32_t number = 0; number < kPartitions; ++number) {
    EXPECT_EQ(world.log.Committed("route", {"routing", number}), world.EndOf("routing", number));
  }
}

TEST(Drain, LeavesTheCheckpointAtWhatIsAcknowledged) {
  World world;
  world.SayMany(20);
  Node node(world, FirstStage());
  ASSERT_TRUE(RunUntil({&node}, [&] { return world.Finished("route", "routing"); }));
  const uint64_t first = world.CheckpointOf("route", 0);
  node.log.HoldAcks();
  world.SayMany(20, 20);
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.runner->Stats().applied == 40; }));
  const absl::Status drained = node.runner->Drain(base::Duration(100));
  EXPECT_EQ(drained.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(world.CheckpointOf("route", 0), first);
  node.Crash();
  FinishAll(world, FirstStage());
  ExpectExactlyOnce(world, FirstStage());
}

TEST(Rebalance, HandsPartitionsOverAtTheirLastRecord) {
  World world;
  world.SayMany(20);
  StageOptions options = FirstStage();
  options.checkpoint_interval = base::Duration(3'600'000);
  Node one(world, options);
  ASSERT_TRUE(RunUntil({&one}, [&] { return one.runner->Stats().applied == 20; }));
  options.member = "1";
  Node two(world, options);
  ASSERT_TRUE(RunUntil({&one, &two}, [&] { return two.recorder.caught_up.size() == 1; }));
  EXPECT_EQ(one.recorder.caught_up.size(), 1U);
  EXPECT_EQ(two.runner->Stats().applied, 0U) << "it goes on where the other stopped";
  world.SayMany(20, 20);
  ASSERT_TRUE(RunUntil({&one, &two}, [&] {
    return one.runner->Stats().applied + two.runner->Stats().applied == 40;
  }));
  ExpectExactlyOnce(world, options);
}

TEST(Rebalance, EndsAllThatLeaveBeforeItFinishesAny) {
  World world;
  world.SayMany(20);
  StageOptions options = FirstStage();
  options.checkpoint_interval = base::Duration(3'600'000);
  options.member = "z";
  Node leaving(world, options);
  ASSERT_TRUE(RunUntil({&leaving}, [&] {
    return leaving.runner->Stats().applied == 20 && leaving.recorder.caught_up.size() == 2;
  }));
  std::vector<uint64_t> written;
  leaving.recorder.on_lost = [&](uint32_t) {
    written.push_back(world.CheckpointOf("route", 0) + world.CheckpointOf("route", 1));
  };
  options.member = "a";
  Node first(world, options);
  options.member = "b";
  Node second(world, options);
  ASSERT_TRUE(
      RunUntil({&leaving, &first, &second}, [&] { return leaving.recorder.caught_up.empty(); }));
  EXPECT_EQ(written, std::vector<uint64_t>({0, 0}));
  EXPECT_TRUE(world.Finished("route", "routing"));
}

TEST(Threads, RunAStageUntilStoppedAndDrainIt) {
  World world;
  world.SayMany(200);
  Process process;
  testing::MemoryLog log(world.log, process);
  testing::MemoryStore store(world.store, process);
  const auto factory = [](uint32_t) {
    return std::make_unique<ChainMachine>(Link::kRoutingToCommands);
  };
  auto runner = StageRunner::Create(FirstStage(), {log, store, world.clock, nullptr}, factory);
  ASSERT_TRUE(runner.ok());
  auto thread = StageThread::Start(*std::move(runner));
  std::promise<void> job_done;
  thread->runner().Post([&](std::vector<Partition>&) { job_done.set_value(); });
  job_done.get_future().wait();
  while (thread->runner().Stats().applied < 200) std::this_thread::yield();
  EXPECT_TRUE(thread->Stop(base::Duration(5000)).ok());
  EXPECT_TRUE(world.Finished("route", "routing"));
  ExpectExactlyOnce(world, FirstStage());
}

}  // namespace
}  // namespace centralita::stage
