#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "centralita/policy/v1/policy.pb.h"
#include "centralita/text/rule_cache.h"
#include "centralita/text/rules.h"

namespace centralita::text {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A rule for each expression.
policy::v1::ClassifierSection SectionOf(const std::vector<std::string>& expressions) {
  policy::v1::ClassifierSection section;
  for (const std::string& expression : expressions) section.add_rules()->add_regex(expression);
  return section;
}

std::vector<uint32_t> Find(const RuleSet& rules, std::string_view text) {
  FoldedText folded;
  folded.Append(text);
  RuleMatches matches;
  rules.Find(folded, matches);
  return matches.rules;
}

std::string MessageOf(std::string_view expression) {
  return std::string(CheckRegex(expression).message());
}

TEST(RegexRulesTest, ExpressionsMatchWholeWordsOnly) {
  const RuleSet rules(SectionOf({"reembols[oó]s?", "възстановяв\\w*", "παραγγελ\\w+"}));
  EXPECT_EQ(rules.regexes(), 3u);
  EXPECT_THAT(Find(rules, "¿Y mis REEMBOLSOS?"), ElementsAre(0));
  EXPECT_THAT(Find(rules, "reembolsó"), ElementsAre(0));
  EXPECT_THAT(Find(rules, "reembolsado"), IsEmpty());
  EXPECT_THAT(Find(rules, "prereembolso"), IsEmpty());
  EXPECT_THAT(Find(rules, "кога ще ми Възстановявате парите"), ElementsAre(1));
  EXPECT_THAT(Find(rules, "невъзстановяване"), IsEmpty());
  EXPECT_THAT(Find(rules, "Η ΠΑΡΑΓΓΕΛΊΑ μου"), ElementsAre(2));
}

TEST(RegexRulesTest, ScriptsWithoutSpacesMatchInsideASentence) {
  const RuleSet rules(SectionOf({"退(款|货)", "注文.?番号"}));
  EXPECT_THAT(Find(rules, "我要退货谢谢"), ElementsAre(0));
  EXPECT_THAT(Find(rules, "私の注文の番号です"), ElementsAre(1));
}

TEST(RegexRulesTest, NumbersAndMarksCanBeAskedFor) {
  const RuleSet rules(SectionOf({"ln-\\d{5}", "\\d+([.,]\\d+)? ?(€|eur(os)?)", "[?!]{2,}"}));
  EXPECT_THAT(Find(rules, "pedido LN-20433, por favor"), ElementsAre(0));
  EXPECT_THAT(Find(rules, "LN-204331"), IsEmpty());
  EXPECT_THAT(Find(rules, "me cobraron 34,50 €"), ElementsAre(1));
  EXPECT_THAT(Find(rules, "34.50 euros"), ElementsAre(1));
  EXPECT_THAT(Find(rules, "hola?!"), ElementsAre(2));
}

TEST(RegexRulesTest, ABlankStandsForALinesEndAndADotDoesNot) {
  const RuleSet rules(SectionOf({"money back", "refund.*now"}));
  EXPECT_THAT(Find(rules, "I want my money\nback"), ElementsAre(0));
  EXPECT_THAT(Find(rules, "refund it right now"), ElementsAre(1));
  EXPECT_THAT(Find(rules, "refund it.\nright now"), IsEmpty());
}

TEST(RegexRulesTest, NamedClassesStandWithinAClass) {
  const RuleSet rules(SectionOf({"[[:digit:] ]+km", "[^[:digit:]ñ]x", "[]) ]+z"}));
  EXPECT_EQ(rules.regexes(), 3u);
  EXPECT_THAT(Find(rules, "a 1 2 km"), ElementsAre(0));
  EXPECT_THAT(Find(rules, "ax"), ElementsAre(1));
  EXPECT_THAT(Find(rules, "7x"), IsEmpty());
  EXPECT_THAT(Find(rules, "q )] z"), ElementsAre(2));
}

TEST(RegexRulesTest, WordCharactersAreThoseOfEveryAlphabet) {
  const RuleSet rules(SectionOf({"re\\w+d", "въз\\w+", "a[\\w-]+z", "x\\Wy", "p.d\\w+"}));
  EXPECT_THAT(Find(rules, "refund"), ElementsAre(0));
  EXPECT_THAT(Find(rules, "re fund"), IsEmpty());
  EXPECT_THAT(Find(rules, "«възстановяване»"), ElementsAre(1));
  EXPECT_THAT(Find(rules, "ab-cñdz"), ElementsAre(2));
  EXPECT_THAT(Find(rules, "x-y"), ElementsAre(3));
  EXPECT_THAT(Find(rules, "xñy"), IsEmpty());
  EXPECT_THAT(Find(rules, "mi PÉDÏDÓ"), ElementsAre(4));
}

TEST(RegexRulesTest, PhrasesAndExpressionsOfARuleAreOneRule) {
  policy::v1::ClassifierSection section;
  section.add_rules()->add_any("nothing");
  section.add_rules()->add_any("chargeback");
  section.mutable_rules(1)->add_regex("charge ?backs?");
  const RuleSet rules(section);
  FoldedText folded;
  folded.Append("A CHARGEBACK, yes: a charge back");
  RuleMatches matches;
  rules.Find(folded, matches);
  EXPECT_THAT(matches.rules, ElementsAre(1));
  ASSERT_EQ(matches.places.size(), 1u);
  EXPECT_EQ(matches.PlaceOf(1).source, 2u);
  EXPECT_EQ(matches.PlaceOf(1).source_length, 10u);
}

TEST(RegexRulesTest, PlacesAreOfTheTextAsItWasWritten) {
  const std::string text = "¿¿Ðónde está mi pédido №5?";
  policy::v1::ClassifierSection section;
  section.add_rules()->add_any("está mi pedido");
  section.add_rules()->add_regex("p.d\\w+");
  const RuleSet rules(section);
  FoldedText folded;
  folded.Append(text);
  RuleMatches matches;
  rules.Find(folded, matches);
  ASSERT_THAT(matches.rules, ElementsAre(0, 1));
  EXPECT_EQ(text.substr(matches.PlaceOf(0).source, matches.PlaceOf(0).source_length),
            "está mi pédido");
  EXPECT_EQ(text.substr(matches.PlaceOf(1).source, matches.PlaceOf(1).source_length), "pédido");
}

TEST(RegexRulesTest, ABadExpressionIsRefusedWithWhatIsWrong) {
  EXPECT_TRUE(CheckRegex("devol(ver|ución)").ok());
  EXPECT_THAT(MessageOf("devol(ver"), HasSubstr("index"));
  EXPECT_THAT(MessageOf("(a)\\1"), HasSubstr("Back-references are unsupported"));
  EXPECT_THAT(MessageOf("(?<=no )quiero"), HasSubstr("Zero-width assertions are not supported"));
  EXPECT_THAT(MessageOf("a*"), HasSubstr("make some part of it required"));
  EXPECT_THAT(MessageOf(""), HasSubstr("make some part of it required"));
  EXPECT_THAT(MessageOf("\\brefund\\b"), HasSubstr("whole words anyway"));
  EXPECT_THAT(MessageOf("(ab{2,500}){3}"), HasSubstr("character 4 is above 100"));
  EXPECT_THAT(MessageOf(std::string(401, 'a')), HasSubstr("at most 400"));
  EXPECT_FALSE(CheckRegex("\xFF\xFE").ok());
  EXPECT_FALSE(CheckRegex(std::string("a\0b", 3)).ok());
}

TEST(RegexRulesTest, WhatWouldMakeABacktrackerExplodeIsFastOrRefused) {
  const RuleSet rules(SectionOf({"(a+)+x", "(\\w+\\s?)*y", "(.*)(.*)(.*)z"}));
  EXPECT_THAT(Find(rules, std::string(3000, 'a') + " " + std::string(100, 'b')), IsEmpty());
}

TEST(RegexRulesTest, LongTextsAreSearchedByExpressionsThatBeginWithAnything) {
  const RuleSet rules(SectionOf({".*problema", "[^x]+99"}));
  for (const size_t length : {200, 254, 255, 256, 300, 5000}) {
    const std::string blanks(length, '-');
    EXPECT_THAT(Find(rules, "hola " + blanks + " problema"), ElementsAre(0)) << length;
    EXPECT_THAT(Find(rules, "hola problema " + blanks), ElementsAre(0)) << length;
    EXPECT_THAT(Find(rules, "hola " + blanks), IsEmpty()) << length;
  }
}

TEST(RegexRulesTest, ExpressionsThatMatchEverywhereAreGivenUpAndTheNextTextIsWhole) {
  const RuleSet rules(SectionOf({"hola", "[^1]+", "[^2]+", "[^3]+", "[^4]+", "[^5]+"}));
  FoldedText folded;
  std::string text = "hola ";
  while (text.size() < kMaxRegexEvents) text += "a b c d e f ";
  folded.Append(text);
  RuleMatches matches;
  rules.Find(folded, matches);
  EXPECT_EQ(matches.end, SearchEnd::kTooManyMatches);
  EXPECT_THAT(matches.rules, ElementsAre(0, 1, 2, 3, 4, 5));
  folded.Clear();
  folded.Append("1 2 3 4 5");
  rules.Find(folded, matches);
  EXPECT_EQ(matches.end, SearchEnd::kWhole);
  EXPECT_THAT(matches.rules, ElementsAre(1, 2, 3, 4, 5));
}

TEST(RegexRulesTest, ALinesEndCanBeAskedForAlsoAtTheEndOfATextThatIsSearchedAgain) {
  const RuleSet rules(SectionOf({"gracias$", "^hola"}));
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Find(rules, "pues nada, gracias"), ElementsAre(0));
    EXPECT_THAT(Find(rules, "gracias\na todos"), ElementsAre(0));
    EXPECT_THAT(Find(rules, "gracias a todos, hola"), IsEmpty());
    EXPECT_THAT(Find(rules, "hola"), ElementsAre(1));
  }
}

