// History, rollback, stages and conditions of publishing, over a real log.
#include "centralita/app/policy_versions.h"

#include <gtest/gtest.h>

#include "centralita/app/backends.h"
#include "centralita/app/policy_publisher.h"
#include "centralita/app/policy_watcher.h"
#include "centralita/base/error.h"
#include "centralita/base/topics.h"
#include "tests/unit/app/temp_dir.h"

namespace centralita::app {
namespace {

using policy::v1::PolicySection;

constexpr base::Duration kLimit{20'000};

std::vector<PolicySection> Sections(const std::string& name, const std::string& route_to = "care") {
  std::vector<PolicySection> sections(5);
  sections[0].mutable_tenant_section()->set_display_name(name);
  sections[1].mutable_classifier()->add_intents("other");
  sections[2].mutable_route()->set_default_queue(route_to);
  sections[3].mutable_agents();
  sections[4].mutable_pool()->set_pool("care");
  return sections;
}

class PolicyVersionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = OpenEmbedded({.data_dir = dir_.path(), .topics = {}}, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    backends_ = *std::move(opened);
  }

  eventlog::EventLog& log() { return *backends_.log; }

  absl::StatusOr<PublishResult> Publish(std::vector<PolicySection> sections,
                                        PublishOptions options = {}) {
    return PublishPolicy(log(), clock_, "acme", std::move(sections), "eva", options);
  }
  uint64_t PublishAll(const std::string& name, const std::string& route_to = "care") {
    const auto result = Publish(Sections(name, route_to));
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->version : 0;
  }
  std::vector<PolicyVersion> Versions() {
    auto versions = ListPolicyVersions(log(), "acme");
    EXPECT_TRUE(versions.ok()) << versions.status();
    return versions.value_or(std::vector<PolicyVersion>());
  }
  std::string NameNow() {
    auto watcher = *PolicyWatcher::Start(log(), *logger_);
    EXPECT_TRUE(watcher->WaitLoaded(kLimit).ok());
    const auto snapshot = watcher->Current();
    const TenantPolicy* acme = snapshot->Find("acme");
    return acme == nullptr ? "" : acme->settings.display_name();
  }

  test::TempDir dir_;
  base::SystemClock clock_;
  std::unique_ptr<telemetry::Logger> logger_ = telemetry::Logger::Discard();
  Backends backends_;
};

TEST_F(PolicyVersionsTest, HistorySaysWhoAndWhenTheNewestFirst) {
  EXPECT_TRUE(Versions().empty());
  PublishAll("one");
  PublishAll("two");
  const auto versions = Versions();
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_EQ(versions[0].version, 2u);
  EXPECT_TRUE(versions[0].active);
  EXPECT_FALSE(versions[1].active);
  EXPECT_EQ(versions[1].manifest.applied_by(), "eva");
  EXPECT_GT(versions[1].manifest.applied_unix_ms(), 0);
  EXPECT_NE(versions[0].manifest.content_sha256(), versions[1].manifest.content_sha256());
}

TEST_F(PolicyVersionsTest, AnEarlierVersionCanBeReadWhole) {
  PublishAll("one");
  PublishAll("two");
  const auto stored = ReadPolicyVersion(log(), "acme", 1);
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ(stored->sections.size(), 5u);
  const auto now = ReadPolicyVersion(log(), "acme", 0);
  ASSERT_TRUE(now.ok());
  EXPECT_EQ(now->version.version, 2u);
  EXPECT_EQ(ReadPolicyVersion(log(), "acme", 7).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadPolicyVersion(log(), "nobody", 0).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(PolicyVersionsTest, KeepsTheLatestTenAndDropsTheRest) {
  for (int i = 1; i <= 13; ++i) PublishAll("name " + std::to_string(i));
  const auto versions = Versions();
  ASSERT_EQ(versions.size(), kKeptPolicyVersions);
  EXPECT_EQ(versions.front().version, 13u);
  EXPECT_EQ(versions.back().version, 4u);
  EXPECT_EQ(NameNow(), "name 13");
}

TEST_F(PolicyVersionsTest, ARollbackIsANewVersionWithTheContentOfTheOneBefore) {
  PublishAll("one");
  PublishAll("two");
  const auto restored = RestorePolicy(log(), clock_, "acme", 0, "leo");
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->version, 3u);
  EXPECT_EQ(NameNow(), "one");
  const auto versions = Versions();
  EXPECT_EQ(versions[0].manifest.restores_version(), 1u);
  EXPECT_EQ(versions[0].manifest.applied_by(), "leo");
  ASSERT_TRUE(RestorePolicy(log(), clock_, "acme", 0, "leo").ok());
  EXPECT_EQ(NameNow(), "two") << "twice brings back what was rolled back";
}

TEST_F(PolicyVersionsTest, WithoutAVersionBeforeThereIsNoWayBack) {
  PublishAll("one");
  const auto restored = RestorePolicy(log(), clock_, "acme", 0, "leo");
  EXPECT_EQ(base::ReasonOf(restored.status()), "no_version_before");
}

TEST_F(PolicyVersionsTest, AnotherVersionThanExpectedChangesNothing) {
  PublishAll("one");
  PublishAll("two");
  const auto refused = Publish(Sections("three"), {.expected_version = 1});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::ReasonOf(refused.status()), "policy_version_unexpected");
  EXPECT_EQ(NameNow(), "two");
  EXPECT_TRUE(Publish(Sections("three"), {.expected_version = 2}).ok());
  EXPECT_EQ(NameNow(), "three");
}

TEST_F(PolicyVersionsTest, AStageActivatesOnlyRoutesAndLeavesTheVersionForAll) {
  PublishAll("one", "here");
  const auto commands = [this] {
    uint64_t end = 0;
    for (uint32_t p = 0; p < 4; ++p) {
      end += log().Offsets({std::string(base::topics::kCommands), p})->end;
    }
    return end;
  };
  const uint64_t before = commands();
  const auto staged = Publish(Sections("one", "there"), {.stage_percent = 10});
  ASSERT_TRUE(staged.ok()) << staged.status();
  EXPECT_EQ(staged->version, 2u);
  EXPECT_EQ(commands(), before);
  const auto versions = Versions();
  EXPECT_TRUE(versions[0].active);
  EXPECT_EQ(versions[0].manifest.stage_percent(), 10u);
  EXPECT_TRUE(versions[1].active);
  EXPECT_EQ(ReadPolicyVersion(log(), "acme", 0)->version.version, 1u);
  // Once more: nothing new.
  EXPECT_FALSE(Publish(Sections("one", "there"), {.stage_percent = 10})->changed);
  EXPECT_EQ(Publish(Sections("one", "there"), {.stage_percent = 20})->version, 3u);
}

TEST_F(PolicyVersionsTest, ARollbackEndsAStage) {
  PublishAll("one", "here");
  ASSERT_TRUE(Publish(Sections("one", "there"), {.stage_percent = 10}).ok());
  const auto restored = RestorePolicy(log(), clock_, "acme", 0, "leo");
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->version, 3u);
  const auto versions = Versions();
  EXPECT_TRUE(versions[0].active);
  EXPECT_FALSE(versions[1].active);
  EXPECT_EQ(versions[0].manifest.restores_version(), 1u);
}

TEST_F(PolicyVersionsTest, AppliedToAllAStageIsOver) {
  PublishAll("one", "here");
  ASSERT_TRUE(Publish(Sections("one", "there"), {.stage_percent = 10}).ok());
  EXPECT_EQ(PublishAll("one", "there"), 3u);
  EXPECT_FALSE(Versions()[1].active);
  EXPECT_EQ(ReadPolicyVersion(log(), "acme", 0)->version.version, 3u);
}

TEST_F(PolicyVersionsTest, WhatAllShareCannotBeStaged) {
  EXPECT_EQ(base::ReasonOf(Publish(Sections("one"), {.stage_percent = 10}).status()),
            "stage_of_nothing");
  PublishAll("one");
  const auto refused = Publish(Sections("two", "there"), {.stage_percent = 10});
  EXPECT_EQ(base::ReasonOf(refused.status()), "stage_sections");
  EXPECT_NE(refused.status().message().find("tenant"), absl::string_view::npos);
  EXPECT_EQ(base::ReasonOf(Publish(Sections("one"), {.stage_percent = 100}).status()),
            "stage_percent");
  EXPECT_EQ(Versions().size(), 1u);
}

}  // namespace
}  // namespace centralita::app
