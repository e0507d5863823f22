// The whole of `centralita up` is killed in mid-load, again and again: nothing may be lost, and
// nothing done twice.
#include <gtest/gtest.h>
#include <signal.h>

#include "tests/contract/temp_folder.h"
#include "tests/e2e/node.h"

namespace centralita::e2e {
namespace {

constexpr int kKills = 5;

class KillTest : public testing::Test {
 protected:
  std::unique_ptr<Child> StartAgents() {
    return std::make_unique<Child>(
        node.Verb({"agents", "--ids", kTwelve, "--think", "20", "--handling", "100", "--ledger",
                   folder.File("ledger")}),
        folder.File("agents.txt"));
  }
  std::unique_ptr<Child> StartLoad(uint64_t messages, int rate) {
    return std::make_unique<Child>(
        node.Verb({"load", "--messages", std::to_string(messages), "--rate", std::to_string(rate),
                   "--customers", std::to_string(messages / 4), "--frame", "5", "--duplicates",
                   "0.01", "--ledger", folder.File("ledger"), "--quiet"},
                  true),
        folder.File("load.txt"));
  }
  bool Accepted(uint64_t at_least) { return node.Accepted(at_least, std::chrono::seconds(60)); }
  void Judge() {
    const Finished judged =
        JudgeLedger(node.data(), folder.File("ledger"), folder.File("report.json"));
    EXPECT_EQ(judged.exit_code, 0) << judged.said;
  }

  contract::TempFolder folder;
  Node node{folder.File(".")};
};

TEST_F(KillTest, FiveKillsInMidLoadLoseNothingAndDoNothingTwice) {
  const uint64_t messages = Full() ? 30'000 : 2'500;
  ASSERT_TRUE(node.Start()) << node.Said();
  const auto agents = StartAgents();
  const auto load = StartLoad(messages, Full() ? 300 : 150);
  for (uint64_t kill = 1; kill <= kKills; ++kill) {
    ASSERT_TRUE(Accepted(messages * kill / (kKills + 1))) << node.Standing();
    ASSERT_TRUE(load->running()) << "the kill would not be in mid-load";
    node.Kill();
    ASSERT_TRUE(node.Start()) << "after kill " << kill << ": " << node.Said();
  }
  ASSERT_EQ(load->Wait(std::chrono::seconds(180)), 0) << load->Said();
  EXPECT_NE(load->Said().find("connected again"), std::string::npos) << load->Said();
  EXPECT_TRUE(node.Settled(messages, std::chrono::seconds(Full() ? 180 : 60))) << node.Standing();
  agents->Signal(SIGINT);
  EXPECT_EQ(agents->Wait(), 0) << agents->Said();
  EXPECT_EQ(node.Stop(), 0) << node.Said();
  Judge();
}

TEST_F(KillTest, AStopUnderLoadLosesNothing) {
  const uint64_t messages = 1'000;
  ASSERT_TRUE(node.Start()) << node.Said();
  const auto agents = StartAgents();
  const auto load = StartLoad(messages, 200);
  ASSERT_TRUE(Accepted(messages / 2)) << node.Standing();
  ASSERT_TRUE(load->running());
  EXPECT_EQ(node.Stop(), 0) << node.Said();
  EXPECT_NE(node.Said().find("Stopped."), std::string::npos) << node.Said();
  ASSERT_TRUE(node.Start()) << node.Said();
  ASSERT_EQ(load->Wait(std::chrono::seconds(60)), 0) << load->Said();
  EXPECT_TRUE(node.Settled(messages, std::chrono::seconds(60))) << node.Standing();
  agents->Signal(SIGINT);
  EXPECT_EQ(agents->Wait(), 0) << agents->Said();
  EXPECT_EQ(node.Stop(), 0) << node.Said();
  Judge();
}

}  // namespace
}  // namespace centralita::e2e
