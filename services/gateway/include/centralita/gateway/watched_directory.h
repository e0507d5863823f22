// The agents' directory out of the policies that libs/app's watcher sees.
#pragma once

#include "centralita/app/policy_watcher.h"
#include "centralita/gateway/ports.h"

namespace centralita::gateway {

// Thread-safe. `watcher` outlives it.
class WatchedDirectory final : public Directory {
 public:
  explicit WatchedDirectory(const app::PolicyWatcher& watcher) : watcher_(watcher) {}
  absl::StatusOr<AgentIdentity> Authenticate(const Credentials& credentials,
                                             const std::string& agent_id) const override;

 private:
  const app::PolicyWatcher& watcher_;
};

}  // namespace centralita::gateway
