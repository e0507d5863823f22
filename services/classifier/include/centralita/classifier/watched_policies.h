// The policies that libs/app's watcher sees, compiled.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "centralita/app/policy_watcher.h"
#include "centralita/classifier/policy_source.h"

namespace centralita::classifier {

// A tenant's classifier is built again only when its policy has changed. Thread-safe.
class WatchedPolicies final : public PolicySource {
 public:
  // `watcher` outlives it.
  explicit WatchedPolicies(app::PolicyWatcher& watcher);
  std::shared_ptr<const TenantClassifiers> Current() const override;

 private:
  void Compile(const app::PolicySnapshot& snapshot);

  mutable std::mutex mutex_;
  std::shared_ptr<const TenantClassifiers> current_ = std::make_shared<TenantClassifiers>();
  // From what each was built; touched by the watcher's calls only, which come one at a time.
  std::map<std::string, std::shared_ptr<const app::TenantPolicy>, std::less<>> built_from_;
  // Last: its end waits for a call that is under way.
  std::shared_ptr<void> subscription_;
};

}  // namespace centralita::classifier
