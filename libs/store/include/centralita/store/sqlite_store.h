// The embedded store: one SQLite file in WAL mode.
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

// `clock` says when a time to live has run out; it outlives the store.
absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(const SqliteStoreOptions& options, const base::Clock& clock);

}  // namespace centralita::store
