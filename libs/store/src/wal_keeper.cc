#include "wal_keeper.h"

#include <utility>

#include "centralita/base/status_macros.h"

namespace centralita::store {
namespace {

constexpr base::Duration kInterval{1'000};
// 32 MiB: enough to be worth a sync of the file; little enough to stay in the memory of the system.
constexpr int kCheckpointPages = 4'096;
// Under a steady load the log never is wholly moved at any moment, and would grow without an end.
constexpr int kRestartPages = 12'288;
// If the disk cannot follow, commits wait for it.
constexpr int kHardPages = 32'768;

}  // namespace

absl::StatusOr<std::unique_ptr<WalKeeper>> WalKeeper::Open(const std::string& path,
                                                           Database& writer) {
  ABSL_ASSIGN_OR_RETURN(Database db, Database::Open(path));
  ABSL_RETURN_IF_ERROR(db.Execute("PRAGMA wal_autocheckpoint = 0"));
  return std::unique_ptr<WalKeeper>(new WalKeeper(std::move(db), writer));
}

WalKeeper::WalKeeper(Database db, Database& writer)
    : db_(std::move(db)), writer_(writer), thread_(kInterval, [this] { Checkpoint(); }) {
  sqlite3_wal_hook(writer_.handle(), Grew, this);
}

WalKeeper::~WalKeeper() { sqlite3_wal_hook(writer_.handle(), nullptr, nullptr); }

int WalKeeper::Grew(void* self, sqlite3*, const char*, int pages) {
  auto& keeper = *static_cast<WalKeeper*>(self);
  const int before = keeper.wal_pages_.exchange(pages);
  if (before / kCheckpointPages != pages / kCheckpointPages) keeper.thread_.Wake();
  return SQLITE_OK;
}

void WalKeeper::TransactionBegins() {
  RestartIfWanted();
  ++begun_;
}

// Just after a checkpoint little is left to move, so that the writer may do the rest itself.
void WalKeeper::RestartIfWanted() {
  const bool must = wal_pages_.load() > kHardPages;
  if (!must && !restart_wanted_.load()) return;
  std::unique_lock lock(mutex_, std::defer_lock);
  if (must) {
    lock.lock();
  } else if (!lock.try_lock()) {
    return;
  }
  restart_wanted_ = false;
  complete_ = sqlite3_wal_checkpoint_v2(writer_.handle(), nullptr, SQLITE_CHECKPOINT_RESTART,
                                        nullptr, nullptr) == SQLITE_OK;
  covered_ = begun_.load();
  if (complete_) wal_pages_ = 0;
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
  if (wal_pages_.load() > kRestartPages) restart_wanted_ = true;
}

}  // namespace centralita::store
