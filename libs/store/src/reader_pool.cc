#include "reader_pool.h"

#include <utility>

#include "centralita/base/status_macros.h"

namespace centralita::store {

absl::StatusOr<ReaderPool::Lease> ReaderPool::Take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Reader> reader = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(reader));
    }
  }
  ABSL_ASSIGN_OR_RETURN(auto reader, Open());
  return Lease(*this, std::move(reader));
}

absl::StatusOr<std::unique_ptr<Reader>> ReaderPool::Open() const {
  ABSL_ASSIGN_OR_RETURN(sqlite::Database db, sqlite::Database::Open(path_));
  ABSL_RETURN_IF_ERROR(db.Execute("PRAGMA query_only = 1; PRAGMA cache_size = -8192"));
  ABSL_ASSIGN_OR_RETURN(sqlite::Statement begin, db.Prepare("BEGIN"));
  ABSL_ASSIGN_OR_RETURN(sqlite::Statement end, db.Prepare("COMMIT"));
  ABSL_ASSIGN_OR_RETURN(sqlite::Statement get,
                        db.Prepare("SELECT value FROM kv WHERE partition = ?1 AND name = ?2 "
                                   "AND (expires = 0 OR expires > ?3)"));
  ABSL_ASSIGN_OR_RETURN(sqlite::Statement scan_from,
                        db.Prepare("SELECT name, value FROM kv WHERE partition = ?1 AND name >= ?2 "
                                   "AND (expires = 0 OR expires > ?3) ORDER BY name"));
  ABSL_ASSIGN_OR_RETURN(sqlite::Statement scan_behind,
                        db.Prepare("SELECT name, value FROM kv WHERE partition = ?1 AND name > ?2 "
                                   "AND (expires = 0 OR expires > ?3) ORDER BY name"));
  return std::make_unique<Reader>(Reader{.db = std::move(db),
                                         .begin = std::move(begin),
                                         .end = std::move(end),
                                         .get = std::move(get),
                                         .scan_from = std::move(scan_from),
                                         .scan_behind = std::move(scan_behind)});
}

void ReaderPool::GiveBack(std::unique_ptr<Reader> reader) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(reader));
}

}  // namespace centralita::store
