// The clocks of docs/policy.md, on which shops are measured, run: a policy file becomes
// activations, route gives the clocks, a shard runs them.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "centralita/app/policy_document.h"
#include "centralita/app/policy_publisher.h"
#include "centralita/base/key.h"
#include "centralita/config/files.h"
#include "centralita/dispatch/dispatch.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/route/route.h"
#include "tests/unit/policy/documented_policy.h"

namespace centralita::app {
namespace {

using clocks::v1::ClockState;
using common::v1::Channel;

constexpr int64_t kMinute = 60'000;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;
// 2026-03-02, a Monday, 00:00 UTC; Madrid is an hour ahead.
constexpr int64_t kMonday = 1'772'409'600'000;

class Collector final : public base::Outputs {
 public:
  void Emit(base::OutputTopic topic, std::string_view key,
            const google::protobuf::MessageLite& value) override {
    const std::string bytes = value.SerializeAsString();
    if (topic == base::OutputTopic::kCommands) {
      EXPECT_TRUE(commands.emplace_back().ParseFromString(bytes));
    } else if (topic == base::OutputTopic::kEvents) {
      EXPECT_TRUE(events.emplace_back().ParseFromString(bytes));
    }
  }
  void Notify(const google::protobuf::MessageLite& update) override {}

  std::vector<commands::v1::Command> commands;
  std::vector<events::v1::Event> events;
};

class ClockExampleTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto document = PolicyDocument::Parse(
        DocumentedPolicy(), "docs/policy.md",
        [](const std::string& path) -> absl::StatusOr<std::string> { return path; },
        base::FromUnixMillis(kMonday));
    ASSERT_TRUE(document.ok()) << document.status();
    const auto sections = document->Compile("luna", 1);
    ToRoute(RouteActivation("luna", sections));
    for (const auto& command : PoolActivations("luna", sections)) ToShard(command);
  }

  // Puts a message into a pool; the clocks of its conversation by name, as the shard has them.
  std::map<std::string, ClockState> Say(int64_t at, Channel channel, std::string tag = {}) {
    now_ = at;
    routing::v1::RoutingRecord record;
    record.set_tenant("luna");
    record.set_customer_id("customer-" + std::to_string(++customers_));
    auto& tagged = *record.mutable_tagged();
    tagged.set_message_id("message-" + std::to_string(customers_));
    tagged.set_channel(channel);
    tagged.set_accepted_unix_ms(now_);
    tagged.mutable_classification()->set_intent("order_status");
    tagged.mutable_classification()->set_language("es");
    if (!tag.empty()) tagged.mutable_classification()->add_tags(tag);
    const Collector routed = ToRoute(record);
    EXPECT_EQ(routed.commands.size(), 1u);
    return Clocks(ToShard(routed.commands.at(0)));
  }

  std::map<std::string, ClockState> Clocks(const Collector& out) {
    std::map<std::string, ClockState> clocks;
    for (const auto& event : out.events) {
      if (event.has_offered()) offer_ = event;
      for (const auto& clock : event.clocks()) clocks[clock.spec().name()] = clock;
    }
    return clocks;
  }

  Collector ToRoute(const routing::v1::RoutingRecord& record) {
    Collector out;
    route_.Apply(
        {0, offset_++, base::FromUnixMillis(now_),
         base::TenantKey(record.tenant(), record.customer_id()), record.SerializeAsString()},
        out);
    return out;
  }
  Collector ToShard(const commands::v1::Command& command) {
    Collector out;
    const std::string bytes = command.SerializeAsString();
    shard_.Apply({0, offset_++, base::FromUnixMillis(now_), "key", bytes}, out);
    const absl::Status audit = shard_.Audit();
    EXPECT_TRUE(audit.ok()) << audit;
    return out;
  }

