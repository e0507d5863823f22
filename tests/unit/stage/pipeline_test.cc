// Pipelines: at least once, the same ids again, and nothing committed that is not acknowledged.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "centralita/base/topics.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/deadletter/v1/deadletter.pb.h"
#include "centralita/routing/v1/routing.pb.h"
#include "centralita/stage/pipeline_runner.h"
#include "centralita/telemetry/log.h"
#include "tests/unit/stage/world.h"

namespace centralita::stage {
namespace {

// Passes each record on as a command; every fourth gives two; "bad" becomes a dead letter.
class PassOn final : public PipelineLogic {
 public:
  absl::Status Process(const eventlog::RecordBatch& batch, uint32_t log_epoch,
                       PipelineOutputs& outputs) override {
    ++calls;
    for (size_t i = 0; i < batch.records().size(); ++i) {
      const eventlog::Record& record = batch.records()[i];
      if (i == 1 && unavailable > 0) {
        --unavailable;
        return absl::UnavailableError("the profile store is away");
      }
      routing::v1::RoutingRecord said;
      said.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()));
      if (said.customer_id() == "bad") {
        outputs.DeadLetter(i, "unknown_tenant", "No such tenant.", 1);
        continue;
      }
      if (said.customer_id() == "broken") return absl::InternalError("a bug");
      if (said.customer_id() == "unordered") {
        outputs.Emit(i, topic, record.key, commands::v1::Command());
        outputs.Emit(0, topic, record.key, commands::v1::Command());
      }
      commands::v1::Command command;
      command.set_tenant(said.tenant());
      command.set_pool(said.customer_id());
      outputs.Emit(i, topic, record.key, command);
      if (record.offset % 4 == 0) outputs.Emit(i, topic, record.key, command);
    }
    return absl::OkStatus();
  }

  std::string topic = "commands";
  int calls = 0;
  int unavailable = 0;
};

PipelineOptions Options() {
  PipelineOptions options;
  options.stage = StageId::kRoute;
  options.group = "passer";
  options.input_topic = "routing";
  options.commit_interval = base::Duration(100);
  options.max_batch = 16;
  return options;
}

struct PipelineNode {
  explicit PipelineNode(World& in_world, PipelineOptions options = Options())
      : world(in_world), log(in_world.log, process) {
    auto created = PipelineRunner::Create(options, log, world.clock, logic);
    EXPECT_TRUE(created.ok()) << created.status();
    runner = *std::move(created);
  }
  ~PipelineNode() { process.Crash(); }

  bool Step() { return runner->Step(base::Duration(1)).ok() && !process.crashed(); }
  bool RunUntil(const std::function<bool()>& done, int rounds = 2000) {
    for (int round = 0; round < rounds && !done(); ++round) {
      if (!Step()) return false;
      world.clock.Advance(base::Duration(20));
    }
    return done();
  }

  World& world;
  Process process;
  testing::MemoryLog log;
  PassOn logic;
  std::unique_ptr<PipelineRunner> runner;
};

bool AllCommitted(const World& world) {
  for (uint32_t number = 0; number < kPartitions; ++number) {
    if (world.log.Committed("passer", {"routing", number}) != world.EndOf("routing", number)) {
      return false;
    }
  }
  return true;
}

// Each id has one content; those who drop repeats by watermark see each record's outputs once.
void ExpectObservablyOnce(const World& world) {
  std::map<Truth::Id, std::string> contents;
  std::set<Truth::Id> observed;
  for (uint32_t number = 0; number < kPartitions; ++number) {
    std::map<uint32_t, Truth::Id> marks;
    for (const auto& record : world.log.Records({"commands", number})) {
      commands::v1::Command command;
      ASSERT_TRUE(command.ParseFromString(record.value));
      const auto& source = command.origin().source();
      EXPECT_EQ(source.stage(), common::v1::STAGE_ROUTE);
      const Truth::Id id(source.partition(), source.offset(), source.index());
      EXPECT_EQ(contents.try_emplace(id, record.value).first->second, record.value);
      const auto [mark, first] = marks.try_emplace(source.partition(), id);
      if (!first && id <= mark->second) continue;
      mark->second = id;
      observed.insert(id);
    }
  }
  std::set<Truth::Id> expected;
  for (uint32_t number = 0; number < kPartitions; ++number) {
    for (const auto& record : world.log.Records({"routing", number})) {
      routing::v1::RoutingRecord said;
      said.ParseFromString(record.value);
      if (said.customer_id() == "bad") continue;
      expected.insert({number, record.offset, 0});
      if (record.offset % 4 == 0) expected.insert({number, record.offset, 1});
    }
  }
  EXPECT_EQ(observed, expected);
}

class PipelineCrashTest : public ::testing::TestWithParam<int> {};

