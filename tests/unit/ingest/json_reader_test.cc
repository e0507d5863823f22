#include "json_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace centralita::ingest {
namespace {

using ::testing::HasSubstr;

ItemError Read(std::string_view text, google::protobuf::Message& out) {
  return ReadJson(text, out).value_or(ItemError{});
}

struct Bad {
  std::string text;
  std::string code;
  std::string field;
};

TEST(ReadJson, FillsAMessage) {
  NewMessage m;
  ASSERT_EQ(
      Read(
          R"({"channel":"whatsapp","account":"a","handle":"h","provider_message_id":"p","text":"¡Hola! 🙂",
                     "provider_time_unix_ms":1767225600000,"not_before":"2026-01-01T01:00:00+01:00",
                     "visibility":"public","locale":null,
                     "attachments":[{"media_type":"image/png","url":"https://x","size_bytes":12}]})",
          m)
          .code(),
      "");
  EXPECT_EQ(m.channel(), common::v1::CHANNEL_WHATSAPP);
  EXPECT_EQ(m.text(), "¡Hola! 🙂");
  EXPECT_EQ(m.provider_time_unix_ms(), 1767225600000);
  EXPECT_EQ(m.not_before_unix_ms(), 1767225600000);
  EXPECT_EQ(m.visibility(), common::v1::VISIBILITY_PUBLIC);
  EXPECT_EQ(m.attachments(0).size_bytes(), 12);
}

TEST(ReadJson, FillsASignalWithItsKind) {
  NewSignal s;
  ASSERT_EQ(Read(R"({"customer_id":"c","occurred":"2026-01-01T00:00:00.250Z",
                     "signal":{"cart":{"cart_id":"k","value":{"cents":34000,"currency":"EUR"},"stage":"payment"}}})",
                 s)
                .code(),
            "");
  EXPECT_EQ(s.occurred_unix_ms(), 1767225600250);
  EXPECT_EQ(s.signal().cart().value().cents(), 34000);
  EXPECT_EQ(s.signal().cart().stage(), profile::v1::CHECKOUT_STAGE_PAYMENT);
}

TEST(ReadJson, TellsWhatIsWrongAndWhere) {
  const std::vector<Bad> bad = {
      {"", "invalid_json", ""},
      {"{\"text\": }", "invalid_json", ""},
      {"{\"text\": \"\\ud800\"}", "invalid_json", ""},
      {"{\"text\": \"a\xff\"}", "invalid_utf8", ""},
      {"7", "wrong_type", ""},
      {"[]", "wrong_type", ""},
      {R"({"txt":"x"})", "unknown_field", "txt"},
      {R"({"attachments":[{"url":"u"},{"uri":"x"}]})", "unknown_field", "attachments[1].uri"},
      {R"({"text":5})", "wrong_type", "text"},
      {R"({"attachments":{}})", "wrong_type", "attachments"},
      {R"({"attachments":["x"]})", "wrong_type", "attachments[0]"},
      {R"({"channel":6})", "wrong_type", "channel"},
      {R"({"channel":"fax"})", "invalid_value", "channel"},
      {R"({"channel":"unspecified"})", "invalid_value", "channel"},
      {R"({"provider_time":"yesterday"})", "bad_timestamp", "provider_time"},
      {R"({"provider_time":"infinite-future"})", "bad_timestamp", "provider_time"},
      {R"({"provider_time":1.5})", "wrong_type", "provider_time"},
      {R"({"provider_time":true})", "wrong_type", "provider_time"},
      {R"({"provider_time":18446744073709551615})", "invalid_value", "provider_time"},
  };
  for (const Bad& b : bad) {
    NewMessage m;
    const ItemError error = Read(b.text, m);
    EXPECT_EQ(error.code(), b.code) << b.text;
    EXPECT_EQ(error.field(), b.field) << b.text;
    EXPECT_FALSE(error.message().empty()) << b.text;
  }
}

TEST(ReadJson, NumbersOutside32BitsAreRefused) {
  NewSignal s;
  EXPECT_EQ(Read(R"({"signal":{"cart":{"items":3000000000}}})", s).code(), "invalid_value");
}

TEST(ReadJson, ErrorsNameTheChoicesAndThePlace) {
  NewMessage m;
  EXPECT_THAT(Read(R"({"channel":"fax"})", m).message(), HasSubstr("chat, email, form, phone"));
  EXPECT_THAT(Read(R"({"x":1})", m).message(), HasSubstr("provider_message_id"));
  EXPECT_THAT(Read(R"({"text":"a",,})", m).message(), HasSubstr("byte 13"));
}

}  // namespace
}  // namespace centralita::ingest
