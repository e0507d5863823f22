#include "centralita/sla_timer/watched_calendars.h"

#include "centralita/sla/spans.h"

namespace centralita::sla_timer {

std::shared_ptr<const clocks::v1::Calendar> WatchedCalendars::Find(const std::string& tenant,
                                                                   const std::string& name) const {
  const auto policies = watcher_.Current();
  if (const auto policy = policies->tenants.find(tenant); policy != policies->tenants.end()) {
    for (const auto& calendar : policy->second->route.calendars()) {
      // Shares the policy's lifetime.
      if (calendar.name() == name) return {policy->second, &calendar};
    }
  }
  return {std::shared_ptr<void>(), &sla::AlwaysOpen()};
}

}  // namespace centralita::sla_timer
