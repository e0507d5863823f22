#include "client/message_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace centralita::client {
namespace {

using testing::HasSubstr;

const base::TimePoint kNow = base::FromUnixMillis(1'800'000'000'000);

std::string ErrorOf(const std::string& json) {
  const auto parsed = ParseMessage(json, kNow);
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << json;
  return std::string(parsed.status().message());
}

TEST(MessageJsonTest, EveryFieldOfAMessageIsTaken) {
  const auto parsed = ParseMessage(
      R"({"at_ms": 250, "tenant": "acme", "story": "s", "expect_intent": "order_status",
      "lang": "bg", "channel": "whatsapp", "account": "+34", "handle": "+359", "provider_message_id": "p1",
      "text": "Къде е? 😀", "subject": "тема", "locale": "bg-BG", "order_id": "o1", "traceparent": "00-1",
      "visibility": "public", "provider_time_unix_ms": 5, "not_before_unix_ms": 7})",
      kNow);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->notes.at_ms, 250);
  EXPECT_EQ(parsed->notes.tenant, "acme");
  EXPECT_EQ(parsed->notes.story, "s");
  EXPECT_EQ(parsed->notes.expect_intent, "order_status");
  EXPECT_EQ(parsed->notes.lang, "bg");
  const auto& m = parsed->message;
  EXPECT_EQ(m.channel(), common::v1::CHANNEL_WHATSAPP);
  EXPECT_EQ(m.account(), "+34");
  EXPECT_EQ(m.handle(), "+359");
  EXPECT_EQ(m.provider_message_id(), "p1");
  EXPECT_EQ(m.text(), "Къде е? 😀");
  EXPECT_EQ(m.subject(), "тема");
  EXPECT_EQ(m.locale(), "bg-BG");
  EXPECT_EQ(m.order_id(), "o1");
  EXPECT_EQ(m.traceparent(), "00-1");
  EXPECT_EQ(m.visibility(), common::v1::VISIBILITY_PUBLIC);
  EXPECT_EQ(m.provider_time_unix_ms(), 5);
  EXPECT_EQ(m.not_before_unix_ms(), 7);
}

TEST(MessageJsonTest, ACallbackMayBeGivenFromNowOn) {
  EXPECT_EQ(ParseMessage(R"({"not_before_in_ms": 500})", kNow)->message.not_before_unix_ms(),
            1'800'000'000'500);
}

TEST(MessageJsonTest, HeadersAreAnObjectOrAList) {
  const auto object = ParseMessage(R"({"headers": {"Precedence": "bulk"}})", kNow);
  ASSERT_TRUE(object.ok()) << object.status();
  ASSERT_EQ(object->message.headers_size(), 1);
  EXPECT_EQ(object->message.headers(0).name(), "Precedence");
  const auto list = ParseMessage(
      R"({"headers": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]})", kNow);
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(list->message.headers(1).value(), "2");
  EXPECT_THAT(ErrorOf(R"({"headers": "A: 1"})"), HasSubstr("headers:"));
  EXPECT_THAT(ErrorOf(R"({"headers": {"A": 1}})"), HasSubstr("headers.A"));
}

TEST(MessageJsonTest, NullIsAsIfTheFieldWereNotThere) {
  EXPECT_EQ(ParseMessage(R"({"text": null})", kNow)->message.text(), "");
}

TEST(MessageJsonTest, WhatIsWrongIsSaidWithItsField) {
  EXPECT_THAT(ErrorOf("{"), HasSubstr("JSON"));
  EXPECT_THAT(ErrorOf("[]"), HasSubstr("object"));
  EXPECT_THAT(ErrorOf(R"({"texts": "x"})"), HasSubstr("texts"));
  EXPECT_THAT(ErrorOf(R"({"text": 5})"), HasSubstr("text: is not a string"));
  EXPECT_THAT(ErrorOf(R"({"at_ms": "5"})"), HasSubstr("at_ms"));
  EXPECT_THAT(ErrorOf(R"({"at_ms": 5.5})"), HasSubstr("at_ms"));
  EXPECT_THAT(ErrorOf(R"({"provider_time_unix_ms": 18446744073709551615})"),
              HasSubstr("too large"));
  EXPECT_THAT(ErrorOf(R"({"channel": "pigeon"})"), HasSubstr("pigeon"));
  EXPECT_THAT(ErrorOf(R"({"channel": "unspecified"})"), HasSubstr("unspecified"));
  EXPECT_THAT(ErrorOf(R"({"visibility": "secret"})"), HasSubstr("secret"));
}

