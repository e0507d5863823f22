#include "tests/e2e/cluster_fixture.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "centralita/base/topics.h"
#include "tests/e2e/topic_reader.h"
#include "tests/golden/recording.h"

namespace centralita::e2e {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

void ClusterTest::SetUp() {
  const Finished up = cluster.Up();
  ASSERT_EQ(up.exit_code, 0) << up.said;
}

void ClusterTest::TearDown() {
  const char* const root = std::getenv("CENTRALITA_ROOT");
  if (!HasFailure() || root == nullptr) return;
  const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
  const std::string kept = std::string(root) + "/build/logs/" + test->name();
  cluster.KeepLogs(kept);
  std::error_code ignored;
  std::filesystem::copy(folder_.File("report.json"), kept, ignored);
}

void ClusterTest::StartAgents(const std::string& ids, int handling_ms) {
  agents_ = std::make_unique<Child>(
      VerbTo(cluster.agents(), {"agents", "--ids", ids, "--think", "20", "--handling",
                                std::to_string(handling_ms), "--ledger", folder_.File("ledger")}),
      folder_.File("agents.txt"));
}

void ClusterTest::StartLoad(int rate) {
  load_ = std::make_unique<Child>(
      VerbTo(cluster.ingest(),
             {"load", "--messages", "10000000", "--rate", std::to_string(rate), "--customers",
              std::to_string(10 * rate), "--frame", "5", "--duplicates", "0.01", "--ledger",
              folder_.File("ledger"), "--json", folder_.File("load.json"), "--quiet"}),
      folder_.File("load.txt"));
}

void ClusterTest::After(uint64_t messages) {
  expected_ += messages;
  ASSERT_TRUE(cluster.Accepted(expected_, kSoon)) << cluster.Standing() << load_->Said();
  ASSERT_TRUE(load_->running()) << load_->Said();
}

void ClusterTest::KillAndStart(const std::string& part) {
  ASSERT_EQ(cluster.Kill(part).exit_code, 0) << part;
  const Finished again = cluster.Start(part);
  ASSERT_EQ(again.exit_code, 0) << part << ": " << again.said;
}

uint64_t ClusterTest::Accepted() const {
  std::ifstream file(folder_.File("load.json"));
  const auto result = nlohmann::json::parse(file, nullptr, false);
  return result.is_object() ? result.value("accepted", uint64_t{0}) : 0;
}

void ClusterTest::Record() {
  const char* const root = std::getenv("CENTRALITA_ROOT");
  if (root == nullptr) return;
  const std::string folder = std::string(root) + "/build/recorded";
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  std::filesystem::create_directories(folder, ignored);
  const auto log = cluster.Log();
  ASSERT_TRUE(log.ok()) << log.status();
  for (const std::string_view topic : {base::topics::kRouting, base::topics::kCommands}) {
    std::map<uint32_t, std::ofstream> files;
    const absl::Status read =
        ReadTopic(**log, topic, [&](uint32_t partition, const eventlog::Record& record) {
          std::ofstream& file = files[partition];
          if (!file.is_open()) {
            file.open(folder + "/" + std::string(topic) + "-" + std::to_string(partition),
                      std::ios::binary);
          }
          golden::WriteRecord(file, record.offset, base::ToUnixMillis(record.append_time),
                              record.key, record.value);
        });
    ASSERT_TRUE(read.ok()) << read;
    for (auto& [partition, file] : files) {
      file.close();
      ASSERT_TRUE(file) << folder << " cannot be written";
    }
    EXPECT_FALSE(files.empty()) << topic;
  }
}

void ClusterTest::Judge() {
  load_->Signal(SIGINT);
  // 1: something was refused. While the store is away or is being loaded from, that is right.
  const auto ended = load_->Wait(std::chrono::seconds(240));
  ASSERT_TRUE(ended == 0 || ended == 1) << load_->Said();
  EXPECT_THAT(load_->Said(), AnyOf(Not(HasSubstr("first refusal")), HasSubstr("send it again")));
  const auto accepted = Accepted();
  EXPECT_GE(accepted + others_, expected_) << load_->Said();
  EXPECT_TRUE(cluster.Settled(accepted + others_, kPatience)) << cluster.Standing();
  agents_->Signal(SIGINT);
  EXPECT_EQ(agents_->Wait(), 0) << agents_->Said();
  const Finished judged = cluster.Judge(folder_.File("ledger"), folder_.File("report.json"));
  EXPECT_EQ(judged.exit_code, 0) << judged.said;
}

}  // namespace centralita::e2e
