#include "centralita/classifier/watched_policies.h"

#include "centralita/app/api_key.h"

namespace centralita::classifier {
namespace {

std::shared_ptr<const text::Classifier> Build(const app::TenantPolicy& policy,
                                              const std::shared_ptr<const model::Model>& model,
                                              std::shared_ptr<const text::RuleSet> rules) {
  const auto& languages = policy.settings.languages();
  return std::make_shared<text::Classifier>(
      policy.classifier, std::vector<std::string>(languages.begin(), languages.end()),
      policy.version, model, std::move(rules));
}

}  // namespace

WatchedPolicies::WatchedPolicies(app::PolicyWatcher& watcher, ModelSource& models,
                                 text::RuleCache* cache)
    : watcher_(watcher),
      models_(models),
      cache_(cache),
      subscription_(watcher.Subscribe(
          [this](const std::shared_ptr<const app::PolicySnapshot>&) { Compile(); })) {
  models_.OnChange([this] { Compile(); });
  // A model may have come between the two.
  Compile();
}

WatchedPolicies::~WatchedPolicies() { models_.OnChange(nullptr); }

std::shared_ptr<const TenantClassifiers> WatchedPolicies::Current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

absl::Status WatchedPolicies::Check(const std::string& tenant, const std::string& api_key) const {
  return app::CheckApiKey(*watcher_.Current(), tenant, api_key);
}

void WatchedPolicies::Compile() {
  std::lock_guard compile(compile_mutex_);
  // Read under the lock: what was read before it may be older than what another thread compiled.
  const std::shared_ptr<const app::PolicySnapshot> policies = watcher_.Current();
  const std::shared_ptr<const TenantClassifiers> before = Current();
  const std::shared_ptr<const model::Model> model = models_.Current();
  auto next = std::make_shared<TenantClassifiers>();
  for (const auto& [tenant, policy] : policies->tenants) {
    const auto known = built_from_.find(tenant);
    const auto old = before->find(tenant);
    const bool same_policy =
        known != built_from_.end() && known->second == policy && old != before->end();
    if (same_policy && built_with_ == model) {
      (*next)[tenant] = old->second;
      continue;
    }
    auto rules = same_policy ? old->second->shared_rules()
                             : std::make_shared<const text::RuleSet>(policy->classifier, cache_);
    (*next)[tenant] = Build(*policy, model, std::move(rules));
  }
  built_from_ = policies->tenants;
  built_with_ = model;
  std::lock_guard lock(mutex_);
  current_ = std::move(next);
}

}  // namespace centralita::classifier
