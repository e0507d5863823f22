// What only the embedded log promises: one process, a disk that is full, damage that is noticed.
#include "centralita/eventlog/sqlite_log.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>

#include "tests/contract/temp_folder.h"

namespace centralita::eventlog {
namespace {

constexpr base::Duration kPatience{30'000};

class SqliteLogTest : public testing::Test {
 protected:
  void SetUp() override {
    Open();
    ASSERT_TRUE(log_->EnsureTopic({.name = "t"}).ok());
  }
  void Open() {
    auto log = OpenSqliteLog({.path = path_}, clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
  }
  static absl::StatusOr<uint64_t> Append(Producer& producer, const std::string& value) {
    std::promise<absl::StatusOr<uint64_t>> acked;
    auto future = acked.get_future();
    const absl::Status status = producer.Append(
        {.topic = "t", .key = "k", .value = value},
        [&acked](absl::StatusOr<uint64_t> offset) { acked.set_value(std::move(offset)); });
    if (!status.ok()) return status;
    return future.get();
  }
  std::vector<std::string> ReadAll() {
    std::vector<std::string> values;
    const auto reader = *log_->Read({{"t", 0}}, {});
    EXPECT_TRUE(reader->Seek({"t", 0}, 0).ok());
    const uint64_t end = log_->Offsets({"t", 0})->end;
    while (values.size() < end) {
      const auto result = reader->Poll(kPatience);
      EXPECT_TRUE(result.ok()) << result.status();
      if (!result.ok() || result->batches.empty()) break;
      for (const Record& record : result->batches[0].records()) values.emplace_back(record.value);
    }
    return values;
  }

  contract::TempFolder folder_;
  const std::string path_ = folder_.File("log.db");
  base::ManualClock clock_{base::FromUnixMillis(1'800'000'000'000)};
  std::unique_ptr<EventLog> log_;
};

TEST_F(SqliteLogTest, RefusesASecondOwnerOfTheFileAndNamesIt) {
  const auto second = OpenSqliteLog({.path = path_}, clock_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(second.status().message().find(path_), std::string::npos) << second.status();
  log_.reset();
  EXPECT_TRUE(OpenSqliteLog({.path = path_}, clock_).ok());
}

TEST_F(SqliteLogTest, SaysThatTheFolderIsNotThere) {
  const auto log = OpenSqliteLog({.path = folder_.File("none/log.db")}, clock_);
  EXPECT_EQ(log.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(log.status().message().find("none/log.db"), std::string::npos) << log.status();
}

TEST_F(SqliteLogTest, SaysThatTheFileIsNoLog) {
  std::ofstream(folder_.File("other.db")) << std::string(20'000, 'x');
  EXPECT_EQ(OpenSqliteLog({.path = folder_.File("other.db")}, clock_).status().code(),
            absl::StatusCode::kDataLoss);
}

// Files can grow no further while it lives, as on a full disk.
class FullDisk final {
 public:
  explicit FullDisk(uint64_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    (void)std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_F(SqliteLogTest, AFullDiskFailsAcksAndTheLogGoesOnWhenThereIsRoomAgain) {
  auto producer = *log_->NewProducer({.name = "p", .gapless = false});
  ASSERT_TRUE(Append(*producer, "before").ok());
  {
    const FullDisk full(std::filesystem::file_size(path_ + "-wal") + 10'000);
    const auto failed = Append(*producer, std::string(200'000, 'x'));
    EXPECT_EQ(failed.status().code(), absl::StatusCode::kUnavailable) << failed.status();
    EXPECT_EQ(log_->Offsets({"t", 0})->end, 1U);
  }
  const auto offset = Append(*producer, "after");
  ASSERT_TRUE(offset.ok()) << offset.status();
  EXPECT_EQ(*offset, 1U);
  EXPECT_EQ(ReadAll(), (std::vector<std::string>{"before", "after"}));
  producer.reset();
  log_.reset();
  Open();
  EXPECT_EQ(ReadAll(), (std::vector<std::string>{"before", "after"}));
}

TEST_F(SqliteLogTest, AGaplessProducerStoresNothingBehindAFailure) {
  auto producer = *log_->NewProducer({.name = "p"});
  ASSERT_TRUE(Append(*producer, "a").ok());
  std::atomic<int> failures{0};
  {
    const FullDisk full(std::filesystem::file_size(path_ + "-wal") + 10'000);
    const auto count = [&failures](const absl::StatusOr<uint64_t>& offset) {
      failures += offset.ok() ? 0 : 1;
    };
    const Outgoing large{.topic = "t", .key = "k", .value = std::string(200'000, 'x')};
    ASSERT_TRUE(producer->Append(large, count).ok());
    ASSERT_TRUE(producer->Flush(kPatience).ok());
  }
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(Append(*producer, "b").status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(producer->WaitForRoom(kPatience).code(), absl::StatusCode::kFailedPrecondition);
  auto next = *log_->NewProducer({.name = "p"});
  ASSERT_TRUE(Append(*next, "b").ok());
  EXPECT_EQ(ReadAll(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(SqliteLogTest, NoticesAChangedByte) {
  {
    auto producer = *log_->NewProducer({});
    ASSERT_TRUE(Append(*producer, "first " + std::string(100'000, 'x')).ok());
    ASSERT_TRUE(Append(*producer, "last").ok());
  }
  log_.reset();
  std::string bytes(std::filesystem::file_size(path_), '\0');
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const size_t at = bytes.find("xxxxxxxxxx");
  ASSERT_NE(at, std::string::npos);
  file.seekp(static_cast<std::streamoff>(at));
  file.put('y');
  file.close();
  Open();
  const auto reader = *log_->Read({{"t", 0}}, {});
  ASSERT_TRUE(reader->Seek({"t", 0}, 0).ok());
  EXPECT_EQ(reader->Poll(kPatience).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(SqliteLogTest, KeepsTheWriteAheadLogBoundedWhileItWrites) {
  auto producer = *log_->NewProducer({.name = "p", .max_bytes = 4 << 20});
  const Outgoing record{.topic = "t", .key = "k", .value = std::string(100'000, 'x')};
  constexpr int kRecords = 4'000;
  for (int i = 0; i < kRecords; ++i) {
    ASSERT_TRUE(producer->WaitForRoom(kPatience).ok());
    ASSERT_TRUE(producer->Append(record, [](const absl::StatusOr<uint64_t>&) {}).ok());
  }
  ASSERT_TRUE(producer->Flush(kPatience).ok());
  EXPECT_EQ(log_->Offsets({"t", 0})->end, static_cast<uint64_t>(kRecords));
  EXPECT_LT(std::filesystem::file_size(path_ + "-wal"), 300U << 20);
}

}  // namespace
}  // namespace centralita::eventlog
