// A process may end between any two of its steps; what the world sees must be as if it had not.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "centralita/base/topics.h"
#include "tests/unit/stage/world.h"

namespace centralita::stage {
namespace {

struct CrashCase {
  Point point;
  std::string where;
  int nth;
};

class CrashTest : public ::testing::TestWithParam<CrashCase> {};

TEST_P(CrashTest, LeavesNoTrace) {
  const CrashCase& param = GetParam();
  World world;
  world.SayMany(40);
  bool crashed = false;
  {
    Node node(world, FirstStage());
    node.process.CrashAt(param.point, static_cast<uint64_t>(param.nth), param.where);
    for (int round = 0; round < 40 && !crashed; ++round) {
      world.SayMany(3, 40 + 3 * round);
      crashed = !RunUntil({&node}, [&] { return world.Finished("route", "routing"); });
    }
  }
  ASSERT_TRUE(crashed) << "the point was never reached";
  FinishAll(world, FirstStage());
  ExpectExactlyOnce(world, FirstStage());
  ExpectTrueState(world, FirstStage());
}

std::vector<CrashCase> CrashCases() {
  std::vector<CrashCase> cases;
  for (const int nth : {1, 2, 3, 7, 30, 53}) {
    cases.push_back({Point::kBeforeAppend, "commands", nth});
    cases.push_back({Point::kAfterAppend, "commands", nth});
    cases.push_back({Point::kAfterAck, "commands", nth});
  }
  for (const int nth : {1, 2, 3, 6}) {
    cases.push_back({Point::kBeforeCommit, "stage/route/0", nth});
    cases.push_back({Point::kAfterCommit, "stage/route/0", nth});
    cases.push_back({Point::kAfterCommit, "stage/route/1", nth});
  }
  return cases;
}

std::string CaseName(const ::testing::TestParamInfo<CrashCase>& info) {
  static const char* const kNames[] = {"BeforeAppend", "AfterAppend", "AfterAck", "BeforeCommit",
                                       "AfterCommit"};
  std::string where = info.param.where;
  for (char& c : where) c = c == '/' || c == '-' ? '_' : c;
  return fmt::format("{}_{}_{}", kNames[static_cast<int>(info.param.point)], where, info.param.nth);
}

INSTANTIATE_TEST_SUITE_P(AtEachStep, CrashTest, ::testing::ValuesIn(CrashCases()), CaseName);

// Two stages, each crashing at random steps again and again; a third party's view of the end is
// exact.
class ChainTest : public ::testing::TestWithParam<int> {};

TEST_P(ChainTest, TheSecondStageSeesEachOutputOfTheFirstOnce) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  World world;
  for (int life = 0; life < 6; ++life) {
    Node first(world, FirstStage());
    Node second(world, SecondStage());
    Node& victim = random() % 2 == 0 ? first : second;
    victim.process.CrashAtStep(1 + random() % 120);
    for (int round = 0; round < 20; ++round) {
      world.SayMany(static_cast<int>(random() % 10), static_cast<int>(random() % 1000));
      if (random() % 4 == 0) world.Say("t1", fmt::format("due:{}", random() % 200));
      world.clock.Advance(base::Duration(random() % 60));
      if (!first.Step() || !second.Step()) break;
    }
  }
  FinishAll(world, FirstStage());
  FinishAll(world, SecondStage());
  ExpectExactlyOnce(world, FirstStage());
  ExpectExactlyOnce(world, SecondStage());
  ExpectTrueState(world, FirstStage());
  ExpectTrueState(world, SecondStage());
  EXPECT_GT(TruthOf(world, SecondStage()).outputs.size(), 50U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ChainTest, ::testing::Range(1, 31));

}  // namespace
}  // namespace centralita::stage
