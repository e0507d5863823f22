// Moves the write-ahead log into the file on a thread of its own, so that no commit waits for it,
// and bounds its size.
//
// SQLite up to 3.51.2 can lose commits if a checkpoint starts while the log is wholly moved and a
// writer starts it anew ("WAL-reset bug", sqlite.org/wal.html). So there is one checkpointer, and
// it never touches a log that is wholly moved: that is what the counts of transactions are for.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "centralita/base/periodic.h"
#include "centralita/sqlite/database.h"

namespace centralita::sqlite {

class WalKeeper final {
 public:
  // `writer`, the only connection that writes, outlives it, moves nothing by itself
  // (wal_autocheckpoint = 0) and has just emptied the write-ahead log. The log is moved once a
  // second, and at once when it has grown by another `checkpoint_bytes`.
  static absl::StatusOr<std::unique_ptr<WalKeeper>> Open(const std::string& path, Database& writer,
                                                         int64_t checkpoint_bytes);
  ~WalKeeper();
  WalKeeper(const WalKeeper&) = delete;
  WalKeeper& operator=(const WalKeeper&) = delete;

  // By the thread that uses `writer`, around each transaction, rolled back or not.
  void TransactionBegins();
  void TransactionEnded();

 private:
  WalKeeper(Database db, Database& writer, int64_t page_bytes, int64_t checkpoint_bytes);
  void Checkpoint();
  void RestartIfWanted();
  static int Grew(void* self, sqlite3* db, const char* name, int pages);

  Database db_;
  Database& writer_;
  const int64_t page_bytes_;
  const int64_t checkpoint_bytes_;
  // After the last commit; only for the thread that writes.
  int64_t grown_to_ = 0;
  std::atomic<int64_t> wal_bytes_{0};
  std::atomic<uint64_t> begun_{0};
  std::atomic<uint64_t> ended_{0};
  std::atomic<bool> restart_wanted_{false};

  // Held while the log is being moved.
  std::mutex mutex_;
  // The log was wholly moved when transaction `covered_` had begun and no later one.
  bool complete_ = true;
  uint64_t covered_ = 0;

  base::Periodic thread_;
};

}  // namespace centralita::sqlite
