// The calendars out of the policies that libs/app's watcher sees.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "centralita/app/policy_watcher.h"
#include "centralita/base/strings.h"
#include "centralita/sla/calendars.h"
#include "centralita/sla_timer/app.h"

namespace centralita::sla_timer {

// Thread-safe. `watcher` outlives it.
class WatchedCalendars final : public Calendars {
 public:
  explicit WatchedCalendars(const app::PolicyWatcher& watcher) : watcher_(watcher) {}
  std::shared_ptr<const sla::Spans> Find(const std::string& tenant,
                                         const std::string& name) const override;

 private:
  struct Compiled {
    std::shared_ptr<const app::TenantPolicy> policy;
    std::shared_ptr<const sla::Calendars> calendars;
  };

  const app::PolicyWatcher& watcher_;
  mutable std::mutex mutex_;
  // By tenant: what was made of its newest policy that was asked for.
  mutable base::StringMap<Compiled> compiled_;
};

}  // namespace centralita::sla_timer