  commands::v1::Command OfBot() {
    commands::v1::Command command;
    command.set_tenant("luna");
    command.set_pool("care");
    return command;
  }
  commands::v1::Command ActionOfBot() {
    auto command = OfBot();
    auto& action = *command.mutable_action();
    action.set_agent_id("greeter");
    action.set_session("s");
    action.set_action_id("a" + std::to_string(++actions_));
    action.set_conversation_id(offer_.conversation_id());
    return command;
  }
  // The clocks that it changes.
  std::map<std::string, ClockState> AnswerByBot() {
    auto presence = OfBot();
    presence.mutable_presence()->set_agent_id("greeter");
    presence.mutable_presence()->set_session("s");
    presence.mutable_presence()->set_status(commands::v1::PRESENCE_STATUS_AVAILABLE);
    Clocks(ToShard(presence));
    auto accept = ActionOfBot();
    accept.mutable_action()->mutable_accept()->set_offer_id(offer_.offered().offer_id());
    ToShard(accept);
    auto reply = ActionOfBot();
    reply.mutable_action()->mutable_reply()->set_text("Lo miramos.");
    return Clocks(ToShard(reply));
  }

  int64_t now_ = kMonday;
  route::Route route_{0};
  dispatch::Dispatch shard_{0};
  uint64_t offset_ = 0;
  int customers_ = 0;
  int actions_ = 0;
  events::v1::Event offer_;
};

TEST_F(ClockExampleTest, AChatIsAnsweredWithinTwoMinutesDayAndNight) {
  const int64_t night = kMonday + 3 * kHour;
  auto clocks = Say(night, common::v1::CHANNEL_CHAT);
  EXPECT_EQ(clocks["first_response"].deadline_unix_ms(), night + 2 * kMinute);
  EXPECT_EQ(clocks["first_response"].spec().warn_before_ms(0), kMinute);
}

TEST_F(ClockExampleTest, SocialIsAnsweredWithinAnHourAndHasItsWindow) {
  const int64_t at = kMonday + 9 * kHour;
  auto clocks = Say(at, common::v1::CHANNEL_WHATSAPP);
  EXPECT_EQ(clocks["first_response"].deadline_unix_ms(), at + kHour);
  EXPECT_EQ(clocks["reply_window"].deadline_unix_ms(), at + kDay);
  EXPECT_EQ(Say(at, common::v1::CHANNEL_X)["first_response"].deadline_unix_ms(), at + kHour);
}

TEST_F(ClockExampleTest, MailIsAnsweredWithinTwoHoursOfTheOffice) {
  // Ten in Madrid.
  const int64_t at = kMonday + 9 * kHour;
  EXPECT_EQ(Say(at, common::v1::CHANNEL_EMAIL)["first_response"].deadline_unix_ms(),
            at + 2 * kHour);
  // Friday at 14:30: half an hour, and an hour and a half of Saturday night.
  const int64_t friday = kMonday + 4 * kDay;
  EXPECT_EQ(Say(friday + 13 * kHour + 30 * kMinute, common::v1::CHANNEL_EMAIL)["first_response"]
                .deadline_unix_ms(),
            friday + kDay + 22 * kHour + 30 * kMinute);
}

TEST_F(ClockExampleTest, SimpleMattersAreSolvedWithinADayAndComplexOnesWithinThree) {
  const int64_t at = kMonday + 9 * kHour;
  EXPECT_EQ(Say(at, common::v1::CHANNEL_CHAT)["resolution"].deadline_unix_ms(), at + kDay);
  EXPECT_EQ(Say(at, common::v1::CHANNEL_CHAT, "complex")["resolution"].deadline_unix_ms(),
            at + 3 * kDay);
}

TEST_F(ClockExampleTest, AMarketplacesDayIncludesWeekendsAndAutomaticRepliesDoNotCount) {
  // Sunday at noon: the company's office is closed, the marketplace's clock runs.
  const int64_t sunday = kMonday + 6 * kDay + 11 * kHour;
  auto clocks = Say(sunday, common::v1::CHANNEL_MARKETPLACE);
  EXPECT_EQ(clocks["marketplace"].deadline_unix_ms(), sunday + kDay);
  // Four hours of Monday, from nine in Madrid on.
  EXPECT_EQ(clocks["first_response"].deadline_unix_ms(), kMonday + 7 * kDay + 12 * kHour);
  clocks = AnswerByBot();
  EXPECT_EQ(clocks["first_response"].phase(), clocks::v1::CLOCK_PHASE_STOPPED);
  EXPECT_FALSE(clocks.contains("marketplace")) << "it runs on, for a person";
}

}  // namespace
}  // namespace centralita::app
