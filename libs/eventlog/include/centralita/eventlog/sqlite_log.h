// The embedded log: one SQLite file, WAL, synced to disk before an ack, group commit.
#pragma once

#include <memory>
#include <string>

#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"

namespace centralita::eventlog {

struct SqliteLogOptions {
  // The file; its folder must exist. One process at a time: a second one gets FAILED_PRECONDITION.
  std::string path;
  // Bound of one group commit.
  size_t max_commit_bytes = 8 << 20;
  size_t max_commit_records = 20'000;
};

// `clock` outlives the log. UNAVAILABLE if the file cannot be opened, DATA_LOSS if it is damaged.
absl::StatusOr<std::unique_ptr<EventLog>> OpenSqliteLog(const SqliteLogOptions& options, const base::Clock& clock);

}  // namespace centralita::eventlog
