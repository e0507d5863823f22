// Outputs on their way: failures, full buffers, acks that are late; and what a checkpoint waits
// for.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "centralita/commands/v1/commands.pb.h"
#include "centralita/deadletter/v1/deadletter.pb.h"
#include "tests/unit/stage/world.h"

namespace centralita::stage {
namespace {

class FailingAppendTest : public ::testing::TestWithParam<bool> {};

TEST_P(FailingAppendTest, IsSentAgainFromTheFirstUnacknowledgedInOrder) {
  const bool stored = GetParam();
  World world;
  world.SayMany(20);
  Node node(world, FirstStage());
  const auto finished = [&] { return world.Finished("route", "routing"); };
  ASSERT_TRUE(RunUntil({&node}, finished));
  for (int round = 0; round < 5; ++round) {
    node.log.FailNext(1 + static_cast<size_t>(round % 2), stored, "commands");
    world.SayMany(25, 100 * round);
    ASSERT_TRUE(RunUntil({&node}, finished));
  }
  EXPECT_GT(node.runner->Stats().resent, 0U);
  EXPECT_TRUE(node.runner->Health().ok());
  ExpectExactlyOnce(world, FirstStage());
}

INSTANTIATE_TEST_SUITE_P(LostOrStored, FailingAppendTest, ::testing::Bool(),
                         [](const auto& given) { return given.param ? "Stored" : "Lost"; });

TEST(Outputs, ThatFailBehindHeldAcksDoNotOvertake) {
  World world;
  world.SayMany(20);
  Node node(world, FirstStage());
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.recorder.caught_up.size() == kPartitions; }));
  node.log.HoldAcks();
  world.SayMany(20, 20);
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.runner->Stats().applied == 40; }));
  node.log.FailNext(1, /*stored=*/false, "commands");
  world.SayMany(20, 40);
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.runner->Stats().applied == 60; }));
  while (node.log.ReleaseAcks(1) > 0) {
    ASSERT_TRUE(node.Step());
    world.clock.Advance(base::Duration(30));
  }
  node.log.ReleaseAcks();
  ASSERT_TRUE(RunUntil({&node}, [&] { return world.Finished("route", "routing"); }));
  ExpectExactlyOnce(world, FirstStage());
}

TEST(Outputs, ThatAreNotAcknowledgedHoldTheCheckpointBack) {
  World world;
  world.SayMany(20);
  Node node(world, FirstStage());
  ASSERT_TRUE(RunUntil({&node}, [&] { return world.Finished("route", "routing"); }));
  const uint64_t before = world.CheckpointOf("route", 0) + world.CheckpointOf("route", 1);
  node.log.HoldAcks();
  world.SayMany(20, 20);
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.runner->Stats().applied == 40; }));
  RunUntil(
      {&node}, [] { return false; }, 30);
  EXPECT_EQ(world.CheckpointOf("route", 0) + world.CheckpointOf("route", 1), before);
  node.log.ReleaseAcks();
  EXPECT_TRUE(RunUntil({&node}, [&] { return world.Finished("route", "routing"); }));
}

TEST(Outputs, BeyondTheBoundPauseReading) {
  World world;
  StageOptions options = FirstStage();
  options.max_unacknowledged = 50;
  Node node(world, options);
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.recorder.caught_up.size() == kPartitions; }));
  node.log.HoldAcks();
  for (int round = 0; round < 100; ++round) {
    world.SayMany(10, 10 * round);
    ASSERT_TRUE(node.Step());
  }
  const uint64_t applied = node.runner->Stats().applied;
  EXPECT_LT(applied, 200U);
  EXPECT_GE(node.runner->Stats().outputs, 50U);
  node.log.ReleaseAcks();
  ASSERT_TRUE(RunUntil({&node}, [&] { return world.Finished("route", "routing"); }));
  EXPECT_EQ(node.runner->Stats().applied, 1000U);
  ExpectExactlyOnce(world, options);
}

TEST(Outputs, ThatTheProducerRefusesWaitForRoom) {
  World world;
  Node node(world, FirstStage());
  node.log.LimitUnacknowledged(7);
  node.log.HoldAcks();
  world.SayMany(100);
  for (int step = 0; step < 300; ++step) {
    ASSERT_TRUE(node.Step());
    node.log.ReleaseAcks(5);
    world.clock.Advance(base::Duration(5));
  }
  node.log.ReleaseAcks();
  ASSERT_TRUE(RunUntil({&node}, [&] { return world.Finished("route", "routing"); }));
  EXPECT_EQ(node.runner->Stats().resent, 0U);
  ExpectExactlyOnce(world, FirstStage());
}