TEST_P(PipelineCrashTest, GivesTheSameIdsAgain) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  World world;
  for (int life = 0; life < 5; ++life) {
    PipelineNode node(world);
    node.process.CrashAtStep(1 + random() % 60);
    for (int round = 0; round < 20; ++round) {
      world.SayMany(static_cast<int>(random() % 8), 100 * life + round);
      if (!node.Step()) break;
      world.clock.Advance(base::Duration(30));
    }
  }
  PipelineNode node(world);
  ASSERT_TRUE(node.RunUntil([&] { return AllCommitted(world); }));
  ExpectObservablyOnce(world);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PipelineCrashTest, ::testing::Range(1, 16));

TEST(Pipeline, TriesABatchAgainWhileTheLogicIsUnavailable) {
  World world;
  world.SayMany(40);
  PipelineNode node(world);
  node.logic.unavailable = 3;
  ASSERT_TRUE(node.RunUntil([&] { return AllCommitted(world); }));
  EXPECT_EQ(node.runner->Stats().retries, 3U);
  EXPECT_EQ(node.runner->Stats().processed, 40U);
  ExpectObservablyOnce(world);
  EXPECT_EQ(world.log.AllRecords("commands").size(), node.runner->Stats().outputs)
      << "no half batch went out";
}

TEST(Pipeline, ReadsNothingMoreWhileABatchWaits) {
  World world;
  PipelineNode node(world);
  node.logic.unavailable = 1'000'000;
  for (int round = 0; round < 100; ++round) {
    world.SayMany(20, 20 * round);
    ASSERT_TRUE(node.Step());
    world.clock.Advance(base::Duration(100));
  }
  EXPECT_EQ(node.runner->Stats().processed, 0U);
  EXPECT_LT(node.logic.calls, 100);
  node.logic.unavailable = 0;
  ASSERT_TRUE(node.RunUntil([&] { return AllCommitted(world); }));
  ExpectObservablyOnce(world);
}

TEST(Pipeline, DeadLettersWhatTheLogicGivesUp) {
  World world;
  world.SayMany(5);
  world.Say("t1", "bad");
  world.SayMany(5, 5);
  PipelineNode node(world);
  ASSERT_TRUE(node.RunUntil([&] { return AllCommitted(world); }));
  EXPECT_EQ(node.runner->Stats().dead_letters, 1U);
  const auto letters = world.log.AllRecords("dead-letter");
  ASSERT_EQ(letters.size(), 1U);
  deadletter::v1::DeadLetterRecord parsed;
  ASSERT_TRUE(parsed.ParseFromString(letters[0].value));
  EXPECT_EQ(parsed.letter().reason(), "unknown_tenant");
  EXPECT_EQ(parsed.letter().stage(), "route");
  EXPECT_EQ(parsed.letter().messages(), 1U);
  EXPECT_EQ(parsed.letter().coordinates().topic(), "routing");
  EXPECT_EQ(parsed.origin().source().offset(), parsed.letter().coordinates().offset());
  ExpectObservablyOnce(world);
}

TEST(Pipeline, CommitsOnlyWhatIsAcknowledged) {
  World world;
  PipelineNode node(world);
  ASSERT_TRUE(node.Step());
  node.log.HoldAcks();
  world.SayMany(30);
  ASSERT_TRUE(node.RunUntil([&] { return node.runner->Stats().processed == 30; }));
  node.RunUntil([] { return false; }, 20);
  EXPECT_EQ(world.log.Committed("passer", {"routing", 0}), 0U);
  EXPECT_EQ(world.log.Committed("passer", {"routing", 1}), 0U);
  node.log.ReleaseAcks();
  EXPECT_TRUE(node.RunUntil([&] { return AllCommitted(world); }));
}

TEST(Pipeline, StopsOnAnyOtherErrorAndSaysSo) {
  World world;
  world.Say("t1", "broken");
  PipelineNode node(world);
  EXPECT_FALSE(node.RunUntil([] { return false; }, 20));
  EXPECT_EQ(node.runner->Health().code(), absl::StatusCode::kInternal);
  EXPECT_NE(node.runner->Health().message().find("a bug"), absl::string_view::npos);
}

TEST(Pipeline, RefusesOutputsOutOfOrder) {
  World world;
  const auto place = world.RoutingPartitionOf("t1");
  world.log.Append("routing", place.partition, "k", testing::RoutingText("t1", "first"));
  world.log.Append("routing", place.partition, "k", testing::RoutingText("t1", "unordered"));
  PipelineNode node(world);
  EXPECT_FALSE(node.RunUntil([] { return false; }, 20));
  EXPECT_EQ(node.runner->Health().code(), absl::StatusCode::kInternal);
}

