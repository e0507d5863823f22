#include "wal_keeper.h"

#include <utility>

#include "centralita/base/status_macros.h"

namespace centralita::eventlog {
namespace {

constexpr base::Duration kInterval{1'000};
// Enough to be worth a sync of the file; little enough to stay in the memory of the system.
constexpr int64_t kCheckpointBytes = 16 << 20;
// Under a steady load the log never is wholly moved at any moment, and would grow without an end.
constexpr int64_t kRestartBytes = 96 << 20;
// If the disk cannot follow, commits wait for it.
constexpr int64_t kHardBytes = 256 << 20;

}  // namespace

absl::StatusOr<std::unique_ptr<WalKeeper>> WalKeeper::Open(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(Database db, Database::Open(path));
  ABSL_RETURN_IF_ERROR(db.Execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0"));
  return std::unique_ptr<WalKeeper>(new WalKeeper(std::move(db)));
}

WalKeeper::WalKeeper(Database db)
    : db_(std::move(db)), thread_(kInterval, [this] { Checkpoint(); }) {}

void WalKeeper::TransactionBegins(LogFile& file) {
  RestartIfWanted(file);
  ++begun_;
}

void WalKeeper::TransactionEnded(int64_t wal_bytes) {
  ++ended_;
  const int64_t before = wal_bytes_.exchange(wal_bytes);
  if (before / kCheckpointBytes != wal_bytes / kCheckpointBytes) thread_.Wake();
}

void WalKeeper::Checkpoint() {
  const std::lock_guard lock(mutex_);
  if (complete_ && ended_.load() <= covered_) return;
  int frames = 0;
  int moved = 0;
  // An error (disk full) is not ours to report: commits will meet it, and the next call tries
  // again.
  const int code =
      sqlite3_wal_checkpoint_v2(db_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &moved);
  complete_ = code == SQLITE_OK && frames == moved;
  covered_ = begun_.load();
  if (wal_bytes_.load() > kRestartBytes) restart_wanted_ = true;
}

// Just after a checkpoint little is left to move, so that the writer may do the rest itself.
void WalKeeper::RestartIfWanted(LogFile& file) {
  const bool must = wal_bytes_.load() > kHardBytes;
  if (!must && !restart_wanted_.load()) return;
  std::unique_lock lock(mutex_, std::defer_lock);
  if (must) {
    lock.lock();
  } else if (!lock.try_lock()) {
    return;
  }
  restart_wanted_ = false;
  complete_ = file.RestartWal().ok();
  covered_ = begun_.load();
  wal_bytes_ = file.wal_bytes();
}

}  // namespace centralita::eventlog
