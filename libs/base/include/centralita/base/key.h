// Keys of log records, and the partition that a key belongs to: the same in every implementation of
// the log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace centralita::base {

// tenant + name (a customer, a pool, a handle, a section); no two pairs have the same key.
std::string TenantKey(std::string_view tenant, std::string_view name);

// 64-bit FNV-1a with a final mix; stable for ever, since partitions depend on it.
uint64_t StableHash(std::string_view bytes);

// `partitions` >= 1.
uint32_t PartitionOf(std::string_view key, uint32_t partitions);

}  // namespace centralita::base
