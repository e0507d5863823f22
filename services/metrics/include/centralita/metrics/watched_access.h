// Access by the tenants' keys, out of the policies that libs/app's watcher sees.
#pragma once

#include "centralita/app/policy_watcher.h"
#include "centralita/metrics/app.h"

namespace centralita::metrics {

// Thread-safe. `watcher` outlives it.
class WatchedAccess final : public Access {
 public:
  explicit WatchedAccess(const app::PolicyWatcher& watcher) : watcher_(watcher) {}
  absl::Status Check(const std::string& tenant, const std::string& api_key) const override;

 private:
  const app::PolicyWatcher& watcher_;
};

}  // namespace centralita::metrics
