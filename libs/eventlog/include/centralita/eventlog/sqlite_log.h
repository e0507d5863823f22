// The embedded log: one SQLite file, WAL, synced to disk before an ack, group commit.
//
// Appends that are waiting go to disk together, in one transaction with one sync; an append to an
// idle log waits for nothing. The newest batches are also kept in memory, so that consumers at the
// end do not touch the file. Space of records that are no longer kept is used again; the file
// itself does not shrink. If the disk is full or fails, acks say UNAVAILABLE until there is room
// again; nothing else is lost.
#pragma once

#include <memory>
#include <string>

#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"

namespace centralita::eventlog {

struct SqliteLogOptions {
  // The file; its folder must exist. One process at a time (`path`.lock): a second one gets
  // FAILED_PRECONDITION.
  std::string path;
  // Bound of one group commit.
  size_t max_commit_bytes = 8 << 20;
  size_t max_commit_records = 20'000;
  // Bound of the newest batches kept in memory, all partitions together.
  size_t cache_bytes = 64 << 20;
  // How often what is no longer kept is looked for.
  base::Duration sweep_interval{5'000};
  // How long readers can see that a key of a compacted topic was deleted.
  base::Duration tombstone_retention{24 * 3'600'000};
};

// `clock` outlives the log. UNAVAILABLE if the file cannot be opened, DATA_LOSS if it is damaged.
absl::StatusOr<std::unique_ptr<EventLog>> OpenSqliteLog(const SqliteLogOptions& options,
                                                        const base::Clock& clock);

}  // namespace centralita::eventlog
