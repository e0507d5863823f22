#include "centralita/classifier/watched_policies.h"

namespace centralita::classifier {
namespace {

std::shared_ptr<const text::Classifier> Build(const app::TenantPolicy& policy) {
  const auto& languages = policy.settings.languages();
  return std::make_shared<text::Classifier>(
      policy.classifier, std::vector<std::string>(languages.begin(), languages.end()),
      policy.version);
}

}  // namespace

WatchedPolicies::WatchedPolicies(app::PolicyWatcher& watcher)
    : subscription_(
          watcher.Subscribe([this](const std::shared_ptr<const app::PolicySnapshot>& snapshot) {
            Compile(*snapshot);
          })) {}

std::shared_ptr<const TenantClassifiers> WatchedPolicies::Current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

void WatchedPolicies::Compile(const app::PolicySnapshot& snapshot) {
  const std::shared_ptr<const TenantClassifiers> before = Current();
  auto next = std::make_shared<TenantClassifiers>();
  for (const auto& [tenant, policy] : snapshot.tenants) {
    const auto known = built_from_.find(tenant);
    const bool same = known != built_from_.end() && known->second == policy;
    const auto old = before->find(tenant);
    (*next)[tenant] = same && old != before->end() ? old->second : Build(*policy);
  }
  built_from_ = snapshot.tenants;
  std::lock_guard lock(mutex_);
  current_ = std::move(next);
}

}  // namespace centralita::classifier
