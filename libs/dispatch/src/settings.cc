#include "settings.h"

#include "centralita/sla/spans.h"

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
  for (const auto& queue : pool.queues()) {
    if (queue.name() == name) return name;
  }
  if (pool.queues_size() > 0) return pool.queues(0).name();
  return name.empty() ? std::string_view("default") : name;
}

const clocks::v1::Calendar& CalendarOf(const snapshot::v1::DispatchPolicy& policy,
                                       std::string_view name) {
  if (!name.empty()) {
    for (const auto& calendar : policy.calendars()) {
      if (calendar.name() == name) return calendar;
    }
  }
  return sla::AlwaysOpen();
}

}  // namespace centralita::dispatch
