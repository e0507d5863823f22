#include "centralita/sla_timer/watched_calendars.h"

namespace centralita::sla_timer {

std::shared_ptr<const sla::Spans> WatchedCalendars::Find(const std::string& tenant,
                                                         const std::string& name) const {
  const auto policies = watcher_.Current();
  const auto policy = policies->tenants.find(tenant);
  if (policy == policies->tenants.end()) return std::make_shared<const sla::Spans>();
  const std::scoped_lock lock(mutex_);
  Compiled& compiled = compiled_[tenant];
  if (compiled.policy != policy->second) {
    compiled = {
        .policy = policy->second,
        .calendars = std::make_shared<const sla::Calendars>(policy->second->route.calendars())};
  }
  // Shares their lifetime.
  return {compiled.calendars, &compiled.calendars->Find(name)};
}

}  // namespace centralita::sla_timer
