#include "centralita/text/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "centralita/policy/v1/policy.pb.h"

namespace centralita::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

policy::v1::ClassifierSection SectionOf(std::vector<std::vector<std::string>> rules) {
  policy::v1::ClassifierSection section;
  for (const auto& phrases : rules) {
    auto* rule = section.add_rules();
    for (const std::string& phrase : phrases) rule->add_any(phrase);
  }
  return section;
}

std::vector<uint32_t> Find(const RuleSet& rules, std::string_view text) {
  FoldedText folded;
  folded.Append(text);
  RuleMatches matches;
  rules.Find(folded, matches);
  return matches.rules;
}

TEST(RulesTest, WordsMatchOnlyBetweenWordBorders) {
  const RuleSet rules(SectionOf({{"art"}, {"дата"}, {"και"}}));
  EXPECT_THAT(Find(rules, "Art."), ElementsAre(0));
  EXPECT_THAT(Find(rules, "(art)"), ElementsAre(0));
  EXPECT_THAT(Find(rules, "cart artista smart"), IsEmpty());
  EXPECT_THAT(Find(rules, "на ДАТА, моля"), ElementsAre(1));
  EXPECT_THAT(Find(rules, "датата вдата"), IsEmpty());
  EXPECT_THAT(Find(rules, "ΚΑΙ"), ElementsAre(2));
  EXPECT_THAT(Find(rules, "καιρός"), IsEmpty());
}

TEST(RulesTest, PhrasesMatchAcrossPunctuationCaseAndAccents) {
  const RuleSet rules(SectionOf({{"dónde está mi pedido"}}));
  EXPECT_THAT(Find(rules, "DONDE  esta... mi\npedido!!!"), ElementsAre(0));
  EXPECT_THAT(Find(rules, "donde esta tu pedido"), IsEmpty());
  EXPECT_THAT(Find(rules, "donde donde esta mi pedido"), ElementsAre(0));
  EXPECT_THAT(Find(rules, "donde esta mi"), IsEmpty());
}

TEST(RulesTest, ScriptsWithoutSpacesMatchInsideASentence) {
  const RuleSet rules(SectionOf({{"退款"}, {"환불"}, {"คืนเงิน"}}));
  EXPECT_THAT(Find(rules, "我要退款谢谢"), ElementsAre(0));
  EXPECT_THAT(Find(rules, "환불해주세요"), ElementsAre(1));
  EXPECT_THAT(Find(rules, "ขอคืนเงินด้วย"), ElementsAre(2));
  EXPECT_THAT(Find(rules, "款退"), IsEmpty());
}

TEST(RulesTest, EmojiMatchWhereverTheyStandAndInAnySkin) {
  const RuleSet rules(SectionOf({{"😡"}, {"👍"}}));
  EXPECT_THAT(Find(rules, "fatal😡😡"), ElementsAre(0));
  EXPECT_THAT(Find(rules, "ok👍🏿"), ElementsAre(1));
}

TEST(RulesTest, AllRulesThatOverlapAreFoundOnce) {
  const RuleSet rules(SectionOf({{"refund"}, {"refund my money", "money"}, {"my money back"}}));
  EXPECT_THAT(Find(rules, "refund my money back, refund, money!"), ElementsAre(0, 1, 2));
}

TEST(RulesTest, SamePhraseInTwoRulesGivesBoth) {
  const RuleSet rules(SectionOf({{"late"}, {"LATE", "late"}}));
  EXPECT_THAT(Find(rules, "it is late"), ElementsAre(0, 1));
}

TEST(RulesTest, PhrasesWithoutAWordAreCountedAndMatchNothing) {
  const RuleSet rules(SectionOf({{"!!!", "", "  "}}));
  EXPECT_EQ(rules.ignored_phrases(), 3u);
  EXPECT_EQ(rules.phrases(), 0u);
  EXPECT_THAT(Find(rules, "hello!!!"), IsEmpty());
  EXPECT_EQ(PhraseTokens("!!!"), 0u);
  EXPECT_EQ(PhraseTokens("money back"), 2u);
}

TEST(RulesTest, ThousandsOfPhrasesAreAllFound) {
  std::vector<std::vector<std::string>> phrases;
  for (int i = 0; i < 5000; ++i) {
    phrases.push_back({"word" + std::to_string(i) + " tail" + std::to_string(i % 7)});
  }
  const RuleSet rules(SectionOf(phrases));
  for (uint32_t i = 0; i < 5000; i += 37) {
    EXPECT_THAT(Find(rules, "x " + phrases[i][0] + " y"), ElementsAre(i));
  }
}

}  // namespace
}  // namespace centralita::text