TEST(Pipeline, StopsWhenATopicIsMissing) {
  World world;
  world.SayMany(3);
  PipelineNode node(world);
  node.logic.topic = "no-such-topic";
  EXPECT_FALSE(node.RunUntil([] { return false; }, 20));
  EXPECT_NE(node.runner->Health().message().find("no-such-topic"), absl::string_view::npos);
  EXPECT_EQ(world.log.AllRecords("commands").size(), 0U);
}

TEST(Pipeline, LeavesItsPartitionsToOthersWhenItStops) {
  World world;
  world.SayMany(3);
  PipelineNode one(world);
  one.logic.topic = "no-such-topic";
  ASSERT_FALSE(one.RunUntil([] { return false; }, 20));
  EXPECT_FALSE(one.runner->CaughtUp());
  PipelineOptions options = Options();
  options.member = "1";
  PipelineNode two(world, options);
  EXPECT_TRUE(two.RunUntil([&] { return AllCommitted(world); }));
}

TEST(Pipeline, StopsThePartitionOfWhichWhatItMustReadIsNotKeptAndNoOther) {
  World world;
  world.SayMany(20);
  {
    PipelineNode node(world);
    ASSERT_TRUE(node.RunUntil([&] { return AllCommitted(world); }));
  }
  world.SayMany(20, 20);
  const uint32_t gone = world.RoutingPartitionOf("t1").partition;
  const uint32_t other = 1 - gone;
  world.log.Trim({"routing", gone}, world.EndOf("routing", gone) - 1);
  PipelineNode node(world);
  ASSERT_TRUE(node.RunUntil([&] {
    return world.log.Committed("passer", {"routing", other}) == world.EndOf("routing", other);
  }));
  EXPECT_EQ(node.runner->Health().code(), absl::StatusCode::kOutOfRange);
  EXPECT_FALSE(node.runner->CaughtUp());
  EXPECT_LT(world.log.Committed("passer", {"routing", gone}), world.EndOf("routing", gone));
}

TEST(Pipeline, StopsAPartitionThatIsCutOffUnderIt) {
  World world;
  world.SayMany(20);
  PipelineNode node(world);
  ASSERT_TRUE(node.RunUntil([&] { return AllCommitted(world); }));
  const uint32_t gone = world.RoutingPartitionOf("t1").partition;
  const uint32_t other = 1 - gone;
  node.log.FailNextOffsets(2);  // The first time it cannot be told which one it is.
  world.SayMany(20, 20);
  world.log.Trim({"routing", gone}, world.EndOf("routing", gone) - 1);
  ASSERT_TRUE(node.RunUntil([&] {
    return world.log.Committed("passer", {"routing", other}) == world.EndOf("routing", other);
  }));
  EXPECT_EQ(node.runner->Health().code(), absl::StatusCode::kOutOfRange);
}

TEST(Pipeline, IsCaughtUpWhenItHasProcessedWhatWasThere) {
  World world;
  world.SayMany(20);
  PipelineNode node(world);
  EXPECT_FALSE(node.runner->CaughtUp());
  ASSERT_TRUE(node.RunUntil([&] { return node.runner->CaughtUp(); }));
  EXPECT_EQ(node.runner->Stats().processed, 20U);
}

TEST(Pipeline, HasNothingToCatchUpWithWhenItsGroupHasNoPartitionForIt) {
  World world;
  world.SayMany(20);
  PipelineOptions options = Options();
  PipelineNode one(world, options);
  options.member = "1";
  PipelineNode two(world, options);
  options.member = "2";
  PipelineNode three(world, options);
  EXPECT_FALSE(three.runner->CaughtUp()) << "nobody has told it";
  for (int round = 0; round < 20; ++round) {
    ASSERT_TRUE(one.Step());
    ASSERT_TRUE(two.Step());
    ASSERT_TRUE(three.Step());
  }
  EXPECT_TRUE(one.runner->CaughtUp());
  EXPECT_TRUE(two.runner->CaughtUp());
  EXPECT_TRUE(three.runner->CaughtUp());
  EXPECT_EQ(three.runner->Stats().processed, 0U);
}

TEST(Pipeline, IsNotCaughtUpWhileAnotherHasWhatIsToBeItsOwn) {
  World world;
  world.SayMany(20);
  PipelineOptions options = Options();
  PipelineNode one(world, options);
  ASSERT_TRUE(one.RunUntil([&] { return one.runner->CaughtUp(); }));
  options.member = "1";
  PipelineNode two(world, options);
  for (int round = 0; round < 5; ++round) ASSERT_TRUE(two.Step());
  EXPECT_FALSE(two.runner->CaughtUp());
  ASSERT_TRUE(one.RunUntil([&] {
    EXPECT_TRUE(two.Step());
    return two.runner->CaughtUp();
  }));
}

