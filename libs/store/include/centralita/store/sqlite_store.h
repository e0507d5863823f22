// The embedded store: one SQLite file in WAL mode.
//
// A commit survives the end of the process, even by kill -9, but is not synced: when the machine
// fails, the last ones may be undone, in order, so that the store is as it was some moments ago. It
// never is damaged by that, and it may go back since it is a cache of the logs. What has run out is
// never seen again and is deleted with later commits.
#pragma once

#include <memory>
#include <string>

#include "centralita/base/clock.h"
#include "centralita/store/store.h"

namespace centralita::store {

struct SqliteStoreOptions {
  // The file; its folder must exist.
  std::string path;
};

// UNAVAILABLE if the file cannot be opened, DATA_LOSS if it is damaged: delete it, the logs fill it
// again. `clock` says when a time to live has run out; it outlives the store.
absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(const SqliteStoreOptions& options,
                                                       const base::Clock& clock);

}  // namespace centralita::store
