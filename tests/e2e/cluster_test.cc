// The services as processes of their own on real Kafka and Redis: each part is killed in mid-load,
// and nothing may be lost, and nothing done twice.
#include "tests/e2e/cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace centralita::e2e {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::chrono::seconds kSoon{60};

class ClusterTest : public testing::Test {
 protected:
  void SetUp() override {
    const Finished up = cluster.Up();
    ASSERT_EQ(up.exit_code, 0) << up.said;
  }
  void StartAgents() {
    agents_ = std::make_unique<Child>(
        VerbTo(cluster.agents(), {"agents", "--ids", kTwelve, "--think", "20", "--handling", "100",
                                  "--ledger", folder_.File("ledger")}),
        folder_.File("agents.txt"));
  }
  // Until Judge() ends it.
  void StartLoad(int rate) {
    load_ = std::make_unique<Child>(
        VerbTo(cluster.ingest(),
               {"load", "--messages", "10000000", "--rate", std::to_string(rate), "--customers",
                std::to_string(10 * rate), "--frame", "5", "--duplicates", "0.01", "--ledger",
                folder_.File("ledger"), "--json", folder_.File("load.json"), "--quiet"}),
        folder_.File("load.txt"));
  }
  // Once so many more messages have been accepted.
  void After(uint64_t messages) {
    expected_ += messages;
    ASSERT_TRUE(cluster.Accepted(expected_, kSoon)) << cluster.Standing() << load_->Said();
    ASSERT_TRUE(load_->running()) << load_->Said();
  }
  void KillAndStart(const std::string& part) {
    ASSERT_EQ(cluster.Kill(part).exit_code, 0) << part;
    const Finished again = cluster.Start(part);
    ASSERT_EQ(again.exit_code, 0) << part << ": " << again.said;
  }
  // As the sender was told.
  uint64_t Accepted() const {
    std::ifstream file(folder_.File("load.json"));
    const auto result = nlohmann::json::parse(file, nullptr, false);
    return result.is_object() ? result.value("accepted", uint64_t{0}) : 0;
  }
  void Judge() {
    load_->Signal(SIGINT);
    // 1: something was refused. While the store is away or is being loaded from, that is right.
    const auto ended = load_->Wait(std::chrono::seconds(240));
    ASSERT_TRUE(ended == 0 || ended == 1) << load_->Said();
    EXPECT_THAT(load_->Said(), AnyOf(Not(HasSubstr("first refusal")), HasSubstr("send it again")));
    const auto accepted = Accepted();
    EXPECT_GE(accepted, expected_) << load_->Said();
    EXPECT_TRUE(cluster.Settled(accepted, std::chrono::seconds(120))) << cluster.Standing();
    agents_->Signal(SIGINT);
    EXPECT_EQ(agents_->Wait(), 0) << agents_->Said();
    const Finished judged = cluster.Judge(folder_.File("ledger"), folder_.File("report.json"));
    EXPECT_EQ(judged.exit_code, 0) << judged.said;
  }

  const contract::TempFolder folder_;
  Cluster cluster;
  std::unique_ptr<Child> agents_;
  std::unique_ptr<Child> load_;
  uint64_t expected_ = 0;
};

TEST_F(ClusterTest, KillingEachServiceInTurnLosesNothingAndDoesNothingTwice) {
  StartAgents();
  StartLoad(Full() ? 500 : 120);
  for (const char* part :
       {"router-0", "classifier-0", "gateway-0", "sla-timer-0", "metrics-0", "ingest-0"}) {
    ASSERT_NO_FATAL_FAILURE(After(Full() ? 7'000 : 500));
    ASSERT_NO_FATAL_FAILURE(KillAndStart(part));
  }
  ASSERT_NO_FATAL_FAILURE(After(Full() ? 8'000 : 500));
  Judge();
}

TEST_F(ClusterTest, KillingKafkaAndRedisLosesNothingAndDoesNothingTwice) {
  StartAgents();
  StartLoad(Full() ? 300 : 100);
  for (const char* part : {"redis", "kafka"}) {
    ASSERT_NO_FATAL_FAILURE(After(Full() ? 6'000 : 500));
    ASSERT_NO_FATAL_FAILURE(KillAndStart(part));
  }
  ASSERT_NO_FATAL_FAILURE(After(Full() ? 8'000 : 500));
  Judge();
}

TEST_F(ClusterTest, AStopOfEachServiceUnderLoadLosesNothing) {
  StartAgents();
  StartLoad(120);
  for (const char* part : {"router-1", "classifier-1", "gateway-1", "ingest-0"}) {
    ASSERT_NO_FATAL_FAILURE(After(400));
    const Finished stopped = cluster.Stop(part);
    ASSERT_EQ(stopped.exit_code, 0) << stopped.said;
    EXPECT_THAT(stopped.said, Not(HasSubstr("does not stop"))) << part;
    const Finished again = cluster.Start(part);
    ASSERT_EQ(again.exit_code, 0) << part << ": " << again.said;
  }
  ASSERT_NO_FATAL_FAILURE(After(400));
  Judge();
}

}  // namespace
}  // namespace centralita::e2e
