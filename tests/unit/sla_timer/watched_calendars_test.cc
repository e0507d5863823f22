#include "centralita/sla_timer/watched_calendars.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace centralita::sla_timer {
namespace {

constexpr int64_t kStart = 1'800'000'000'000;

class GivenPolicies final : public app::PolicyWatcher {
 public:
  std::shared_ptr<const app::PolicySnapshot> Current() const override { return current_; }
  bool Loaded() const override { return true; }
  absl::Status WaitLoaded(base::Duration) const override { return absl::OkStatus(); }
  absl::Status WaitVersion(const std::string&, uint64_t, base::Duration) const override {
    return absl::OkStatus();
  }
  std::shared_ptr<void> Subscribe(Callback callback) override {
    callback(current_);
    callback_ = std::move(callback);
    return {nullptr, [this](void*) { callback_ = nullptr; }};
  }

  // A new version of the tenant's policy, with one calendar that is open for an hour.
  void Publish(const std::string& tenant, const std::string& calendar, int64_t opens = kStart) {
    auto policy = std::make_shared<app::TenantPolicy>();
    auto& made = *policy->route.add_calendars();
    made.set_name(calendar);
    made.set_known_from_unix_ms(kStart - 100'000'000);
    made.set_known_until_unix_ms(kStart + 100'000'000);
    auto& span = *made.add_spans();
    span.set_start_unix_ms(opens);
    span.set_end_unix_ms(opens + 3'600'000);
    Set(tenant, std::move(policy));
  }
  void Set(const std::string& tenant, std::shared_ptr<const app::TenantPolicy> policy) {
    auto next = std::make_shared<app::PolicySnapshot>(*current_);
    next->tenants.erase(tenant);
    if (policy != nullptr) next->tenants.emplace(tenant, std::move(policy));
    current_ = std::move(next);
    if (callback_) callback_(current_);
  }
  bool followed() const { return callback_ != nullptr; }

 private:
  std::shared_ptr<const app::PolicySnapshot> current_ = std::make_shared<app::PolicySnapshot>();
  Callback callback_;
};

class WatchedCalendarsTest : public testing::Test {
 protected:
  bool OpenAt(const std::string& tenant, const std::string& name, int64_t at) const {
    return calendars_->Find(tenant, name)->IsOpen(base::FromUnixMillis(at));
  }

  GivenPolicies watcher_;
  std::unique_ptr<WatchedCalendars> calendars_ = std::make_unique<WatchedCalendars>(watcher_);
};

TEST_F(WatchedCalendarsTest, WhatIsNotKnownIsAlwaysOpen) {
  EXPECT_EQ(calendars_->Version(), 0u);
  EXPECT_TRUE(OpenAt("acme", "office", kStart - 1));
  watcher_.Publish("acme", "office");
  EXPECT_FALSE(OpenAt("acme", "office", kStart - 1));
  EXPECT_TRUE(OpenAt("acme", "office", kStart));
  EXPECT_TRUE(OpenAt("acme", "", kStart - 1));
  EXPECT_TRUE(OpenAt("acme", "none", kStart - 1));
}

TEST_F(WatchedCalendarsTest, WhatWasPublishedBeforeItBeganIsKnown) {
  watcher_.Publish("acme", "office");
  const WatchedCalendars later(watcher_);
  EXPECT_FALSE(later.Find("acme", "office")->IsOpen(base::FromUnixMillis(kStart - 1)));
  EXPECT_GT(later.VersionOf("acme"), 0u);
}

TEST_F(WatchedCalendarsTest, TheVersionGrowsForATenantWhoseCalendarsChangeAndForNoOther) {
  watcher_.Publish("acme", "office");
  watcher_.Publish("other", "office");
  const uint64_t other = calendars_->VersionOf("other");
  EXPECT_GT(other, calendars_->VersionOf("acme"));
  EXPECT_EQ(calendars_->Version(), other);
  watcher_.Publish("acme", "office-hours");
  EXPECT_GT(calendars_->Version(), other);
  EXPECT_EQ(calendars_->VersionOf("acme"), calendars_->Version());
  EXPECT_EQ(calendars_->VersionOf("other"), other);
  EXPECT_TRUE(OpenAt("acme", "office", kStart - 1));
  EXPECT_FALSE(OpenAt("acme", "office-hours", kStart - 1));
  watcher_.Publish("acme", "office-hours", kStart + 10);
  EXPECT_FALSE(OpenAt("acme", "office-hours", kStart));
  EXPECT_GT(calendars_->VersionOf("acme"), other + 1);
}

TEST_F(WatchedCalendarsTest, AVersionWithTheHoursOfTheOneBeforeChangesNothing) {
  watcher_.Publish("acme", "office");
  const uint64_t version = calendars_->Version();
  const auto before = calendars_->Find("acme", "office");
  watcher_.Publish("acme", "office");
  EXPECT_EQ(calendars_->Version(), version);
  EXPECT_EQ(calendars_->Find("acme", "office"), before);
}

TEST_F(WatchedCalendarsTest, ATenantThatGoesIsAlwaysOpenAndMayComeAgain) {
  watcher_.Publish("acme", "office");
  const auto kept = calendars_->Find("acme", "office");
  const uint64_t version = calendars_->Version();
  watcher_.Set("acme", nullptr);
  EXPECT_GT(calendars_->VersionOf("acme"), version);
  EXPECT_TRUE(OpenAt("acme", "office", kStart - 1));
  EXPECT_FALSE(kept->IsOpen(base::FromUnixMillis(kStart - 1))) << "whoever has it may go on";
  watcher_.Publish("acme", "office");
  EXPECT_GT(calendars_->VersionOf("acme"), version + 1);
  EXPECT_FALSE(OpenAt("acme", "office", kStart - 1));
}

TEST_F(WatchedCalendarsTest, NobodyCallsWhatHasGone) {
  EXPECT_TRUE(watcher_.followed());
  calendars_.reset();
  EXPECT_FALSE(watcher_.followed());
  watcher_.Publish("acme", "office");
}

}  // namespace
}  // namespace centralita::sla_timer
