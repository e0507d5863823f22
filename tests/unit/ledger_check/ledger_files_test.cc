// Ledgers as crashes and accidents leave them, and what the writer refuses.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "ledger_builder.h"

namespace centralita::ledger {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Matter kFirst{"conversation-a"};

class LedgerFiles : public testing::Test, public LedgerBuilder {
 protected:
  std::filesystem::path File(const std::string& name) const { return folder() / name; }
  void OneLife() {
    Capacity("ana", 100);
    Connect("ana");
    Accept("m1", 0);
    Open(kFirst, "m1");
    Hand(kFirst, "ana", {"m1"});
    Resolve(kFirst, "ana", 1, 1);
  }
  void CutOff(const std::string& name, uint64_t bytes) {
    std::filesystem::resize_file(File(name), std::filesystem::file_size(File(name)) - bytes);
  }
  void Add(const std::string& name, const std::string& bytes) {
    std::ofstream(File(name), std::ios::app | std::ios::binary) << bytes;
  }
};

TEST_F(LedgerFiles, LastLineCutShortIsLeftOutAndTold) {
  OneLife();
  Accept("m2", 1);
  ASSERT_TRUE(writer().Close().ok());
  CutOff("senders.test.jsonl", 5);
  const Report report = Check();
  EXPECT_TRUE(report.Clean()) << ToTable(report);
  EXPECT_EQ(report.accepted, 1u);
  EXPECT_THAT(report.truncated, ElementsAre(HasSubstr("senders.test.jsonl")));
}

TEST_F(LedgerFiles, LastBlockCutShortIsLeftOutAndTold) {
  OneLife();
  ASSERT_TRUE(writer().Close().ok());
  Add("events.test.bin", std::string("\x40\x00\x00\x00half", 8));
  const Report report = Check();
  EXPECT_TRUE(report.Clean()) << ToTable(report);
  EXPECT_THAT(report.truncated, ElementsAre(HasSubstr("events.test.bin")));
}

TEST_F(LedgerFiles, DamageInTheMiddleCannotBeJudged) {
  OneLife();
  ASSERT_TRUE(writer().Close().ok());
  Add("senders.test.jsonl", "{\"t_ms\": 12,\n{\"t_ms\": 13}\n");
  const auto report = CheckLedger(folder(), {});
  EXPECT_EQ(report.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(report.status().message()), HasSubstr("record 2"));
}

TEST_F(LedgerFiles, BlockThatIsNoEventCannotBeJudged) {
  OneLife();
  ASSERT_TRUE(writer().Close().ok());
  Add("events.test.bin", std::string("\x03\x00\x00\x00\xff\xff\xff", 7));
  EXPECT_EQ(CheckLedger(folder(), {}).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(LedgerFiles, MissingFilesAreNamed) {
  Accept("m1", 0);
  ASSERT_TRUE(writer().Close().ok());
  const auto report = CheckLedger(folder(), {});
  EXPECT_EQ(report.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(report.status().message()), HasSubstr("events."));
  EXPECT_EQ(CheckLedger(folder() / "nowhere", {}).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(LedgerFiles, SeveralWritersMakeOneLedger) {
  OneLife();
  auto second = LedgerWriter::Open(folder(), "second");
  ASSERT_TRUE(second.ok());
  (*second)->Sent({.sent_unix_ms = now(), .message_id = "m2", .accepted = true});
  ASSERT_TRUE((*second)->Close().ok());
  EXPECT_EQ(Check().accepted, 2u);
}

TEST_F(LedgerFiles, WriterRefusesToMixRunsAndBadNames) {
  OneLife();
  ASSERT_TRUE(writer().Flush().ok());
  EXPECT_EQ(LedgerWriter::Open(folder(), "test").status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(LedgerWriter::Open(folder(), "../x").status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(LedgerFiles, WriterTellsOfRecordsThatCameTooLate) {
  ASSERT_TRUE(writer().Close().ok());
  Accept("m1", 0);
  EXPECT_EQ(writer().Flush().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(LedgerFiles, NamesInAnyScriptSurvive) {
  writer().Sent({.sent_unix_ms = 1,
                 .customer_key = "x/луна/\"Ивелина\" \xf0\x9f\x98\x80 \xff",
                 .message_id = "m1",
                 .accepted = true});
  Answer("m1");
  EXPECT_TRUE(Check().Clean());
}

TEST_F(LedgerFiles, ThreadsMayWriteAtOnce) {
  constexpr int kEach = 2000;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string id = std::to_string(t) + "-" + std::to_string(i);
        writer().Sent({.sent_unix_ms = i, .message_id = id, .accepted = true});
      }
    });
  }
  for (auto& thread : threads) thread.join();
  Answer("0-0");
  const Report report = Check();
  EXPECT_EQ(report.accepted, 4u * kEach);
  EXPECT_EQ(report.Count("lost"), 4u * kEach - 1);
}

TEST_F(LedgerFiles, ReportIsJsonWithAllCounts) {
  OneLife();
  const auto json = nlohmann::json::parse(ToJson(Check()), nullptr, false);
  ASSERT_TRUE(json.is_object());
  for (const char* key :
       {"accepted", "duplicates", "resolved", "dead_lettered", "in_flight", "lost",
        "duplicated_work", "offers_over_capacity", "two_owners", "out_of_order", "alarms_twice",
        "early_alarms", "warnings", "breaches", "p50_ms", "p99_ms"}) {
    EXPECT_TRUE(json.contains(key) && json[key].is_number_integer()) << key;
  }
  EXPECT_EQ(json["verdict"], "clean");
}

}  // namespace
}  // namespace centralita::ledger
