// Two processes that both believe that they own every partition.
#include <gtest/gtest.h>

#include "tests/unit/stage/world.h"

namespace centralita::stage {
namespace {

StageOptions Member(const std::string& member) {
  StageOptions options = FirstStage();
  options.member = member;
  return options;
}

TEST(Zombie, ThatIsBehindReloadsAndAgrees) {
  World world;
  world.log.LetAllOwnAll();
  world.SayMany(30);
  Node zombie(world, Member("zombie"));
  ASSERT_TRUE(RunUntil({&zombie}, [&] { return world.Finished("route", "routing"); }));
  // The zombie sleeps; the new owner goes on and writes checkpoints.
  Node owner(world, Member("owner"));
  world.SayMany(50, 30);
  ASSERT_TRUE(RunUntil({&owner}, [&] { return world.Finished("route", "routing"); }));
  // The zombie awakes: it applies the same records, and its checkpoint finds another one.
  ASSERT_TRUE(RunUntil({&zombie}, [&] { return zombie.runner->Stats().reloads >= kPartitions; }));
  EXPECT_GE(zombie.runner->Stats().checkpoint_failures, 1U);
  world.SayMany(20, 80);
  ASSERT_TRUE(RunUntil({&zombie, &owner}, [&] { return world.Finished("route", "routing"); }));
  ExpectExactlyOnce(world, FirstStage());
  EXPECT_EQ(zombie.States(), TruthOf(world, FirstStage()).states);
}

TEST(Zombie, ThatIsAheadReloadsAndAgrees) {
  World world;
  world.log.LetAllOwnAll();
  world.SayMany(30);
  Node zombie(world, Member("zombie"));
  ASSERT_TRUE(RunUntil({&zombie}, [&] { return world.Finished("route", "routing"); }));
  // The zombie applies everything but cannot write its checkpoint, since nothing is acknowledged.
  zombie.log.HoldAcks();
  world.SayMany(60, 30);
  const auto all_applied = [&] { return zombie.runner->Stats().applied == 90; };
  ASSERT_TRUE(RunUntil({&zombie}, all_applied));
  // The owner starts from the older checkpoint and writes one, maybe short of where the zombie is.
  Node owner(world, Member("owner"));
  ASSERT_TRUE(RunUntil({&owner}, [&] { return world.Finished("route", "routing"); }));
  zombie.log.ReleaseAcks();
  ASSERT_TRUE(RunUntil({&zombie}, [&] { return zombie.runner->Stats().reloads >= kPartitions; }));
  ExpectExactlyOnce(world, FirstStage());
  world.SayMany(20, 90);
  ASSERT_TRUE(RunUntil({&owner, &zombie}, [&] { return world.Finished("route", "routing"); }));
  ExpectExactlyOnce(world, FirstStage());
  EXPECT_EQ(zombie.States(), TruthOf(world, FirstStage()).states);
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
  ASSERT_TRUE(RunUntil({&one, &two}, [&] { return world.Finished("route", "routing"); }));
  ExpectExactlyOnce(world, FirstStage());
  EXPECT_EQ(one.States(), TruthOf(world, FirstStage()).states);
}

TEST(Zombie, TellsItsObserverOfTheLossBeforeItActsAgain) {
  World world;
  world.log.LetAllOwnAll();
  world.SayMany(30);
  Node zombie(world, Member("zombie"));
  ASSERT_TRUE(RunUntil({&zombie}, [&] { return world.Finished("route", "routing"); }));
  Node owner(world, Member("owner"));
  world.SayMany(30, 30);
  ASSERT_TRUE(RunUntil({&owner}, [&] { return world.Finished("route", "routing"); }));
  zombie.recorder.said.clear();
  ASSERT_TRUE(RunUntil({&zombie}, [&] {
    return zombie.runner->Stats().reloads >= kPartitions &&
           zombie.recorder.caught_up.size() == kPartitions;
  }));
  ASSERT_EQ(zombie.recorder.said.size(), 2 * kPartitions);
  EXPECT_TRUE(zombie.recorder.said.front().starts_with("lost"));
  EXPECT_TRUE(zombie.recorder.said.back().starts_with("caught up"));
}

}  // namespace
}  // namespace centralita::stage
