#include "centralita/sla_timer/watched_calendars.h"

#include <algorithm>

#include "centralita/app/api_key.h"

namespace centralita::sla_timer {
namespace {

// A new version of a policy most often has the hours of the one before.
bool SameCalendars(const app::TenantPolicy& a, const app::TenantPolicy& b) {
  return std::equal(a.route.calendars().begin(), a.route.calendars().end(),
                    b.route.calendars().begin(), b.route.calendars().end(),
                    [](const clocks::v1::Calendar& one, const clocks::v1::Calendar& other) {
                      return one.SerializeAsString() == other.SerializeAsString();
                    });
}

}  // namespace

WatchedCalendars::WatchedCalendars(app::PolicyWatcher& watcher)
    : watcher_(watcher),
      subscription_(
          watcher.Subscribe([this](const std::shared_ptr<const app::PolicySnapshot>& policies) {
            Follow(*policies);
          })) {}

std::shared_ptr<const sla::Spans> WatchedCalendars::Find(const std::string& tenant,
                                                         const std::string& name) const {
  const std::scoped_lock lock(mutex_);
  const auto found = compiled_.find(tenant);
  if (found == compiled_.end()) return std::make_shared<const sla::Spans>();
  // Shares their lifetime.
  return {found->second.calendars, &found->second.calendars->Find(name)};
}

uint64_t WatchedCalendars::VersionOf(const std::string& tenant) const {
  const std::scoped_lock lock(mutex_);
  const auto found = compiled_.find(tenant);
  return found == compiled_.end() ? 0 : found->second.version;
}

absl::Status WatchedCalendars::Check(const std::string& tenant, const std::string& api_key) const {
  return app::CheckApiKey(*watcher_.Current(), tenant, api_key);
}

void WatchedCalendars::Follow(const app::PolicySnapshot& policies) {
  const std::scoped_lock lock(mutex_);
  const uint64_t next = version_ + 1;
  bool changed = false;
  const auto set = [&](Compiled& compiled, std::shared_ptr<const sla::Calendars> calendars) {
    compiled.calendars = std::move(calendars);
    compiled.version = next;
    changed = true;
  };
  for (const auto& [tenant, policy] : policies.tenants) {
    Compiled& compiled = compiled_[tenant];
    if (compiled.policy == policy) continue;
    if (compiled.policy == nullptr || !SameCalendars(*compiled.policy, *policy)) {
      set(compiled, std::make_shared<const sla::Calendars>(policy->route.calendars()));
    }
    compiled.policy = policy;
  }
  for (auto& [tenant, compiled] : compiled_) {
    if (compiled.policy == nullptr || policies.tenants.contains(tenant)) continue;
    set(compiled, std::make_shared<const sla::Calendars>());
    compiled.policy = nullptr;
  }
  // Who sees it finds all that it stands for.
  if (changed) version_ = next;
}

}  // namespace centralita::sla_timer
