#include "validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace centralita::ingest {
namespace {

const base::TimePoint kNow = base::FromUnixMillis(1'767'225'600'000);
constexpr int64_t kDay = 24 * 3'600'000;

NewMessage Good() {
  NewMessage m;
  m.set_channel(common::v1::CHANNEL_EMAIL);
  m.set_account("help@shop.example");
  m.set_handle("ana@example.com");
  m.set_provider_message_id("<1@example.com>");
  m.set_text("Къде е поръчката ми?");
  return m;
}

struct Bad {
  std::function<void(NewMessage&)> change;
  std::string code;
  std::string field;
};

TEST(ValidateMessage, AcceptsWhatIsGoodAndWhatIsAtTheLimits) {
  NewMessage m = Good();
  EXPECT_EQ(Validate(m, {}, kNow), std::nullopt);
  m.set_text(std::string(256 << 10, 'x'));
  m.set_handle(std::string(512, 'h'));
  m.set_provider_time_unix_ms(base::ToUnixMillis(kNow) + kDay);
  m.set_not_before_unix_ms(base::ToUnixMillis(kNow) + 366 * kDay);
  EXPECT_EQ(Validate(m, {}, kNow), std::nullopt);
  m.set_provider_time_unix_ms(946'684'800'000);
  EXPECT_EQ(Validate(m, {}, kNow), std::nullopt);
  m.clear_text();
  EXPECT_EQ(Validate(m, {}, kNow), std::nullopt) << "a picture without words";
}

TEST(ValidateMessage, RefusesEachFaultWithItsCodeAndField) {
  const int64_t now = base::ToUnixMillis(kNow);
  const std::vector<Bad> bad = {
      {[](auto& m) { m.clear_channel(); }, "missing_field", "channel"},
      {[](auto& m) { m.set_channel(static_cast<common::v1::Channel>(99)); }, "invalid_value",
       "channel"},
      {[](auto& m) { m.clear_account(); }, "missing_field", "account"},
      {[](auto& m) { m.clear_handle(); }, "missing_field", "handle"},
      {[](auto& m) { m.clear_provider_message_id(); }, "missing_field", "provider_message_id"},
      {[](auto& m) { m.set_handle(std::string(513, 'h')); }, "field_too_long", "handle"},
      {[](auto& m) { m.set_handle("a\nb"); }, "invalid_value", "handle"},
      {[](auto& m) { m.set_account(std::string("a\0b", 3)); }, "invalid_value", "account"},
      {[](auto& m) { m.set_text(std::string((256 << 10) + 1, 'x')); }, "too_large", "text"},
      {[](auto& m) { m.set_subject(std::string(256 << 10, 'x')); }, "too_large", "text"},
      {[](auto& m) { m.set_provider_time_unix_ms(-1); }, "bad_timestamp", "provider_time_unix_ms"},
      {[](auto& m) { m.set_provider_time_unix_ms(1'767'225'600); }, "bad_timestamp",
       "provider_time_unix_ms"},
      {[=](auto& m) { m.set_provider_time_unix_ms(now + kDay + 1); }, "bad_timestamp",
       "provider_time_unix_ms"},
      {[=](auto& m) { m.set_not_before_unix_ms(now + 400 * kDay); }, "bad_timestamp",
       "not_before_unix_ms"},
      {[](auto& m) { m.set_visibility(static_cast<common::v1::Visibility>(9)); }, "invalid_value",
       "visibility"},
      {[](auto& m) { m.add_attachments(); }, "missing_field", "attachments.url"},
      {[](auto& m) {
         for (int i = 0; i < 51; ++i) m.add_attachments()->set_url("u");
       },
       "invalid_value", "attachments"},
      {[](auto& m) {
         for (int i = 0; i < 501; ++i) m.add_headers()->set_name("Received");
       },
       "invalid_value", "headers"},
  };
  for (size_t i = 0; i < bad.size(); ++i) {
    NewMessage m = Good();
    bad[i].change(m);
    const auto error = Validate(m, {}, kNow);
    ASSERT_TRUE(error) << "case " << i;
    EXPECT_EQ(error->code(), bad[i].code) << "case " << i;
    EXPECT_EQ(error->field(), bad[i].field) << "case " << i;
  }
}

TEST(ValidateSignal, NeedsACustomerAndAKindOfTheShop) {
  NewSignal s;
  EXPECT_EQ(Validate(s, {}, kNow)->field(), "handle");
  s.set_customer_id("c");
  EXPECT_EQ(Validate(s, {}, kNow)->code(), "missing_field");
  EXPECT_EQ(Validate(s, {}, kNow)->field(), "signal");
  s.mutable_signal()->mutable_contact();
  EXPECT_EQ(Validate(s, {}, kNow)->code(), "invalid_value");
  s.mutable_signal()->mutable_facts_wanted();
  EXPECT_EQ(Validate(s, {}, kNow)->code(), "invalid_value");
  s.mutable_signal()->mutable_order()->set_order_id("A-1");
  EXPECT_EQ(Validate(s, {}, kNow), std::nullopt);
  s.mutable_handle()->set_handle("h");
  EXPECT_EQ(Validate(s, {}, kNow)->code(), "missing_field") << "named twice";
}

TEST(ValidateSignal, MoneyNeedsACurrency) {
  NewSignal s;
  s.set_customer_id("c");
  auto& cart = *s.mutable_signal()->mutable_cart();
  cart.set_cart_id("k");
  cart.mutable_value()->set_cents(34000);
  EXPECT_EQ(Validate(s, {}, kNow)->field(), "signal.cart.value.currency");
  cart.mutable_value()->set_currency("EUR");
  EXPECT_EQ(Validate(s, {}, kNow), std::nullopt);
  cart.set_items(-1);
  EXPECT_EQ(Validate(s, {}, kNow)->field(), "signal.cart.items");
}

TEST(ValidateLink, NamesBothSides) {
  v1::LinkHandleRequest link;
  EXPECT_EQ(Validate(link, {}, kNow)->field(), "handle.channel");
  link.mutable_handle()->set_channel(common::v1::CHANNEL_SMS);
  link.mutable_handle()->set_account("a");
  link.mutable_handle()->set_handle("h");
  EXPECT_EQ(Validate(link, {}, kNow)->field(), "same_customer_as");
  link.set_customer_id("c");
  EXPECT_EQ(Validate(link, {}, kNow), std::nullopt);
}

}  // namespace
}  // namespace centralita::ingest
