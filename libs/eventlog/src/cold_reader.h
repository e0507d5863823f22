// Reads batches that are no longer in memory from the file, on a connection of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/sqlite/database.h"
#include "log_file.h"

namespace centralita::eventlog {

// Used by one thread at a time.
class ColdReader final {
 public:
  static absl::StatusOr<std::unique_ptr<ColdReader>> Open(const std::string& path);

  struct Result {
    std::vector<std::shared_ptr<const std::string>> batches;
    // There is nothing behind them.
    bool exhausted = false;
  };
  // Batches with records from `offset` on, in order, until `max_bytes` is reached; at least one if
  // there is any. DATA_LOSS if one is damaged.
  absl::StatusOr<Result> Read(int64_t partition, uint64_t offset, size_t max_bytes);

 private:
  explicit ColdReader(sqlite::Database db) : db_(std::move(db)) {}
  absl::StatusOr<int64_t> FirstRow(int64_t partition, uint64_t offset);

  sqlite::Database db_;
  sqlite::Statement first_;
  sqlite::Statement scan_;
};

}  // namespace centralita::eventlog
