// How long a cluster needs to be itself again after each kind of kill, with 200 agents at work: a
// table, and JSON in build/logs of the checkout that CENTRALITA_ROOT names.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/e2e/cluster_fixture.h"

namespace centralita::e2e {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kAgents = 200;
constexpr std::chrono::seconds kRecovery{300};

class ClusterRecoveryTest : public ClusterTest {
 protected:
  void SetUp() override {
    const Finished policy =
        RunToEnd({"/usr/bin/env", "bash", CENTRALITA_BENCH_POLICY, std::to_string(kAgents)});
    ASSERT_EQ(policy.exit_code, 0) << policy.said;
    std::ofstream(folder_.File("policy.yaml")) << policy.said;
    cluster.UsePolicy(folder_.File("policy.yaml"));
    ClusterTest::SetUp();
  }
  static std::string AllAgents() {
    std::string ids;
    for (int i = 1; i <= kAgents; ++i) ids += fmt::format("{}agent-{}", i == 1 ? "" : ",", i);
    return ids;
  }
  // Accepted and not done yet; nothing while nobody can say.
  std::optional<uint64_t> Backlog() const {
    const auto overview = cluster.Overview();
    if (!overview.ok()) return std::nullopt;
    const auto& m = overview->messages();
    return m.accepted() - std::min(m.accepted(), m.resolved() + m.duplicates() + m.dead_lettered());
  }
  static int64_t MillisSince(Clock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
  }
  // Kills and starts it, and waits until no more is open than was before, give or take what comes
  // in a second. backlog_back_ms: when that was last not so, or nobody could say; 0: it always was.
  nlohmann::json Recover(const std::string& part, int rate) {
    nlohmann::json row = {{"killed", part}};
    std::optional<uint64_t> before;
    EXPECT_TRUE(Eventually([&] { return (before = Backlog()).has_value(); }, kSoon));
    if (!before.has_value()) return row;
    const auto begin = Clock::now();
    EXPECT_EQ(cluster.Kill(part).exit_code, 0);
    const Finished again = cluster.Start(part);
    EXPECT_EQ(again.exit_code, 0) << part << ": " << again.said;
    row["ready_ms"] = MillisSince(begin);
    uint64_t most = 0;
    int64_t last_behind_ms = 0;
    const bool back = Eventually(
        [&] {
          const auto now = Backlog();
          most = std::max(most, now.value_or(0));
          const int64_t passed = MillisSince(begin);
          if (!now.has_value() || *now > *before + static_cast<uint64_t>(rate)) {
            last_behind_ms = passed;
            return false;
          }
          // Longer than the session of whoever was killed: his going must have had time to show.
          return passed > 8'000;
        },
        kRecovery);
    EXPECT_TRUE(back) << part << ": " << cluster.Standing();
    row["backlog_back_ms"] = last_behind_ms;
    row["open_before"] = *before;
    row["most_open"] = most;
    return row;
  }
  static void Tell(const nlohmann::json& rows) {
    fmt::print("{:<14}{:>12}{:>18}{:>14}{:>12}\n", "killed", "ready ms", "backlog back ms",
               "open before", "most open");
    for (const auto& row : rows) {
      fmt::print("{:<14}{:>12}{:>18}{:>14}{:>12}\n", row["killed"].get<std::string>(),
                 row["ready_ms"].get<int64_t>(), row["backlog_back_ms"].get<int64_t>(),
                 row["open_before"].get<uint64_t>(), row["most_open"].get<uint64_t>());
    }
    const char* const root = std::getenv("CENTRALITA_ROOT");
    if (root != nullptr) {
      std::ofstream(std::string(root) + "/build/logs/recovery.json") << rows.dump(2) << "\n";
    }
  }
};

TEST_F(ClusterRecoveryTest, ItIsItselfAgainAfterEachKill) {
  const int rate = Full() ? 300 : 100;
  const uint64_t messages = Full() ? 50'000 : 5'000;
  StartAgents(AllAgents());
  StartLoad(rate);
  ASSERT_NO_FATAL_FAILURE(After(500));
  auto rows = nlohmann::json::array();
  for (const char* part : {"router-0", "classifier-0", "gateway-0", "sla-timer-0", "metrics-0",
                           "ingest-0", "redis", "kafka"}) {
    rows.push_back(Recover(part, rate));
    ASSERT_FALSE(HasFailure());
    ASSERT_TRUE(load_->running()) << load_->Said();
  }
  Tell(rows);
  expected_ = messages;
  ASSERT_TRUE(cluster.Accepted(messages, std::chrono::seconds(600))) << cluster.Standing();
  Judge();
}

}  // namespace
}  // namespace centralita::e2e