TEST(RegexRulesTest, ABadExpressionLeavesTheOthersAtWork) {
  const RuleSet rules(SectionOf({"refund(s", "refunds?"}));
  EXPECT_EQ(rules.ignored_regexes(), 1u);
  EXPECT_EQ(rules.regexes(), 1u);
  EXPECT_THAT(Find(rules, "refunds"), ElementsAre(1));
}

// Keeps in memory, and counts.
class MemoryCache final : public RuleCache {
 public:
  std::optional<std::string> Get(const std::string& name) override {
    const auto found = kept.find(name);
    if (found == kept.end()) return std::nullopt;
    return found->second;
  }
  void Put(const std::string& name, std::string_view bytes) override {
    ++puts;
    kept[name] = std::string(bytes);
  }
  std::map<std::string, std::string> kept;
  int puts = 0;
};

TEST(RegexRulesTest, WhatIsKeptIsNotCompiledAgainAndFindsTheSame) {
  MemoryCache cache;
  const std::vector<std::string> expressions = {"refund(s|ed)?", "ln-\\d{5}", "devoluci[oó]n"};
  for (int i = 0; i < 2; ++i) {
    const RuleSet rules(SectionOf(expressions), &cache);
    EXPECT_EQ(rules.regexes(), 3u);
    EXPECT_THAT(Find(rules, "refunded LN-12345"), ElementsAre(0, 1));
    EXPECT_EQ(cache.puts, 1);
  }
  const RuleSet other(SectionOf({"refund(s|ed)?", "ln-\\d{5}"}), &cache);
  EXPECT_EQ(cache.puts, 2);
  EXPECT_EQ(cache.kept.size(), 2u);
}

