// The store in our own words: a cache of the logs, never the truth. Implementations: SQLite
// (embedded); Redis (cluster). All pass tests/contract/store_contract.h.
//
// A key lies in a partition of the store ("dispatch/3", "profile/17"): all that one transaction
// touches has one partition (in Redis: one hash tag). Values are bytes. Errors: UNAVAILABLE (try
// again later), DEADLINE_EXCEEDED, ABORTED (a condition did not hold; nothing was written),
// INVALID_ARGUMENT (keys of several partitions in one transaction).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/time.h"

namespace centralita::store {

struct Key {
  std::string partition;
  std::string name;
  auto operator<=>(const Key&) const = default;
};

struct Put {
  std::string name;
  std::string value;
  // Zero: for ever. A key whose time has run out is as if it were not there.
  base::Duration time_to_live{0};
};

struct Condition {
  std::string name;
  // Holds if the key has exactly this value; nullopt: if it is not there.
  std::optional<std::string> value;
};

// All or nothing, durable as the store is; conditions are checked against the state before it.
struct Transaction {
  std::string partition;
  std::vector<Condition> conditions;
  std::vector<Put> puts;
  std::vector<std::string> erases;
};

struct ScanPage {
  // Sorted by name.
  std::vector<std::pair<std::string, std::string>> entries;
  // Where to go on (pass as `after`); nullopt at the end.
  std::optional<std::string> next;
};

// Thread-safe.
class Store {
 public:
  virtual ~Store() = default;
  virtual absl::StatusOr<std::optional<std::string>> Get(const Key& key) = 0;
  // One answer per key, in order. Keys may lie in different partitions.
  virtual absl::StatusOr<std::vector<std::optional<std::string>>> GetMany(
      const std::vector<Key>& keys) = 0;
  // Writes if the key is not there; returns what is there afterwards.
  virtual absl::StatusOr<std::string> SetIfAbsent(const Key& key, const std::string& value,
                                                  base::Duration time_to_live) = 0;
  virtual absl::Status Commit(const Transaction& transaction) = 0;
  // Several transactions in one round; each succeeds or fails on its own.
  virtual std::vector<absl::Status> CommitMany(const std::vector<Transaction>& transactions) = 0;
  // Names of one partition that begin with `prefix`, from the first one behind `after`.
  virtual absl::StatusOr<ScanPage> Scan(const std::string& partition, const std::string& prefix,
                                        const std::optional<std::string>& after, size_t limit) = 0;
};

}  // namespace centralita::store