TEST(Outputs, ToATopicThatIsMissingStopTheStageBeforeAnythingIsLost) {
  World world;
  world.SayMany(10);
  StageOptions options = SecondStage();
  FinishAll(world, FirstStage());
  world.log.Drop("events");
  {
    Node node(world, options);
    EXPECT_FALSE(RunUntil(
        {&node}, [] { return false; }, 20));
    EXPECT_EQ(node.runner->Health().code(), absl::StatusCode::kNotFound);
    EXPECT_NE(node.runner->Health().message().find("events"), absl::string_view::npos);
    EXPECT_FALSE(node.runner->Drain(base::Duration(1000)).ok());
  }
  EXPECT_EQ(world.CheckpointOf("dispatch", 0) + world.CheckpointOf("dispatch", 1), 0U);
  world.log.Create({.name = "events", .partitions = kPartitions});
  FinishAll(world, options);
  ExpectExactlyOnce(world, options);
}

TEST(Outputs, ThatStopAStageLeaveItsPartitionsToOthers) {
  World world;
  world.log.Drop("events");
  Node one(world, SecondStage());
  ASSERT_TRUE(RunUntil({&one}, [&] { return one.recorder.caught_up.size() == kPartitions; }));
  world.SayMany(10);
  FinishAll(world, FirstStage());
  EXPECT_FALSE(RunUntil(
      {&one}, [] { return false; }, 20));
  EXPECT_TRUE(one.recorder.caught_up.empty()) << "it acts no more";
  one.runner->Post([](std::vector<Partition>&) { FAIL() << "nor does anything in its name"; });
  world.log.Create({.name = "events", .partitions = kPartitions});
  StageOptions options = SecondStage();
  options.member = "1";
  Node two(world, options);
  EXPECT_TRUE(RunUntil({&two}, [&] { return world.Finished("dispatch", "commands"); }))
      << "the group does not wait for one that has stopped";
}

std::vector<deadletter::v1::DeadLetter> Letters(const World& world) {
  std::vector<deadletter::v1::DeadLetter> letters;
  for (const auto& record : world.log.AllRecords("dead-letter")) {
    deadletter::v1::DeadLetterRecord parsed;
    EXPECT_TRUE(parsed.ParseFromString(record.value));
    EXPECT_TRUE(parsed.origin().has_source());
    letters.push_back(parsed.letter());
  }
  return letters;
}

TEST(Undecodable, RecordsBecomeDeadLettersAndThePartitionMovesOn) {
  World world;
  world.SayMany(5);
  world.Say("t1", "bad");
  const auto place = world.RoutingPartitionOf("t1");
  const std::string garbage("\x0a\x7f is no origin", 15);
  const uint64_t offset = world.log.Append("routing", place.partition, "the key", garbage);
  world.SayMany(5, 5);
  Node node(world, FirstStage());
  ASSERT_TRUE(RunUntil({&node}, [&] { return world.Finished("route", "routing"); }));
  EXPECT_EQ(node.runner->Stats().undecodable, 2U);
  const auto letters = Letters(world);
  ASSERT_EQ(letters.size(), 2U);
  EXPECT_EQ(letters[1].coordinates().topic(), "routing");
  EXPECT_EQ(letters[1].coordinates().partition(), place.partition);
  EXPECT_EQ(letters[1].coordinates().offset(), offset);
  EXPECT_EQ(letters[1].original_key(), "the key");
  EXPECT_EQ(letters[1].original_value(), garbage);
  EXPECT_EQ(letters[1].reason(), "undecodable");
  EXPECT_EQ(letters[1].stage(), "route");
  EXPECT_EQ(letters[1].messages(), 0U);
  ExpectExactlyOnce(world, FirstStage());
  EXPECT_EQ(node.States(), TruthOf(world, FirstStage()).states);
}

commands::v1::Command FromGateway(const std::string& incarnation, uint64_t sequence) {
  commands::v1::Command command;
  command.mutable_origin()->mutable_client()->set_incarnation(incarnation);
  command.mutable_origin()->mutable_client()->set_sequence(sequence);
  command.set_tenant("t1");
  command.set_pool(fmt::format("{} {}", incarnation, sequence));
  return command;
}

TEST(Repeats, OfGatewaysAndReplaysAreDroppedEvenAfterARestart) {
  World world;
  const auto append = [&](const commands::v1::Command& command) {
    world.log.Append("commands", 0, "k", command.SerializeAsString());
  };
  append(FromGateway("g1", 1));
  append(FromGateway("g1", 2));
  append(FromGateway("g1", 1));
  append(FromGateway("g2", 1));
  commands::v1::Command replayed;
  replayed.mutable_origin()->mutable_replay()->set_replay(7);
  append(replayed);
  append(replayed);
  FinishAll(world, SecondStage());
  append(FromGateway("g1", 2));
  append(FromGateway("g1", 3));
  append(replayed);
  Node node(world, SecondStage());
  ASSERT_TRUE(RunUntil({&node}, [&] { return world.Finished("dispatch", "commands"); }));
  EXPECT_EQ(node.runner->Stats().repeats, 2U);
  EXPECT_EQ(node.runner->Stats().applied, 1U);
  uint64_t counted = 0;
  for (const auto& [partition, entries] : node.States()) {
    for (const auto& [tenant, bytes] : entries) counted += std::stoull(bytes);
  }
  EXPECT_EQ(counted, 5U);
}

}  // namespace
}  // namespace centralita::stage
