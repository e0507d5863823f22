// The embedded log beside plain SQLite (a row for a record, transactions as large, the same sync)
// in one run: items are records, and both are durable when counted. Put the files on a real disk
// with TMPDIR.
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <atomic>
#include <memory>
#include <thread>

#include "centralita/base/clock.h"
#include "centralita/eventlog/sqlite_log.h"
#include "tests/contract/temp_folder.h"

namespace centralita::eventlog {
namespace {

constexpr base::Duration kPatience{60'000};
constexpr int kPartitions = 4;
constexpr int kRound = 20'000;

struct OpenLog {
  OpenLog() {
    log = *OpenSqliteLog({.path = folder.File("log.db")}, clock);
    (void)log->EnsureTopic({.name = "t", .partitions = kPartitions});
    producer = *log->NewProducer({.name = "bench"});
  }
  // Appends `count` records, many in flight, and waits until all are durable.
  void Append(int count, const std::string& value) {
    for (int i = 0; i < count; ++i) {
      Outgoing record{.topic = "t",
                      .partition = static_cast<uint32_t>(i % kPartitions),
                      .key = "shop:customer-42",
                      .value = value};
      while (absl::IsResourceExhausted(
          producer->Append(record, [](const absl::StatusOr<uint64_t>&) {}))) {
        (void)producer->WaitForRoom(kPatience);
      }
    }
    (void)producer->Flush(kPatience);
  }

  contract::TempFolder folder;
  base::SystemClock clock;
  std::unique_ptr<EventLog> log;
  std::unique_ptr<Producer> producer;
};

void BM_LogAppend(benchmark::State& state) {
  OpenLog open;
  const std::string value(static_cast<size_t>(state.range(0)), 'v');
  for (auto _ : state) open.Append(kRound, value);
  state.SetItemsProcessed(state.iterations() * kRound);
  state.SetBytesProcessed(state.iterations() * kRound * state.range(0));
}
BENCHMARK(BM_LogAppend)
    ->Arg(100)
    ->Arg(350)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

// One record at a time on an idle log: the time of one sync.
void BM_LogAppendOneAndWait(benchmark::State& state) {
  OpenLog open;
  const std::string value(350, 'v');
  for (auto _ : state) open.Append(1, value);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_LogAppendOneAndWait)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMicrosecond);

// An append is seen by a consumer that waits, and it answers with another: two hops of the
// pipeline.
void BM_LogRoundTrip(benchmark::State& state) {
  OpenLog open;
  (void)open.log->EnsureTopic({.name = "back"});
  std::atomic<bool> stop{false};
  auto echo = *open.log->Read({{"t", 0}}, {});
  (void)echo->Seek({"t", 0}, 0);
  std::jthread thread([&] {
    auto producer = *open.log->NewProducer({.name = "echo"});
    while (!stop) {
      const auto polled = echo->Poll(kPatience);
      for (const RecordBatch& batch : polled->batches) {
        for (const Record& record : batch.records()) {
          (void)producer->Append(
              {.topic = "back", .key = std::string(record.key), .value = std::string(record.value)},
              [](const absl::StatusOr<uint64_t>&) {});
        }
      }
    }
    (void)producer->Flush(kPatience);
  });
  auto back = *open.log->Read({{"back", 0}}, {});
  (void)back->Seek({"back", 0}, 0);
  const std::string value(350, 'v');
  for (auto _ : state) {
    (void)open.producer->Append({.topic = "t", .key = "k", .value = value},
                                [](const absl::StatusOr<uint64_t>&) {});
    while (back->Poll(kPatience)->batches.empty()) {
    }
  }
  stop = true;
  echo->Wake();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_LogRoundTrip)->UseRealTime()->Unit(benchmark::kMicrosecond);

// Arguments: bytes of a value; whether the records are still in memory.
void BM_LogRead(benchmark::State& state) {
  OpenLog open;
  constexpr int kRecords = 100'000;
  open.Append(kRecords, std::string(static_cast<size_t>(state.range(0)), 'v'));
  if (state.range(1) == 0) {
    open.producer.reset();
    open.log.reset();
    open.log = *OpenSqliteLog({.path = open.folder.File("log.db")}, open.clock);
  }
  std::vector<TopicPartition> partitions;
  for (uint32_t p = 0; p < kPartitions; ++p) partitions.push_back({"t", p});
  auto reader = *open.log->Read(partitions, {});
  size_t bytes = 0;
  for (auto _ : state) {
    for (const TopicPartition& partition : partitions) (void)reader->Seek(partition, 0);
    for (size_t seen = 0; seen < kRecords;) {
      const auto polled = reader->Poll(kPatience);
      for (const RecordBatch& batch : polled->batches) {
        seen += batch.records().size();
        for (const Record& record : batch.records()) bytes += record.value.size();
      }
    }
  }
  benchmark::DoNotOptimize(bytes);
  state.SetItemsProcessed(state.iterations() * kRecords);
}
BENCHMARK(BM_LogRead)
    ->ArgNames({"bytes", "in_memory"})
    ->Args({100, 1})
    ->Args({350, 1})
    ->Args({100, 0})
    ->Args({350, 0})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

class PlainSqlite {
 public:
  PlainSqlite() {
    sqlite3_open(folder_.File("plain.db").c_str(), &db_);
    Execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE log (partition INTEGER, offset INTEGER, time INTEGER, key BLOB, value BLOB,"
        " PRIMARY KEY (partition, offset)) WITHOUT ROWID");
    sqlite3_prepare_v2(db_, "INSERT INTO log VALUES (?, ?, 0, ?, ?)", -1, &insert_, nullptr);
  }
  ~PlainSqlite() {
    sqlite3_finalize(insert_);
    sqlite3_close(db_);
  }
  PlainSqlite(const PlainSqlite&) = delete;
  PlainSqlite& operator=(const PlainSqlite&) = delete;

  void Execute(const char* sql) { sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); }
  void Append(int count, const std::string& value) {
    Execute("BEGIN");
    for (int i = 0; i < count; ++i) {
      sqlite3_bind_int(insert_, 1, i % kPartitions);
      sqlite3_bind_int64(insert_, 2, next_++);
      sqlite3_bind_blob(insert_, 3, "shop:customer-42", 16, SQLITE_STATIC);
      sqlite3_bind_blob(insert_, 4, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
      sqlite3_step(insert_);
      sqlite3_reset(insert_);
    }
    Execute("COMMIT");
  }

 private:
  contract::TempFolder folder_;
  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  int64_t next_ = 0;
};

// The same bound of a transaction as the log's (SqliteLogOptions::max_commit_records).
void BM_PlainSqliteAppend(benchmark::State& state) {
  PlainSqlite plain;
  const std::string value(static_cast<size_t>(state.range(0)), 'v');
  for (auto _ : state) plain.Append(kRound, value);
  state.SetItemsProcessed(state.iterations() * kRound);
  state.SetBytesProcessed(state.iterations() * kRound * state.range(0));
}
BENCHMARK(BM_PlainSqliteAppend)
    ->Arg(100)
    ->Arg(350)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace centralita::eventlog
