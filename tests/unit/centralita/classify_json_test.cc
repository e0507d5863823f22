#include "client/classify_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "centralita/base/error.h"

namespace centralita::client {
namespace {

using ::testing::HasSubstr;

std::string MistakeOf(std::string_view json, std::string_view reason = "bad_json") {
  const auto parsed = ParseTextToClassify(json);
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << json;
  EXPECT_EQ(base::ReasonOf(parsed.status()), reason) << json;
  return std::string(parsed.status().message());
}

TEST(ClassifyJsonTest, EveryFieldIsTaken) {
  const auto parsed = ParseTextToClassify(
      R"({"text": "Къде е? 😀", "subject": "тема", "locale": "bg-BG", "tenant": "luna",
      "customer": "c", "order_id": "o1", "channel": "email", "visibility": "public",
      "headers": {"Auto-Submitted": "auto-replied", "X-A": "b"}})");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->text, "Къде е? 😀");
  EXPECT_EQ(parsed->subject, "тема");
  EXPECT_EQ(parsed->locale, "bg-BG");
  EXPECT_EQ(parsed->tenant, "luna");
  EXPECT_EQ(parsed->order_id, "o1");
  EXPECT_EQ(parsed->channel, common::v1::CHANNEL_EMAIL);
  EXPECT_EQ(parsed->visibility, common::v1::VISIBILITY_PUBLIC);
  ASSERT_EQ(parsed->headers.size(), 2);
  EXPECT_EQ(parsed->headers[0].name(), "Auto-Submitted");
  EXPECT_EQ(parsed->headers[0].value(), "auto-replied");
}

TEST(ClassifyJsonTest, HeadersMayBeAListSinceNamesRepeat) {
  const auto parsed = ParseTextToClassify(
      R"({"text": "x", "headers": [{"name": "Received", "value": "a"}, {"name": "Received", "value": "b"}]})");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  ASSERT_EQ(parsed->headers.size(), 2);
  EXPECT_EQ(parsed->headers[1].value(), "b");
}

TEST(ClassifyJsonTest, LabelsAndOtherFieldsOfTheWriterArePassedOver) {
  const auto parsed = ParseTextToClassify(
      R"({"text": "hola", "intent": "other", "weight": 0.25, "channel": null})");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->channel, common::v1::CHANNEL_UNSPECIFIED);
}

TEST(ClassifyJsonTest, ASubjectAloneIsEnough) {
  EXPECT_TRUE(ParseTextToClassify(R"({"subject": "Where is it?"})").ok());
}

TEST(ClassifyJsonTest, MistakesAreNamedByField) {
  EXPECT_THAT(MistakeOf("hola"), HasSubstr("no valid JSON"));
  EXPECT_THAT(MistakeOf(""), HasSubstr("no valid JSON"));
  EXPECT_THAT(MistakeOf("{\"text\": \"\xff\"}"), HasSubstr("no valid JSON"));
  EXPECT_THAT(MistakeOf("[1]"), HasSubstr("not a JSON object"));
  EXPECT_THAT(MistakeOf(R"({"text": 3})"), HasSubstr("text: is not a string"));
  EXPECT_THAT(MistakeOf(R"({"text": "x", "customer": 3})"), HasSubstr("customer:"));
  EXPECT_THAT(MistakeOf(R"({"text": "x", "channel": "pigeon"})"), HasSubstr("pigeon"));
  EXPECT_THAT(MistakeOf(R"({"text": "x", "visibility": "secret"})"), HasSubstr("secret"));
  EXPECT_THAT(MistakeOf(R"({"text": "x", "headers": {"A": 1}})"), HasSubstr("headers.A"));
  EXPECT_THAT(MistakeOf(R"({"text": "x", "headers": "A: b"})"), HasSubstr("headers:"));
  EXPECT_THAT(MistakeOf(R"({"text": "x", "headers": [{"name": "A"}]})"), HasSubstr("headers:"));
  EXPECT_THAT(MistakeOf(R"({"text": "x", "headers": [{"name": "A", "value": 1}]})"),
              HasSubstr("headers[0].value:"));
}

TEST(ClassifyJsonTest, NothingAndTooMuchAreRefused) {
  EXPECT_THAT(MistakeOf("{}", "no_text"), HasSubstr("text:"));
  MistakeOf(R"({"text": "", "subject": ""})", "no_text");
  const std::string half(kMaxClassifyBytes / 2, 'a');
  EXPECT_TRUE(
      ParseTextToClassify("{\"text\": \"" + half + "\", \"subject\": \"" + half + "\"}").ok());
  MistakeOf("{\"text\": \"" + half + "\", \"subject\": \"a" + half + "\"}", "text_too_long");
}

}  // namespace
}  // namespace centralita::client
