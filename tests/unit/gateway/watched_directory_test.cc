#include "centralita/gateway/watched_directory.h"

#include "centralita/app/policy_publisher.h"
#include "centralita/base/sha256.h"
#include "fakes.h"

namespace centralita::gateway {
namespace {

Credentials WithKey(const std::string& tenant, const std::string& key) {
  return {.tenant = tenant, .api_key = key, .agent_token = ""};
}
Credentials WithToken(const std::string& token) {
  return {.tenant = "acme", .api_key = "", .agent_token = token};
}

class WatchedDirectoryTest : public GatewayFixture {
 protected:
  void SetUp() override {
    GatewayFixture::SetUp();
    std::vector<policy::v1::PolicySection> sections(4);
    sections[0].mutable_tenant_section()->add_api_key_sha256(base::Sha256Hex("key"));
    sections[1].mutable_classifier();
    sections[2].mutable_route()->set_default_pool("care");
    auto& agent = *sections[3].mutable_agents()->add_agents();
    agent.set_agent_id("ana");
    agent.set_display_name("Ана");
    agent.set_pool("care");
    agent.set_capacity_units(120);
    agent.set_token_sha256(base::Sha256Hex("token"));
    sections[3].mutable_agents()->add_agents()->set_agent_id("boris");
    sections.emplace_back().mutable_pool()->set_pool("care");
    const auto published = app::PublishPolicy(log(), clock_, "acme", std::move(sections), "test");
    ASSERT_TRUE(published.ok()) << published.status();
    auto watcher = app::PolicyWatcher::Start(log(), *logger_);
    ASSERT_TRUE(watcher.ok()) << watcher.status();
    watcher_ = *std::move(watcher);
    ASSERT_TRUE(watcher_->WaitLoaded(kLimit).ok());
  }

  absl::StatusOr<AgentIdentity> Ask(const Credentials& credentials, const std::string& agent) {
    return WatchedDirectory(*watcher_).Authenticate(credentials, agent);
  }

  std::unique_ptr<app::PolicyWatcher> watcher_;
};

TEST_F(WatchedDirectoryTest, TheTenantsKeyLetsInEachOfItsAgents) {
  const auto ana = Ask(WithKey("acme", "key"), "ana");
  ASSERT_TRUE(ana.ok()) << ana.status();
  EXPECT_EQ(ana->display_name, "Ана");
  EXPECT_EQ(ana->pool, "care");
  EXPECT_EQ(ana->capacity_units, 120);
  EXPECT_TRUE(Ask(WithKey("acme", "key"), "boris").ok());
}

TEST_F(WatchedDirectoryTest, AnAgentsTokenLetsInThatAgentAlone) {
  EXPECT_TRUE(Ask(WithToken("token"), "ana").ok());
  EXPECT_EQ(Ask(WithToken("token"), "boris").status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(Ask(WithToken(""), "boris").status().code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(WatchedDirectoryTest, AWrongKeyAndATenantThatIsNotThereGetTheSameAnswer) {
  const auto wrong = Ask(WithKey("acme", "other"), "ana").status();
  const auto nobody = Ask(WithKey("nobody", "key"), "ana").status();
  EXPECT_EQ(wrong.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(wrong, nobody);
  EXPECT_EQ(Ask(WithKey("acme", ""), "ana").status(), wrong) << "no key at all";
}

TEST_F(WatchedDirectoryTest, AnAgentThatThePolicyDoesNotListIsNotFoundForWhoHasTheKeyOnly) {
  EXPECT_EQ(Ask(WithKey("acme", "key"), "carla").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Ask(WithToken("token"), "carla").status().code(), absl::StatusCode::kUnauthenticated);
}

}  // namespace
}  // namespace centralita::gateway
