// kill -9 of sla-timer, of Redis and of the routers while timers fall due: none lost, none early,
// none twice in effect. How late they were is told as a table, and as JSON in build/logs of the
// checkout that CENTRALITA_ROOT names. With CENTRALITA_FULL=1 a hundred thousand for each kill.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/e2e/cluster_fixture.h"
#include "tests/e2e/due_timers.h"

namespace centralita::e2e {
namespace {

constexpr char kPolicy[] = R"(
tenants:
  - id: luna
    name: Clocks
    languages: [en]
    api_keys: ["plain:luna-demo-key"]
intents: [other]
rules:
  - {name: order, intent: other, any: {en: [my order]}}
routes:
  - {name: everything, pool: pool-0, steps: [{queue: general}]}
)";

struct Kill {
  const char* name;
  std::vector<std::string> parts;
};

class SlaKillTest : public ClusterTest {
 protected:
  void SetUp() override {
    std::ofstream policy(folder_.File("policy.yaml"));
    policy << kPolicy << "pools:\n";
    for (int pool = 0; pool < DueTimers::kPools; ++pool) {
      policy << "  - {name: " << DueTimers::PoolName(pool) << ", queues: [general]}\n";
    }
    policy.close();
    cluster.UsePolicy(folder_.File("policy.yaml"));
    ASSERT_NO_FATAL_FAILURE(ClusterTest::SetUp());
    auto log = cluster.Log();
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
    auto timers = DueTimers::Create(*log_);
    ASSERT_TRUE(timers.ok()) << timers.status();
    timers_ = *std::move(timers);
  }

  // Reads on until `condition` holds.
  bool Until(const std::function<bool()>& condition) {
    return Eventually(
        [&] {
          const absl::Status followed = timers_->Follow(base::Duration(50));
          EXPECT_TRUE(followed.ok()) << followed;
          return !followed.ok() || condition();
        },
        kPatience);
  }

  // One kill while timers fall due, and all that is due. False if it came when all was over.
  bool KilledAmong(const Kill& kill, nlohmann::json& row) {
    const size_t first = timers_->size();
    const base::TimePoint due = clock_.Now() + ahead_;
    EXPECT_TRUE(timers_->Write(count_, due, within_).ok());
    EXPECT_TRUE(Until([&] { return timers_->Known(first) == count_; }));
    const auto before_due = due - clock_.Now();
    EXPECT_TRUE(Until([&] { return timers_->Effective(first) >= count_ / 20; }));
    for (const std::string& part : kill.parts) EXPECT_EQ(cluster.Kill(part).exit_code, 0);
    const base::TimePoint killed = clock_.Now();
    for (const std::string& part : kill.parts) {
      const Finished again = cluster.Start(part);
      EXPECT_EQ(again.exit_code, 0) << part << ": " << again.said;
    }
    EXPECT_TRUE(Until([&] { return timers_->Done(first) == count_; }))
        << timers_->Judge(first, timers_->size()).ToString();
    row = {{"killed", kill.name},
           {"timers", count_},
           {"armed_before_due_ms", before_due.count()},
           {"after_the_kill", timers_->EffectiveSince(first, killed)},
           {"from", first}};
    return timers_->EffectiveSince(first, killed) > 0;
  }

  // What was sent before these is applied before them.
  void LastOnes() {
    const size_t first = timers_->size();
    const size_t few = 10 * DueTimers::kPools;
    ASSERT_TRUE(timers_->Write(few, clock_.Now() + kResent, base::Duration(100)).ok());
    ASSERT_TRUE(Until([&] { return timers_->Done(first) == few; }));
  }

  static void Tell(const nlohmann::json& rows) {
    const std::vector<const char*> columns = {
        "timers",      "after_the_kill", "alarm_late_p50_ms", "alarm_late_p99_ms", "late_p50_ms",
        "late_p90_ms", "late_p99_ms",    "late_max_ms",       "alarms_again",      "repeats"};
    for (const auto& row : rows) {
      fmt::print("{}:", row["killed"].get<std::string>());
      for (const char* column : columns) {
        fmt::print(" {} {}", column, row[column].get<int64_t>());
      }
      fmt::print("\n");
    }
    const char* const root = std::getenv("CENTRALITA_ROOT");
    if (root != nullptr) {
      std::ofstream(std::string(root) + "/build/logs/sla_kills.json") << rows.dump(2) << "\n";
    }
  }

  void Judge(nlohmann::json& row) {
    const auto first = row["from"].get<size_t>();
    const DueTimers::Verdict verdict = timers_->Judge(first, first + count_);
    EXPECT_TRUE(verdict.clean()) << row["killed"] << ": " << verdict.ToString();
    row["alarm_late_p50_ms"] = Percentile(verdict.alarms_late, 50).count();
    row["alarm_late_p99_ms"] = Percentile(verdict.alarms_late, 99).count();
    row["late_p50_ms"] = Percentile(verdict.late, 50).count();
    row["late_p90_ms"] = Percentile(verdict.late, 90).count();
    row["late_p99_ms"] = Percentile(verdict.late, 99).count();
    row["late_max_ms"] = Percentile(verdict.late, 100).count();
    row["alarms_again"] = verdict.alarms_again;
    row["repeats"] = verdict.repeats;
  }

  // Longer than until an alarm without effect is sent again.
  static constexpr base::Duration kResent{6'000};
  const base::SystemClock clock_;
  const size_t count_ = Full() ? 100'000 : 3'000;
  const base::Duration ahead_{Full() ? 40'000 : 4'000};
  const base::Duration within_{Full() ? 10'000 : 5'000};
  std::unique_ptr<eventlog::EventLog> log_;
  std::unique_ptr<DueTimers> timers_;
};

TEST_F(SlaKillTest, NoTimerIsLostEarlyOrTwiceInEffectWhoeverIsKilled) {
  auto rows = nlohmann::json::array();
  for (const Kill& kill : {Kill{"sla-timer", {"sla-timer-0"}}, Kill{"redis", {"redis"}},
                           Kill{"routers", {"router-0", "router-1"}}}) {
    // On a machine with much else to do a kill may take longer than there are timers.
    bool among = false;
    for (int attempt = 0; attempt < 3 && !among; ++attempt) {
      among = KilledAmong(kill, rows.emplace_back());
      ASSERT_FALSE(HasFailure()) << kill.name;
    }
    EXPECT_TRUE(among) << kill.name << " was never killed while timers fell due";
  }
  ASSERT_NO_FATAL_FAILURE(LastOnes());
  for (auto& row : rows) Judge(row);
  Tell(rows);
}

}  // namespace
}  // namespace centralita::e2e
