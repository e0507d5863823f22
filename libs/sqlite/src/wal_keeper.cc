#include "centralita/sqlite/wal_keeper.h"

#include <sqlite3.h>

#include <utility>

#include "centralita/base/status_macros.h"

namespace centralita::sqlite {
namespace {

constexpr base::Duration kInterval{1'000};
// Under a steady load the log never is wholly moved at any moment, and would grow without an end.
constexpr int64_t kRestartBytes = 96 << 20;
// If the disk cannot follow, commits wait for it.
constexpr int64_t kHardBytes = 256 << 20;

absl::StatusOr<int64_t> PageBytes(Database& db) {
  ABSL_ASSIGN_OR_RETURN(Statement get, db.Prepare("PRAGMA page_size"));
  ABSL_RETURN_IF_ERROR(get.Step().status());
  return get.Int(0);
}

}  // namespace

absl::StatusOr<std::unique_ptr<WalKeeper>> WalKeeper::Open(const std::string& path,
                                                           Database& writer,
                                                           int64_t checkpoint_bytes) {
  ABSL_ASSIGN_OR_RETURN(Database db, Database::Open(path));
  ABSL_RETURN_IF_ERROR(db.Execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0"));
  ABSL_ASSIGN_OR_RETURN(const int64_t page_bytes, PageBytes(writer));
  return std::unique_ptr<WalKeeper>(
      new WalKeeper(std::move(db), writer, page_bytes, checkpoint_bytes));
}

WalKeeper::WalKeeper(Database db, Database& writer, int64_t page_bytes, int64_t checkpoint_bytes)
    : db_(std::move(db)),
      writer_(writer),
      page_bytes_(page_bytes),
      checkpoint_bytes_(checkpoint_bytes),
      thread_(kInterval, [this] { Checkpoint(); }) {
  sqlite3_wal_hook(writer_.handle(), Grew, this);
}

WalKeeper::~WalKeeper() { sqlite3_wal_hook(writer_.handle(), nullptr, nullptr); }

int WalKeeper::Grew(void* self, sqlite3*, const char*, int pages) {
  auto& keeper = *static_cast<WalKeeper*>(self);
  keeper.grown_to_ = pages * keeper.page_bytes_;
  return SQLITE_OK;
}

void WalKeeper::TransactionBegins() {
  RestartIfWanted();
  ++begun_;
}

void WalKeeper::TransactionEnded() {
  ++ended_;
  const int64_t before = wal_bytes_.exchange(grown_to_);
  if (before / checkpoint_bytes_ != grown_to_ / checkpoint_bytes_) thread_.Wake();
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
void WalKeeper::RestartIfWanted() {
  const bool must = wal_bytes_.load() > kHardBytes;
  if (!must && !restart_wanted_.load()) return;
  std::unique_lock lock(mutex_, std::defer_lock);
  if (must) {
    lock.lock();
  } else if (!lock.try_lock()) {
    return;
  }
  restart_wanted_ = false;
  complete_ = writer_.RestartWal().ok();
  covered_ = begun_.load();
  if (!complete_) return;
  grown_to_ = 0;
  wal_bytes_ = 0;
}

}  // namespace centralita::sqlite
