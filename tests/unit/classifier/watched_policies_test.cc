// Policies and models change on threads of their own: what is in use is the newest of both.
#include "centralita/classifier/watched_policies.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <thread>

#include "centralita/base/uuid.h"
#include "tests/unit/model/content.h"

namespace centralita::classifier {
namespace {

namespace fs = std::filesystem;

constexpr base::Duration kNever{3'600'000};

std::shared_ptr<const app::PolicySnapshot> SnapshotOf(uint64_t version) {
  auto policy = std::make_shared<app::TenantPolicy>();
  policy->tenant = "shop";
  policy->version = version;
  policy->classifier.add_intents("a");
  policy->classifier.add_intents("b");
  auto snapshot = std::make_shared<app::PolicySnapshot>();
  snapshot->tenants["shop"] = std::move(policy);
  return snapshot;
}

// One subscriber, and a word at each point where another thread may come between.
class SteeredWatcher final : public app::PolicyWatcher {
 public:
  std::shared_ptr<const app::PolicySnapshot> Current() const override {
    std::function<void()> hook;
    std::shared_ptr<const app::PolicySnapshot> read;
    {
      std::lock_guard lock(mutex_);
      read = current_;
      hook = std::exchange(after_read_, nullptr);
    }
    if (hook) hook();
    return read;
  }
  bool Loaded() const override { return true; }
  absl::Status WaitLoaded(base::Duration) const override { return absl::OkStatus(); }
  absl::Status WaitVersion(const std::string&, uint64_t, base::Duration) const override {
    return absl::OkStatus();
  }
  std::shared_ptr<void> Subscribe(Callback callback) override {
    callback(Current());
    callback_ = std::move(callback);
    if (after_subscribe) after_subscribe();
    return nullptr;
  }

  void Publish(std::shared_ptr<const app::PolicySnapshot> snapshot) {
    {
      std::lock_guard lock(mutex_);
      current_ = snapshot;
    }
    if (callback_) callback_(snapshot);
  }
  // Once, between what Current() has read and its return.
  void AfterNextRead(std::function<void()> hook) {
    std::lock_guard lock(mutex_);
    after_read_ = std::move(hook);
  }

  std::function<void()> after_subscribe;

 private:
  Callback callback_;
  mutable std::mutex mutex_;
  mutable std::function<void()> after_read_;
  std::shared_ptr<const app::PolicySnapshot> current_ = SnapshotOf(1);
};

class WatchedPoliciesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_);
    PutModel(100);
    auto models = ModelSource::Start(path_.string(), *logger_, kNever);
    ASSERT_TRUE(models.ok()) << models.status();
    models_ = *std::move(models);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void PutModel(int32_t threshold) {
    model::Content content = model::EmptyContent({"a", "b"});
    content.threshold_permille = threshold;
    const fs::path draft = folder_ / "draft";
    std::ofstream(draft, std::ios::binary) << model::Write(content);
    fs::rename(draft, path_);
  }
  static std::string ModelOf(const WatchedPolicies& policies) {
    text::Workspace workspace;
    classification::v1::Classification said;
    policies.Current()->at("shop")->Classify(text::Input(), workspace, said);
    return said.model_version();
  }

  const fs::path folder_ = fs::temp_directory_path() / ("watched-" + base::RandomUuid());
  const fs::path path_ = folder_ / "model.bin";
  std::unique_ptr<telemetry::Logger> logger_ = telemetry::Logger::Discard();
  SteeredWatcher watcher_;
  std::unique_ptr<ModelSource> models_;
};

TEST_F(WatchedPoliciesTest, AModelThatChangesPutsNoOlderPolicyBack) {
  WatchedPolicies policies(watcher_, *models_);
  ASSERT_EQ(policies.Current()->at("shop")->policy_version(), 1u);

  std::mutex mutex;
  std::condition_variable changed;
  bool compiled = false;
  std::thread publisher;
  watcher_.AfterNextRead([&] {
    publisher = std::thread([&] {
      watcher_.Publish(SnapshotOf(2));
      std::lock_guard lock(mutex);
      compiled = true;
      changed.notify_all();
    });
    // Where compiling is one at a time, the publisher has to wait until this returns.
    std::unique_lock lock(mutex);
    changed.wait_for(lock, base::Duration(500), [&] { return compiled; });
  });
  PutModel(200);
  models_->Look();
  publisher.join();

  EXPECT_EQ(policies.Current()->at("shop")->policy_version(), 2u);
  EXPECT_EQ(ModelOf(policies), models_->Current()->version());
}

TEST_F(WatchedPoliciesTest, AModelThatChangesAtTheStartIsTaken) {
  watcher_.after_subscribe = [&] {
    PutModel(300);
    models_->Look();
  };
  const WatchedPolicies policies(watcher_, *models_);
  EXPECT_EQ(models_->Current()->threshold_permille(), 300);
  EXPECT_EQ(ModelOf(policies), models_->Current()->version());
}

TEST_F(WatchedPoliciesTest, OnlyWhatChangedIsBuiltAgain) {
  WatchedPolicies policies(watcher_, *models_);
  const auto before = policies.Current()->at("shop");
  watcher_.Publish(watcher_.Current());
  EXPECT_EQ(policies.Current()->at("shop"), before);
  PutModel(400);
  models_->Look();
  EXPECT_NE(policies.Current()->at("shop"), before);
  EXPECT_EQ(policies.Current()->at("shop")->shared_rules(), before->shared_rules());
  watcher_.Publish(SnapshotOf(2));
  EXPECT_NE(policies.Current()->at("shop")->shared_rules(), before->shared_rules());
}

}  // namespace
}  // namespace centralita::classifier
