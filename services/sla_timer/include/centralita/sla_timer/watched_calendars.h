// The calendars, and the tenants' keys, out of the policies that libs/app's watcher sees.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "centralita/app/policy_watcher.h"
#include "centralita/base/strings.h"
#include "centralita/sla/calendars.h"
#include "centralita/sla_timer/app.h"

namespace centralita::sla_timer {

// Thread-safe. `watcher` outlives it.
class WatchedCalendars final : public Calendars, public Access {
 public:
  explicit WatchedCalendars(app::PolicyWatcher& watcher);
  std::shared_ptr<const sla::Spans> Find(const std::string& tenant,
                                         const std::string& name) const override;
  uint64_t Version() const override { return version_; }
  uint64_t VersionOf(const std::string& tenant) const override;
  absl::Status Check(const std::string& tenant, const std::string& api_key) const override;

 private:
  struct Compiled {
    // Null if the tenant has gone.
    std::shared_ptr<const app::TenantPolicy> policy;
    std::shared_ptr<const sla::Calendars> calendars;
    uint64_t version = 0;
  };

  void Follow(const app::PolicySnapshot& policies);

  const app::PolicyWatcher& watcher_;
  mutable std::mutex mutex_;
  // By tenant.
  base::StringMap<Compiled> compiled_;
  std::atomic<uint64_t> version_{0};
  // Last: goes first, and its calls with it.
  std::shared_ptr<void> subscription_;
};

}  // namespace centralita::sla_timer
