// The connection of the embedded store that writes.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/sqlite/database.h"
#include "centralita/sqlite/wal_keeper.h"
#include "centralita/store/store.h"

namespace centralita::store {

// Thread-safe: one writes, others wait.
class StoreWriter final {
 public:
  static absl::StatusOr<std::unique_ptr<StoreWriter>> Open(const std::string& path,
                                                           const base::Clock& clock);

  // All in one SQLite transaction. Each succeeds or is ABORTED on its own; an error of the file
  // fails them all.
  std::vector<absl::Status> Commit(std::span<const Transaction> transactions);
  absl::StatusOr<std::string> SetIfAbsent(const Key& key, const std::string& value,
                                          base::Duration time_to_live);

 private:
  StoreWriter(sqlite::Database db, const base::Clock& clock) : db_(std::move(db)), clock_(clock) {}
  absl::Status Prepare(const std::string& path);
  // Runs `work` between BEGIN and COMMIT, or rolls back.
  template <typename Work>
  absl::Status InTransaction(const Work& work);
  absl::Status Apply(const Transaction& transaction);
  absl::Status Check(const Transaction& transaction, const Condition& condition);
  absl::StatusOr<std::optional<std::string>> Find(std::string_view partition,
                                                  std::string_view name);
  absl::Status Write(std::string_view partition, std::string_view name, std::string_view value,
                     base::Duration time_to_live);
  absl::Status DeleteExpired(size_t writes);
  int64_t NowMillis() const { return base::ToUnixMillis(clock_.Now()); }

  std::mutex mutex_;
  sqlite::Database db_;
  const base::Clock& clock_;
  sqlite::Statement begin_, commit_, rollback_, find_, put_, erase_, expire_;
  std::unique_ptr<sqlite::WalKeeper> wal_;
};

}  // namespace centralita::store
