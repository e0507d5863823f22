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

#include "absl/status/statusor.h"
#include "centralita/base/periodic.h"
#include "log_file.h"
#include "sqlite_db.h"

namespace centralita::eventlog {

class WalKeeper final {
 public:
  static absl::StatusOr<std::unique_ptr<WalKeeper>> Open(const std::string& path);

  // For the writer, around each transaction.
  void TransactionBegins(LogFile& file);
  void TransactionEnded(int64_t wal_bytes);

 private:
  explicit WalKeeper(Database db);
  void Checkpoint();
  void RestartIfWanted(LogFile& file);

  Database db_;
  std::atomic<uint64_t> begun_{0};
  std::atomic<uint64_t> ended_{0};
  std::atomic<int64_t> wal_bytes_{0};
  std::atomic<bool> restart_wanted_{false};

  // Held while the log is being moved.
  std::mutex mutex_;
  // The log was wholly moved when transaction `covered_` had begun and no later one.
  bool complete_ = true;
  uint64_t covered_ = 0;

  base::Periodic thread_;
};

}  // namespace centralita::eventlog