TEST(RegexRulesTest, WhatIsKeptAndDamagedIsCompiledAgain) {
  MemoryCache cache;
  const RuleSet first(SectionOf({"refunds?"}), &cache);
  std::string& bytes = cache.kept.begin()->second;
  const std::string whole = bytes;
  for (const std::string& damaged :
       {std::string(), std::string("nothing"), whole.substr(0, whole.size() / 2),
        whole.substr(0, whole.size() / 2) + "somewhere" + whole.substr(whole.size() / 2 + 9)}) {
    bytes = damaged;
    const RuleSet again(SectionOf({"refunds?"}), &cache);
    EXPECT_THAT(Find(again, "two refunds"), ElementsAre(0));
    EXPECT_TRUE(bytes == whole);
  }
  EXPECT_EQ(cache.puts, 5);
}

TEST(RegexRulesTest, OneObjectSearchesWithManySets) {
  const RuleSet one(SectionOf({"alpha"}));
  const RuleSet other(SectionOf(std::vector<std::string>(50, "be(t|th)a\\d{1,20}x?")));
  FoldedText folded;
  folded.Append("alpha beta7");
  RuleMatches matches;
  for (int i = 0; i < 3; ++i) {
    one.Find(folded, matches);
    EXPECT_THAT(matches.rules, ElementsAre(0));
    other.Find(folded, matches);
    EXPECT_EQ(matches.rules.size(), 50u);
  }
}

TEST(RegexRulesTest, ThreadsShareASet) {
  const RuleSet rules(SectionOf({"ln-\\d{5}", "refund\\w*"}));
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (int& count : wrong) {
    threads.emplace_back([&rules, &count] {
      for (int i = 0; i < 200; ++i) {
        count += Find(rules, "refunded LN-12345") != std::vector<uint32_t>{0, 1};
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ElementsAre(0, 0, 0, 0));
}

}  // namespace
}  // namespace centralita::text
