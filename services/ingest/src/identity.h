// Which customer a handle belongs to: the computed one, unless the identity table says otherwise.
//
// Every handle has a computed customer id; it is also the handle's name in the table (store
// partition "identity/<n>"), so that a look-up needs no other key. The table is kept by
// IdentityProjection; in front of it is a bounded cache.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/strings.h"
#include "centralita/identity/v1/identity.pb.h"
#include "centralita/store/store.h"

namespace centralita::ingest {

inline constexpr uint32_t kIdentityPartitions = 64;

// The customer whom a handle belongs to as long as it is not linked.
std::string ComputedCustomer(std::string_view tenant, const identity::v1::Handle& handle);
std::string ComputedCustomer(std::string_view tenant, common::v1::Channel channel,
                             std::string_view account, std::string_view handle);

store::Key IdentityKey(std::string_view computed);

// The mark of one partition of the table (identity_table.h).
store::Key IdentityMark(uint32_t partition);

// Thread-safe.
class Identity final {
 public:
  // Keeps up to `capacity` handles in memory. `store` outlives it.
  Identity(store::Store& store, size_t capacity);

  // From now on an answer of the store counts only beside the mark of this generation; before the
  // first call any counts.
  void Trust(std::string generation);
  // A look-up since the last Trust() found another mark, or none: the store has lost entries.
  bool suspicious() const { return suspicious_; }

  // The customers of the handles with these computed ids, in order. UNAVAILABLE if the store did
  // not answer, or has lost the table (identity_loading).
  absl::StatusOr<std::vector<std::string>> Resolve(const std::vector<std::string>& computed);
  // The table's entry, past the cache; nullopt if the handle was never linked.
  absl::StatusOr<std::optional<identity::v1::IdentityRecord>> Find(std::string_view computed);
  // The table has changed for this handle.
  void Forget(std::string_view computed);

 private:
  // Two generations: when the young one is full it becomes the old one, so that what is in use
  // stays.
  struct Shard {
    std::mutex mutex;
    base::StringMap<std::string> young;
    base::StringMap<std::string> old;
    // Grows with Forget(): an answer of the store from before must not be kept.
    uint64_t forgotten = 0;
  };

  // Entries of the table, in order; a mark is read behind those that it vouches for.
  absl::StatusOr<std::vector<std::optional<std::string>>> ReadEntries(
      const std::vector<std::string_view>& computed);
  Shard& ShardOf(std::string_view computed);
  std::optional<std::string> Cached(std::string_view computed);
  void Keep(Shard& shard, const std::string& computed, const std::string& customer);
  absl::Status ResolveMissing(const std::vector<std::string>& computed,
                              const std::vector<size_t>& missing,
                              std::vector<std::string>& customers);

  store::Store& store_;
  const size_t shard_capacity_;
  std::array<Shard, 16> shards_;
  std::atomic<bool> suspicious_{false};
  std::mutex mutex_;
  std::string generation_;
};

}  // namespace centralita::ingest
