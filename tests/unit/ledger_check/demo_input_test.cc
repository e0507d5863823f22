// The demo's sample input keeps what deploy/demo/README.md promises.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace centralita {
namespace {

using testing::IsSupersetOf;
using testing::SizeIs;
using testing::UnorderedElementsAre;

using Handle = std::tuple<std::string, std::string, std::string>;

std::vector<nlohmann::json> Lines(const std::string& name) {
  std::ifstream in(std::string(CENTRALITA_DEMO_FOLDER) + "/" + name);
  EXPECT_TRUE(in.is_open()) << name;
  std::vector<nlohmann::json> lines;
  for (std::string text; std::getline(in, text);) {
    lines.push_back(nlohmann::json::parse(text, nullptr, false));
    EXPECT_TRUE(lines.back().is_object()) << name << ":" << lines.size();
  }
  return lines;
}

Handle HandleOf(const nlohmann::json& line) {
  return {line.value("channel", ""), line.value("account", ""), line.value("handle", "")};
}

std::set<std::string> ValuesOf(const std::vector<nlohmann::json>& lines, const char* key) {
  std::set<std::string> values;
  for (const auto& line : lines) {
    if (line.contains(key)) values.insert(line.value(key, ""));
  }
  return values;
}

std::vector<nlohmann::json> StoryOf(const std::string& story) {
  std::vector<nlohmann::json> lines = Lines("messages.jsonl");
  std::erase_if(lines, [&](const auto& line) { return line.value("story", "") != story; });
  return lines;
}

TEST(DemoInput, CoversLanguagesChannelsAndIntents) {
  const auto messages = Lines("messages.jsonl");
  EXPECT_GE(messages.size(), 270u);
  EXPECT_THAT(ValuesOf(messages, "lang"),
              UnorderedElementsAre("es", "en", "bg", "pt", "fr", "de", "it"));
  EXPECT_THAT(ValuesOf(messages, "channel"),
              UnorderedElementsAre("chat", "email", "form", "phone", "sms", "whatsapp", "messenger",
                                   "instagram", "x", "telegram", "review", "marketplace"));
  EXPECT_THAT(
      ValuesOf(messages, "expect_intent"),
      UnorderedElementsAre("order_status", "delivery_problem", "shipping_info", "return_refund",
                           "cancel_change_order", "product_question", "payment_billing",
                           "discount_promo", "account_access", "complaint", "technical_problem",
                           "contact_agent", "praise_feedback", "spam_offtopic", "other"));
}

TEST(DemoInput, IsSortedByTimeWithinTheDemo) {
  for (const char* name : {"messages.jsonl", "signals.jsonl", "links.jsonl"}) {
    int64_t last = 0;
    for (const auto& line : Lines(name)) {
      const int64_t at = line.value("at_ms", int64_t{-1});
      EXPECT_GE(at, last) << name;
      EXPECT_LE(at, 24000) << name;
      last = at;
    }
  }
}

TEST(DemoInput, ComesFromAboutAHundredPeopleWithLinkedHandles) {
  std::map<Handle, Handle> person;  // a linked handle -> whose it is
  for (const auto& link : Lines("links.jsonl")) {
    const Handle handle = HandleOf(link["handle"]), same = HandleOf(link["same_customer_as"]);
    EXPECT_NE(handle, same);
    EXPECT_TRUE(person.emplace(handle, same).second) << std::get<2>(handle);
  }
  std::set<Handle> people;
  for (const auto& message : Lines("messages.jsonl")) {
    const Handle handle = HandleOf(message);
    people.insert(person.contains(handle) ? person[handle] : handle);
  }
  EXPECT_GE(people.size(), 95u);
  EXPECT_LE(people.size(), 120u);
}

TEST(DemoInput, OnlyTheThriceDeliveredWebhookRepeatsAnId) {
  std::map<Handle, std::vector<nlohmann::json>> deliveries;
  for (const auto& message : Lines("messages.jsonl")) {
    const std::string id = message.value("provider_message_id", "");
    EXPECT_FALSE(id.empty());
    deliveries[{message.value("channel", ""), message.value("account", ""), id}].push_back(message);
  }
  int repeated = 0;
  for (auto& [id, messages] : deliveries) {
    if (messages.size() == 1) continue;
    ++repeated;
    ASSERT_THAT(messages, SizeIs(3));
    for (auto& message : messages) {
      EXPECT_EQ(message.value("story", ""), "webhook_thrice");
      message.erase("at_ms");
    }
    EXPECT_EQ(messages[0], messages[1]);
    EXPECT_EQ(messages[0], messages[2]);
  }
  EXPECT_EQ(repeated, 1);
}

TEST(DemoInput, PaymentOfTheBigCartFailsAfterItsOwnerWrote) {
  const auto story = StoryOf("cart_payment_failed");
  ASSERT_FALSE(story.empty());
  int64_t cart_at = -1, failed_at = -1;
  for (const auto& signal : Lines("signals.jsonl")) {
    if (HandleOf(signal["handle"]) != HandleOf(story[0])) continue;
    if (signal.value("kind", "") == "cart") {
      cart_at = signal.value("at_ms", int64_t{-1});
      EXPECT_EQ(signal["value"].value("cents", 0), 34000);
    }
    if (signal.value("kind", "") == "payment_failed")
      failed_at = signal.value("at_ms", int64_t{-1});
  }
  const int64_t wrote_at = story[0].value("at_ms", int64_t{-1});
  EXPECT_GE(cart_at, 0);
  EXPECT_LT(cart_at, wrote_at);
  EXPECT_GT(failed_at, wrote_at);
}

TEST(DemoInput, TellsTheOtherStories) {
  const auto burst = StoryOf("whatsapp_burst");
  ASSERT_THAT(burst, SizeIs(4));
  EXPECT_EQ(ValuesOf(burst, "handle").size(), 1u);
  EXPECT_LE(burst.back().value("at_ms", 0) - burst.front().value("at_ms", 0), 10000);

  EXPECT_THAT(ValuesOf(StoryOf("chat_then_email"), "channel"),
              UnorderedElementsAre("chat", "email"));
  EXPECT_FALSE(StoryOf("vip_lost_parcel").empty());

  const auto callback = StoryOf("scheduled_callback");
  ASSERT_THAT(callback, SizeIs(1));
  EXPECT_EQ(callback[0].value("channel", ""), "phone");
  EXPECT_GT(callback[0].value("not_before_in_ms", 0), 0);

  const auto complaints = StoryOf("public_complaint");
  EXPECT_THAT(ValuesOf(complaints, "visibility"), UnorderedElementsAre("public"));
  EXPECT_GE(StoryOf("offtopic_noise").size(), 4u);
}

TEST(DemoInput, SignalsHaveTheirFields) {
  const std::map<std::string, std::vector<std::string>> fields = {
      {"profile", {"tier", "lifetime_value", "preferred_language"}},
      {"cart", {"cart_id", "value", "items", "stage"}},
      {"payment_failed", {"cart_id", "value", "reason"}},
      {"order", {"order_id", "value", "status", "product_category"}},
      {"chargeback", {"order_id", "value", "closed"}}};
  const auto signals = Lines("signals.jsonl");
  std::vector<std::string> kinds;
  for (const auto& [kind, names] : fields) kinds.push_back(kind);
  EXPECT_THAT(ValuesOf(signals, "kind"), IsSupersetOf(kinds));
  for (const auto& signal : signals) {
    const auto known = fields.find(signal.value("kind", ""));
    ASSERT_NE(known, fields.end());
    for (const std::string& name : known->second) EXPECT_TRUE(signal.contains(name)) << name;
  }
}

}  // namespace
}  // namespace centralita
