// What `centralita classify` shows.
#include "views/classification_view.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace centralita::views {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

classification::v1::Classification Said(const std::string& text) {
  classification::v1::Classification said;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &said)) << text;
  return said;
}

// "devolución" begins at byte 7 of the text and has 11 bytes.
constexpr ClassifiedText kMessage{"quiero devolución YA", "Urgente"};

classification::v1::Classification Full() {
  return Said(R"pb(
    intent: "return_refund"
    intent_confidence_permille: 912
    decided_by: INTENT_SOURCE_RULES_AND_MODEL
    also_intent: "complaint"
    intents { intent: "return_refund" permille: 912 }
    intents { intent: "complaint" permille: 50 }
    language: "es"
    language_confidence_permille: 990
    sentiment_permille: -250
    urgency_permille: 600
    tags: "urgent"
    facts {
      tags: "vip"
      addends { name: "vip" points: 250 detail: "gold" }
    }
    priority: 330
    band: PRIORITY_BAND_NORMAL
    addends { name: "base" points: 100 }
    addends { name: "polite" points: -20 }
    rules { rule: "refund" won: true weight: 10 offset: 7 length: 11 }
    evidence { tag: "urgent" in_subject: true offset: 0 length: 7 }
    evidence { tag: "auto_reply" })pb");
}

TEST(ClassificationViewTest, ALineOfJsonHasWhatTheClassifierSaysInAStatedOrder) {
  const auto object = ClassificationJson(Full(), kMessage);
  EXPECT_EQ(object["intent"], "return_refund");
  EXPECT_EQ(object["confidence"], 0.912);
  EXPECT_EQ(object["decided_by"], "rules and model");
  EXPECT_EQ(object["also"], "complaint");
  EXPECT_EQ(object["intents"].size(), 2u);
  EXPECT_EQ(object["intents"][1]["probability"], 0.05);
  EXPECT_EQ(object["sentiment"], -0.25);
  EXPECT_EQ(object["urgency"], 0.6);
  EXPECT_EQ(object["tags"].dump(), R"(["urgent","vip"])");
  EXPECT_EQ(object["band"], "normal");
  EXPECT_EQ(object["addends"].size(), 3u);
  EXPECT_EQ(object["addends"][2]["detail"], "gold");
  EXPECT_EQ(object.begin().key(), "intent");
}

TEST(ClassificationViewTest, EvidenceIsQuotedFromTheMessage) {
  const auto evidence = ClassificationJson(Full(), kMessage)["evidence"];
  ASSERT_EQ(evidence.size(), 3u);
  EXPECT_EQ(evidence[0]["matched"], "devolución");
  EXPECT_EQ(evidence[0]["rule"], "refund");
  EXPECT_EQ(evidence[1]["matched"], "Urgente");
  EXPECT_EQ(evidence[1]["in"], "subject");
  EXPECT_EQ(evidence[2]["matched"], "");
}

TEST(ClassificationViewTest, NobodyIsSureOfNothing) {
  const auto object = ClassificationJson(
      Said("intent: 'other' language: 'und' tags: 'unsure' band: PRIORITY_BAND_LOW"), {"?", ""});
  EXPECT_EQ(object["intent"], "other");
  EXPECT_EQ(object["decided_by"], "nobody");
  EXPECT_TRUE(object["intents"].empty() && object["intents"].is_array());
  EXPECT_TRUE(object["addends"].is_array() && object["evidence"].is_array());
  EXPECT_FALSE(object.contains("also"));
}

TEST(ClassificationViewTest, APlaceThatIsNoneOfTheTextsIsNotRead) {
  const auto object =
      ClassificationJson(Said("rules { rule: 'r' offset: 900 length: 9 }"), {"short", ""});
  EXPECT_EQ(object["evidence"][0]["matched"], "");
}

TEST(ClassificationViewTest, PeopleSeeTheSumAndWhy) {
  const std::string text = ClassificationText(Full(), kMessage);
  EXPECT_THAT(text, HasSubstr("quiero devolución YA\n"));
  EXPECT_THAT(text, HasSubstr("return_refund 0.91, by rules and model; also complaint"));
  EXPECT_THAT(text, HasSubstr("sentiment -0.25; urgency 0.60"));
  EXPECT_THAT(text, HasSubstr("330 (normal) = base 100 - polite 20 + vip 250\n"));
  EXPECT_THAT(text, HasSubstr("refund (+10), won: \"devolución\""));
  EXPECT_THAT(text, HasSubstr("auto_reply: (no place in the text)"));
}

TEST(ClassificationViewTest, ACustomersControlCharactersDoNotReachTheTerminal) {
  const std::string text =
      ClassificationText(Said("intent: 'other'"), {"a\x1b[2Jb\nc", std::string_view()});
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("[2Jb c\n"));
}

}  // namespace
}  // namespace centralita::views
