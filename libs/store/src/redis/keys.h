// Names of keys in Redis, and the slot of a Redis Cluster in which a key lies.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace centralita::store::redis {

inline constexpr uint32_t kSlots = 16384;

// CRC-16 (XMODEM) of the hash tag, or of the whole key if there is none; Redis Cluster
// specification, "Hash tags".
uint16_t SlotOf(std::string_view key);

// The keys of one partition; see redis_store.h.
class PartitionKeys final {
 public:
  PartitionKeys(std::string_view prefix, std::string_view partition);

  // All entries begin with this; the name follows.
  const std::string& entry_prefix() const { return entry_prefix_; }
  std::string Entry(std::string_view name) const { return entry_prefix_ + std::string(name); }
  std::string Index() const { return base_ + "i"; }
  std::string Expiring() const { return base_ + "x"; }
  std::string Pending() const { return base_ + "p"; }
  std::string Staged(std::string_view id) const { return base_ + "s:" + std::string(id); }
  uint16_t slot() const { return slot_; }

 private:
  std::string base_;
  std::string entry_prefix_;
  uint16_t slot_;
};

}  // namespace centralita::store::redis