TEST(Pipeline, ReadsTheTopicOfItsStageAndNoOther) {
  World world;
  Process process;
  testing::MemoryLog log(world.log, process);
  PassOn logic;
  PipelineOptions options = Options();
  options.stage = StageId::kClassifier;
  EXPECT_EQ(PipelineRunner::Create(options, log, world.clock, logic).status().code(),
            absl::StatusCode::kInvalidArgument);
}

// Everything that a pipeline says in an outage of the log: once, and with growing pauses.
TEST(Pipeline, TellsOnceOfALogThatIsAwayAndAsksItLessAndLess) {
  World world;
  world.SayMany(40);
  std::vector<std::string> lines;
  telemetry::LogOptions to_lines;
  to_lines.sink = [&](std::string_view line) { lines.emplace_back(line); };
  const auto logger = telemetry::Logger::Create(to_lines, world.clock);
  ASSERT_TRUE(logger.ok());
  PipelineOptions options = Options();
  options.logger = logger->get();
  PipelineNode node(world, options);
  ASSERT_TRUE(node.RunUntil([&] { return AllCommitted(world); }));
  EXPECT_TRUE(lines.empty());
  for (int outage = 1; outage <= 2; ++outage) {
    node.log.SetAway(true);
    const uint64_t before = node.runner->Stats().poll_failures;
    for (int step = 0; step < 500; ++step) {
      ASSERT_TRUE(node.Step());
      world.clock.Advance(base::Duration(20));
    }
    const uint64_t polls = node.runner->Stats().poll_failures - before;
    EXPECT_GE(polls, 8U) << "in the end every two seconds of the ten";
    EXPECT_LE(polls, 20U);
    EXPECT_EQ(lines.size(), static_cast<size_t>(outage));
    node.log.SetAway(false);
    world.SayMany(20, 40 * outage);
    ASSERT_TRUE(node.RunUntil([&] { return AllCommitted(world); }));
  }
  EXPECT_NE(lines.front().find("passer"), std::string::npos);
  ExpectObservablyOnce(world);
}

TEST(Pipeline, BeginsWithItsPartitionsOnceTheLogIsBack) {
  World world;
  world.SayMany(40);
  PipelineNode node(world);
  node.log.FailNextOffsets(3);
  ASSERT_TRUE(node.RunUntil([&] { return AllCommitted(world); }));
  EXPECT_EQ(node.runner->Stats().poll_failures, 3U);
  EXPECT_TRUE(node.runner->CaughtUp());
  ExpectObservablyOnce(world);
}

TEST(Pipeline, DrainedAndStartedAgainRepeatsNothing) {
  World world;
  world.SayMany(50);
  PipelineOptions options = Options();
  options.commit_interval = base::Duration(3'600'000);
  {
    PipelineNode node(world, options);
    ASSERT_TRUE(node.RunUntil([&] { return node.runner->Stats().processed == 50; }));
    EXPECT_TRUE(node.runner->Drain(base::Duration(1000)).ok());
  }
  EXPECT_TRUE(AllCommitted(world));
  PipelineNode node(world, options);
  ASSERT_TRUE(node.RunUntil([&] { return node.runner->CaughtUp(); }));
  EXPECT_EQ(node.runner->Stats().processed, 0U);
}

TEST(Pipeline, HandsPartitionsOverWithoutRepeats) {
  World world;
  world.SayMany(40);
  PipelineOptions options = Options();
  options.commit_interval = base::Duration(3'600'000);
  PipelineNode one(world, options);
  ASSERT_TRUE(one.RunUntil([&] { return one.runner->Stats().processed == 40; }));
  options.member = "1";
  PipelineNode two(world, options);
  for (int round = 0; round < 20; ++round) {
    ASSERT_TRUE(one.Step());
    ASSERT_TRUE(two.Step());
  }
  EXPECT_EQ(two.runner->Stats().processed, 0U);
  world.SayMany(40, 40);
  ASSERT_TRUE(one.RunUntil([&] {
    EXPECT_TRUE(two.Step());
    return one.runner->Stats().processed + two.runner->Stats().processed == 80;
  }));
  EXPECT_GT(two.runner->Stats().processed, 0U);
  ExpectObservablyOnce(world);
}

TEST(Pipeline, RunsOnAThread) {
  World world;
  world.SayMany(300);
  Process process;
  testing::MemoryLog log(world.log, process);
  PassOn logic;
  auto runner = PipelineRunner::Create(Options(), log, world.clock, logic);
  ASSERT_TRUE(runner.ok());
  auto thread = PipelineThread::Start(*std::move(runner));
  while (thread->runner().Stats().processed < 300) std::this_thread::yield();
  EXPECT_TRUE(thread->Stop(base::Duration(5000)).ok());
  EXPECT_TRUE(AllCommitted(world));
  ExpectObservablyOnce(world);
}

}  // namespace
}  // namespace centralita::stage