TEST(ChannelNameTest, EveryChannelHasANameThatLeadsBackToIt) {
  for (int number = common::v1::Channel_MIN; number <= common::v1::Channel_MAX; ++number) {
    if (!common::v1::Channel_IsValid(number) || number == common::v1::CHANNEL_UNSPECIFIED) continue;
    const auto channel = static_cast<common::v1::Channel>(number);
    EXPECT_EQ(ChannelByName(ChannelName(channel)), channel) << ChannelName(channel);
  }
  EXPECT_EQ(ChannelName(common::v1::CHANNEL_WHATSAPP), "whatsapp");
  EXPECT_EQ(ChannelByName(""), std::nullopt);
}

TEST(SignalJsonTest, EachKindOfSignalIsTaken) {
  const auto profile =
      ParseSignal(R"({"signal_id": "s1", "customer_id": "c", "kind": "profile", "tier": "vip",
      "preferred_language": "es", "lifetime_value": {"cents": 12345, "currency": "EUR"}})",
                  kNow);
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_EQ(profile->signal.signal_id(), "s1");
  EXPECT_EQ(profile->signal.customer_id(), "c");
  EXPECT_EQ(profile->signal.occurred_unix_ms(), 1'800'000'000'000);
  EXPECT_EQ(profile->signal.signal().profile().lifetime_value().cents(), 12345);
  const auto cart =
      ParseSignal(R"({"kind": "cart", "handle": {"channel": "email", "account": "a", "handle": "h"},
      "cart_id": "k", "value": {"cents": 9, "currency": "EUR"}, "items": 3, "payment_failures": 1, "form_errors": 2,
      "seconds_on_site": 60, "stage": "payment"})",
                  kNow);
  ASSERT_TRUE(cart.ok()) << cart.status();
  EXPECT_EQ(cart->signal.handle().channel(), common::v1::CHANNEL_EMAIL);
  EXPECT_EQ(cart->signal.signal().cart().items(), 3);
  EXPECT_EQ(cart->signal.signal().cart().stage(), profile::v1::CHECKOUT_STAGE_PAYMENT);
  EXPECT_TRUE(ParseSignal(R"({"kind": "payment_failed", "cart_id": "k", "reason": "r"})", kNow)
                  ->signal.signal()
                  .has_payment_failed());
  EXPECT_TRUE(ParseSignal(R"({"kind": "order", "order_id": "o", "status": "sent"})", kNow)
                  ->signal.signal()
                  .has_order());
  EXPECT_TRUE(ParseSignal(R"({"kind": "chargeback", "closed": true})", kNow)
                  ->signal.signal()
                  .chargeback()
                  .closed());
}

TEST(SignalJsonTest, WhatIsWrongInsideIsSaidWithItsPath) {
  const auto error = [](const std::string& json) {
    return std::string(ParseSignal(json, kNow).status().message());
  };
  EXPECT_THAT(error(R"({"kind": "weather"})"), HasSubstr("weather"));
  EXPECT_THAT(error(R"({"kind": "cart", "value": {"cents": "9"}})"), HasSubstr("value.cents"));
  EXPECT_THAT(error(R"({"kind": "cart", "value": 9})"), HasSubstr("value"));
  EXPECT_THAT(error(R"({"kind": "cart", "items": 5000000000})"), HasSubstr("items: is too large"));
  EXPECT_THAT(error(R"({"kind": "cart", "stage": "lost"})"), HasSubstr("lost"));
  EXPECT_THAT(error(R"({"kind": "chargeback", "closed": "yes"})"), HasSubstr("closed"));
  EXPECT_THAT(error(R"({"kind": "order", "items": 5})"), HasSubstr("items"));
}

TEST(LinkJsonTest, ALinkIsTakenWithBothHandles) {
  const auto link = ParseLink(R"({"customer_id": "c", "handle": {"channel": "sms", "handle": "+1"},
      "same_customer_as": {"channel": "email", "handle": "a@b"}})");
  ASSERT_TRUE(link.ok()) << link.status();
  EXPECT_EQ(link->link.customer_id(), "c");
  EXPECT_EQ(link->link.handle().channel(), common::v1::CHANNEL_SMS);
  EXPECT_EQ(link->link.same_customer_as().handle(), "a@b");
  EXPECT_THAT(std::string(ParseLink(R"({"handle": {"chanel": "sms"}})").status().message()),
              HasSubstr("handle.chanel"));
}

}  // namespace
}  // namespace centralita::client
