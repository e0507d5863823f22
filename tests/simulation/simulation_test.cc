#include <gtest/gtest.h>

#include "tests/simulation/script.h"
#include "tests/simulation/simulate.h"

namespace centralita::simulation {
namespace {

TEST(Script, IsReadAsItIsWritten) {
  const Script script = Draw(7, 200);
  const auto again = FromText(ToText(script));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, script);
  EXPECT_NE(Draw(8, 200), script);
}

TEST(Script, SaysWhichLineIsWrong) {
  EXPECT_EQ(FromText("say 1 2\nsing 1 2\n").status().message().find("Line 2"), 0u);
  EXPECT_FALSE(FromText("say 1\n").ok());
  EXPECT_FALSE(FromText("say one 2\n").ok());
}

TEST(Simulation, IsTheSameEveryTime) {
  const Script script = Draw(3, 400);
  const Outcome first = Simulate(script);
  const Outcome second = Simulate(script);
  EXPECT_EQ(first.simulated_ms, second.simulated_ms);
  EXPECT_EQ(first.commands, second.commands);
  EXPECT_EQ(first.repeats_dropped, second.repeats_dropped);
  EXPECT_EQ(first.status, second.status);
}

TEST(Simulation, NothingBreaksWhateverFails) {
  uint64_t faults = 0;
  uint64_t repeats = 0;
  uint64_t crashes = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    const Outcome outcome = Simulate(Draw(seed, 500));
    ASSERT_TRUE(outcome.status.ok())
        << "centralita-simulate --seed " << seed << " --runs 1 --steps 500\n"
        << outcome.status.message();
    faults += outcome.faults;
    repeats += outcome.repeats_dropped;
    crashes += outcome.crashes;
  }
  // Or it would prove nothing.
  EXPECT_GT(faults, 5000u);
  EXPECT_GT(repeats, 1000u);
  EXPECT_GT(crashes, 300u);
}

}  // namespace
}  // namespace centralita::simulation
