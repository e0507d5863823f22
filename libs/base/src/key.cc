#include "centralita/base/key.h"

namespace centralita::base {

std::string TenantKey(std::string_view tenant, std::string_view name) {
  // Tenants' ids have no slash (libs/policy), so the first slash is the border.
  std::string key;
  key.reserve(tenant.size() + 1 + name.size());
  key.append(tenant).push_back('/');
  key.append(name);
  return key;
}

uint64_t StableHash(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  // FNV's low bits are weak for short keys; the finaliser of MurmurHash3 spreads them.
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdULL;
  hash ^= hash >> 33;
  hash *= 0xc4ceb9fe1a85ec53ULL;
  hash ^= hash >> 33;
  return hash;
}

uint32_t PartitionOf(std::string_view key, uint32_t partitions) {
  return static_cast<uint32_t>(StableHash(key) % partitions);
}

}  // namespace centralita::base
