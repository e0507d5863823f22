#include "settings.h"

#include <algorithm>

namespace centralita::dispatch {
namespace {

constexpr int64_t kMinute = 60'000;
constexpr int64_t kDefaultLeaseMs = 30'000;

constexpr int64_t DefaultPatienceMs(classification::v1::PriorityBand band) {
  switch (band) {
    case classification::v1::PRIORITY_BAND_CRITICAL:
      return 2 * kMinute;
    case classification::v1::PRIORITY_BAND_HIGH:
      return 15 * kMinute;
    case classification::v1::PRIORITY_BAND_LOW:
      return 240 * kMinute;
    default:
      return 60 * kMinute;
  }
}

}  // namespace

int64_t OfferLeaseMs(const policy::v1::PoolSection& pool) {
  return pool.offer_lease_ms() > 0 ? pool.offer_lease_ms() : kDefaultLeaseMs;
}

int64_t PatienceMs(const policy::v1::PoolSection& pool, classification::v1::PriorityBand band) {
  for (const auto& patience : pool.patience()) {
    if (patience.band() == band) return patience.patience_ms();
  }
  return DefaultPatienceMs(band);
}

std::string_view QueueOrFirst(const policy::v1::PoolSection& pool, std::string_view name) {
  if (HasQueue(pool, name)) return name;
  if (pool.queues_size() > 0) return pool.queues(0).name();
  return name.empty() ? std::string_view("default") : name;
}

bool HasQueue(const policy::v1::PoolSection& pool, std::string_view name) {
  return std::any_of(pool.queues().begin(), pool.queues().end(),
                     [name](const auto& queue) { return queue.name() == name; });
}

}  // namespace centralita::dispatch
