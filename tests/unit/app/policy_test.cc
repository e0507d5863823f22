// Publisher and watcher over a real log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "centralita/app/backends.h"
#include "centralita/app/policy_publisher.h"
#include "centralita/app/policy_watcher.h"
#include "centralita/base/key.h"
#include "centralita/base/topics.h"
#include "tests/unit/app/temp_dir.h"

namespace centralita::app {
namespace {

using policy::v1::PolicySection;
using ::testing::SizeIs;

constexpr base::Duration kLimit{20'000};

std::vector<PolicySection> Sections(const std::string& display_name,
                                    const std::vector<std::string>& pools,
                                    int agents_per_pool = 1) {
  std::vector<PolicySection> sections(4);
  sections[0].mutable_tenant_section()->set_display_name(display_name);
  sections[1].mutable_classifier()->add_intents("other");
  sections[2].mutable_route()->set_default_pool(pools.front());
  sections[2].mutable_route()->add_calendars()->set_name("always");
  auto& agents = *sections[3].mutable_agents();
  for (const std::string& pool : pools) {
    sections.emplace_back().mutable_pool()->set_pool(pool);
    for (int i = 0; i < agents_per_pool; ++i) {
      auto& agent = *agents.add_agents();
      agent.set_agent_id(pool + std::to_string(i));
      agent.set_pool(pool);
    }
  }
  return sections;
}

class PolicyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = OpenEmbedded({.data_dir = dir_.path(), .topics = {}}, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    backends_ = *std::move(opened);
  }

  eventlog::EventLog& log() { return *backends_.log; }

  PublishResult Publish(const std::string& tenant, std::vector<PolicySection> sections) {
    auto result = PublishPolicy(log(), clock_, tenant, std::move(sections), "test");
    EXPECT_TRUE(result.ok()) << result.status();
    return result.value_or(PublishResult{});
  }

  uint64_t End(std::string_view topic, uint32_t partition) {
    return log().Offsets({std::string(topic), partition})->end;
  }

  void AppendToPolicy(const std::string& key, const std::string& value) {
    auto producer = *log().NewProducer({.name = "test"});
    ASSERT_TRUE(
        producer->Append({std::string(base::topics::kPolicy), 0, key, value, false}, [](auto) {})
            .ok());
    ASSERT_TRUE(producer->Flush(kLimit).ok());
  }

  test::TempDir dir_;
  base::SystemClock clock_;
  std::unique_ptr<telemetry::Logger> logger_ = telemetry::Logger::Discard();
  Backends backends_;
};

TEST_F(PolicyTest, WatcherGivesWholeVersionsOfEachTenant) {
  EXPECT_EQ(Publish("acme", Sections("Acme", {"general", "vip"})).version, 1u);
  EXPECT_EQ(Publish("boreal", Sections("Boreal", {"all"})).version, 1u);
  auto watcher = *PolicyWatcher::Start(log(), *logger_);
  ASSERT_TRUE(watcher->WaitLoaded(kLimit).ok());
  const auto snapshot = watcher->Current();
  ASSERT_NE(snapshot->Find("acme"), nullptr);
  EXPECT_EQ(snapshot->Find("acme")->settings.display_name(), "Acme");
  EXPECT_THAT(snapshot->Find("acme")->pools, SizeIs(2));
  EXPECT_EQ(snapshot->Find("acme")->agents.agents_size(), 2);
  EXPECT_EQ(snapshot->Find("acme")->manifest.applied_by(), "test");
  EXPECT_EQ(snapshot->Find("boreal")->route.default_pool(), "all");
  EXPECT_EQ(snapshot->Find("nobody"), nullptr);
}

TEST_F(PolicyTest, AnEmptyTopicIsLoadedToo) {
  auto watcher = *PolicyWatcher::Start(log(), *logger_);
  ASSERT_TRUE(watcher->WaitLoaded(kLimit).ok());
  EXPECT_TRUE(watcher->Current()->tenants.empty());
}

TEST_F(PolicyTest, VersionGrowsOnlyWhenTheContentDiffers) {
  EXPECT_TRUE(Publish("acme", Sections("Acme", {"general"})).changed);
  const PublishResult same = Publish("acme", Sections("Acme", {"general"}));
  EXPECT_FALSE(same.changed);
  EXPECT_EQ(same.version, 1u);
  const PublishResult other = Publish("acme", Sections("Acme Ltd", {"general"}));
  EXPECT_TRUE(other.changed);
  EXPECT_EQ(other.version, 2u);
  EXPECT_EQ(Publish("acme", Sections("Acme", {"general"})).version, 3u)
      << "a rollback is a new version";
}

TEST_F(PolicyTest, FollowersAreToldOfChangesAndAPoolThatWentIsGone) {
  Publish("acme", Sections("Acme", {"general", "vip"}));
  auto watcher = *PolicyWatcher::Start(log(), *logger_);
  ASSERT_TRUE(watcher->WaitLoaded(kLimit).ok());
  std::promise<size_t> pools;
  auto subscription =
      watcher->Subscribe([&](const std::shared_ptr<const PolicySnapshot>& snapshot) {
        const TenantPolicy* acme = snapshot->Find("acme");
        if (acme->version == 2) pools.set_value(acme->pools.size());
      });
  Publish("acme", Sections("Acme", {"general"}));
  EXPECT_EQ(pools.get_future().get(), 1u);
  EXPECT_TRUE(watcher->WaitVersion("acme", 2, kLimit).ok());
  EXPECT_EQ(watcher->WaitVersion("acme", 3, base::Duration(1)).code(),
            absl::StatusCode::kDeadlineExceeded);
}

TEST_F(PolicyTest, AHalfWrittenVersionTakesNothingAwayAndIsPassedOver) {
  Publish("acme", Sections("Acme", {"general"}));
  // What a publisher leaves that dies before its manifest.
  PolicySection half;
  half.set_tenant("acme");
  half.set_version(2);
  half.mutable_tenant_section()->set_display_name("half");
  AppendToPolicy(base::TenantKey("acme", "tenant/2"), half.SerializeAsString());
  auto watcher = *PolicyWatcher::Start(log(), *logger_);
  ASSERT_TRUE(watcher->WaitLoaded(kLimit).ok());
  EXPECT_EQ(watcher->Current()->Find("acme")->version, 1u);
  EXPECT_EQ(watcher->Current()->Find("acme")->settings.display_name(), "Acme");
  EXPECT_EQ(Publish("acme", Sections("Acme 3", {"general"})).version, 3u);
  ASSERT_TRUE(watcher->WaitVersion("acme", 3, kLimit).ok());
  EXPECT_EQ(watcher->Current()->Find("acme")->settings.display_name(), "Acme 3");
}

TEST_F(PolicyTest, ADamagedRecordDoesNotStopTheWatcher) {
  AppendToPolicy("x", "\xff\xff\xff");
  Publish("acme", Sections("Acme", {"general"}));
  auto watcher = *PolicyWatcher::Start(log(), *logger_);
  ASSERT_TRUE(watcher->WaitLoaded(kLimit).ok());
  EXPECT_NE(watcher->Current()->Find("acme"), nullptr);
}

TEST_F(PolicyTest, ActivatesEveryPartitionOfRoutingAndEachPoolInItsOwnOfCommands) {
  Publish("acme", Sections("Acme", {"general", "vip"}));
  for (uint32_t p = 0; p < 4; ++p) EXPECT_EQ(End(base::topics::kRouting, p), 1u);
  uint64_t commands = 0;
  for (uint32_t p = 0; p < 4; ++p) commands += End(base::topics::kCommands, p);
  EXPECT_EQ(commands, 2u);
  EXPECT_GE(End(base::topics::kCommands, base::PartitionOf(base::TenantKey("acme", "vip"), 4)), 1u);
  Publish("acme", Sections("Acme", {"general", "vip"}));
  EXPECT_EQ(End(base::topics::kRouting, 0), 2u)
      << "appended again: an earlier run may have died before it";
}

TEST_F(PolicyTest, ALargePoolIsActivatedInParts) {
  auto sections = Sections("Acme", {"general", "vip"}, 1201);
  for (PolicySection& section : sections) section.set_version(7);
  const auto activations = PoolActivations("acme", sections);
  ASSERT_THAT(activations, SizeIs(6));
  int agents = 0;
  for (size_t i = 0; i < 3; ++i) {
    const auto& activate = activations[i].activate();
    EXPECT_EQ(activations[i].pool(), "general");
    EXPECT_EQ(activate.version(), 7u);
    EXPECT_EQ(activate.part(), i);
    EXPECT_EQ(activate.parts(), 3u);
    agents += activate.agents_size();
    for (const auto& agent : activate.agents()) EXPECT_EQ(agent.pool(), "general");
  }
  EXPECT_EQ(agents, 1201);
  EXPECT_EQ(activations[0].activate().calendars_size(), 1);
}

TEST_F(PolicyTest, AMissingOrRepeatedSectionIsRefusedAndNothingIsWritten) {
  auto sections = Sections("Acme", {"general"});
  sections.erase(sections.begin());
  EXPECT_EQ(PublishPolicy(log(), clock_, "acme", sections, "test").status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(PublishPolicy(log(), clock_, "acme", Sections("Acme", {"general", "general"}), "test")
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(End(base::topics::kPolicy, 0), 0u);
}

}  // namespace
}  // namespace centralita::app
