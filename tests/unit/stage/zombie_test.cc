// Two processes that both believe that they own every partition.
#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "tests/unit/stage/world.h"

namespace centralita::stage {
namespace {

StageOptions Member(const std::string& member) {
  StageOptions options = FirstStage();
  options.member = member;
  return options;
}

std::function<bool()> AllDone(const World& world) {
  return [&world] { return world.Finished("route", "routing"); };
}

// A process that has done 30 records and written its checkpoints, and is not stepped for a while.
class SleepingZombie : public ::testing::Test {
 protected:
  void SetUp() override {
    world.log.LetAllOwnAll();
    world.SayMany(30);
    zombie.emplace(world, Member("zombie"));
    ASSERT_TRUE(RunUntil({&*zombie}, AllDone(world)));
  }
  bool HasReloaded() const { return zombie->runner->Stats().reloads >= kPartitions; }

  World world;
  std::optional<Node> zombie;
};

TEST_F(SleepingZombie, ThatIsBehindReloadsAndAgrees) {
  // The new owner goes on and writes checkpoints.
  Node owner(world, Member("owner"));
  world.SayMany(50, 30);
  ASSERT_TRUE(RunUntil({&owner}, AllDone(world)));
  // The zombie awakes: it applies the same records, and its checkpoint finds another one.
  ASSERT_TRUE(RunUntil({&*zombie}, [&] { return HasReloaded(); }));
  EXPECT_GE(zombie->runner->Stats().checkpoint_failures, 1U);
  world.SayMany(20, 80);
  ASSERT_TRUE(RunUntil({&*zombie, &owner}, AllDone(world)));
  ExpectExactlyOnce(world, FirstStage());
  EXPECT_EQ(zombie->States(), TruthOf(world, FirstStage()).states);
}

TEST_F(SleepingZombie, ThatIsAheadReloadsAndAgrees) {
  // The zombie applies everything but cannot write its checkpoint, since nothing is acknowledged.
  zombie->log.HoldAcks();
  world.SayMany(60, 30);
  const auto all_applied = [&] { return zombie->runner->Stats().applied == 90; };
  ASSERT_TRUE(RunUntil({&*zombie}, all_applied));
  // The owner starts from the older checkpoint and writes one, maybe short of where the zombie is.
  Node owner(world, Member("owner"));
  ASSERT_TRUE(RunUntil({&owner}, AllDone(world)));
  zombie->log.ReleaseAcks();
  ASSERT_TRUE(RunUntil({&*zombie}, [&] { return HasReloaded(); }));
  ExpectExactlyOnce(world, FirstStage());
  world.SayMany(20, 90);
  ASSERT_TRUE(RunUntil({&owner, &*zombie}, AllDone(world)));
  ExpectExactlyOnce(world, FirstStage());
  EXPECT_EQ(zombie->States(), TruthOf(world, FirstStage()).states);
  EXPECT_EQ(owner.States(), TruthOf(world, FirstStage()).states);
}

TEST(Zombie, AndOwnerTogetherAreAsOne) {
  World world;
  world.log.LetAllOwnAll();
  Node one(world, Member("one"));
  Node two(world, Member("two"));
  for (int round = 0; round < 200; ++round) {
    world.SayMany(round % 5, round * 5);
    if (round % 40 == 7) world.Say("t1", "due:50");
    ASSERT_TRUE(one.Step());
    if (round % 3 == 0) {
      ASSERT_TRUE(two.Step());
    }
    world.clock.Advance(base::Duration(17));
  }
  ASSERT_TRUE(RunUntil({&one, &two}, AllDone(world)));
  ExpectExactlyOnce(world, FirstStage());
  EXPECT_EQ(one.States(), TruthOf(world, FirstStage()).states);
}

TEST_F(SleepingZombie, TellsItsObserverOfTheLossBeforeItActsAgain) {
  Node owner(world, Member("owner"));
  world.SayMany(30, 30);
  ASSERT_TRUE(RunUntil({&owner}, AllDone(world)));
  zombie->recorder.said.clear();
  ASSERT_TRUE(RunUntil({&*zombie}, [&] {
    return HasReloaded() && zombie->recorder.caught_up.size() == kPartitions;
  }));
  ASSERT_EQ(zombie->recorder.said.size(), 2 * kPartitions);
  EXPECT_TRUE(zombie->recorder.said.front().starts_with("lost"));
  EXPECT_TRUE(zombie->recorder.said.back().starts_with("caught up"));
}

}  // namespace
}  // namespace centralita::stage
