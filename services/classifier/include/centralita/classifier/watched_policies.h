// The policies that libs/app's watcher sees, compiled, with the model that is in use.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "centralita/app/policy_watcher.h"
#include "centralita/classifier/model_source.h"
#include "centralita/classifier/policy_source.h"
#include "centralita/text/rule_cache.h"

namespace centralita::classifier {

// A tenant's classifier is built again only when its policy or the model has changed (its rules
// only when its policy has), beside the work: messages go on with the one before until the new one
// is whole. Thread-safe.
class WatchedPolicies final : public PolicySource, public Access {
 public:
  // `watcher` outlives it; `models` too, and is given to nobody else. So does `cache`, where
  // compiled rules are kept, if there is one.
  WatchedPolicies(app::PolicyWatcher& watcher, ModelSource& models,
                  text::RuleCache* cache = nullptr);
  ~WatchedPolicies() override;
  std::shared_ptr<const TenantClassifiers> Current() const override;
  absl::Status Check(const std::string& tenant, const std::string& api_key) const override;

 private:
  // Whatever policies and model are the newest now.
  void Compile();

  app::PolicyWatcher& watcher_;
  ModelSource& models_;
  text::RuleCache* const cache_;
  mutable std::mutex mutex_;
  std::shared_ptr<const TenantClassifiers> current_ = std::make_shared<TenantClassifiers>();
  // Of Compile(): policies and models change on threads of their own.
  std::mutex compile_mutex_;
  // From what each was built.
  std::map<std::string, std::shared_ptr<const app::TenantPolicy>, std::less<>> built_from_;
  std::shared_ptr<const model::Model> built_with_;
  // Last: its end waits for a call that is under way.
  std::shared_ptr<void> subscription_;
};

}  // namespace centralita::classifier
