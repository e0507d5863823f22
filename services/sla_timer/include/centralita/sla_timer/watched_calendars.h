// The calendars out of the policies that libs/app's watcher sees.
#pragma once

#include <string>

#include "centralita/app/policy_watcher.h"
#include "centralita/sla_timer/app.h"

namespace centralita::sla_timer {

// Thread-safe. `watcher` outlives it.
class WatchedCalendars final : public Calendars {
 public:
  explicit WatchedCalendars(const app::PolicyWatcher& watcher) : watcher_(watcher) {}
  std::shared_ptr<const clocks::v1::Calendar> Find(const std::string& tenant,
                                                   const std::string& name) const override;

 private:
  const app::PolicyWatcher& watcher_;
};

}  // namespace centralita::sla_timer
