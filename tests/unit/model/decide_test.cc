#include "centralita/text/decide.h"

#include <gmock/gmock.h>

namespace centralita::text {
namespace {

using ::testing::ElementsAre;

TEST(DecideTest, WithoutAModelTheGreatestWeightWins) {
  const auto decision = Decide({.weights = {0, 10, 30}, .permille = {}});
  EXPECT_EQ(decision.intent, 2);
  EXPECT_EQ(decision.confidence_permille, 750);
  EXPECT_EQ(decision.by, DecidedBy::kRules);
}

TEST(DecideTest, AmongEqualsTheFirstOfThePolicyWins) {
  EXPECT_EQ(Decide({.weights = {0, 10, 10}, .permille = {}}).intent, 1);
  EXPECT_EQ(Decide({.weights = {0, 0}, .permille = {450, 450}}).intent, 0);
}

TEST(DecideTest, NothingSaidIsNobodySure) {
  for (const auto& decision : {Decide({}), Decide({.weights = {0, 0}, .permille = {}}),
                               Decide({.weights = {0, 0}, .permille = {0, 0}})}) {
    EXPECT_EQ(decision.intent, -1);
    EXPECT_EQ(decision.by, DecidedBy::kNobody);
  }
}

TEST(DecideTest, ALeadOfTenPointsIsNotOverturned) {
  const auto decision = Decide({.weights = {10, 0}, .permille = {0, 1000}});
  EXPECT_EQ(decision.intent, 0);
  EXPECT_EQ(decision.by, DecidedBy::kRules);
  // Half of what both say.
  EXPECT_EQ(decision.confidence_permille, 500);
}

TEST(DecideTest, TheModelTipsASmallerLead) {
  const IntentVotes votes{.weights = {14, 12, 0}, .permille = {100, 600, 300}};
  const auto decision = Decide(votes);
  EXPECT_EQ(decision.intent, 1);
  EXPECT_EQ(decision.by, DecidedBy::kBoth);
  EXPECT_EQ(Decide({.weights = {14, 12, 0}, .permille = {450, 600, 300}}).intent, 0);
}

TEST(DecideTest, WhereNoRuleSpeaksTheModelDecidesIfItIsSure) {
  IntentVotes votes{.weights = {0, 0}, .permille = {300, 520}, .threshold_permille = 500};
  EXPECT_EQ(Decide(votes).intent, 1);
  EXPECT_EQ(Decide(votes).by, DecidedBy::kModel);
  EXPECT_EQ(Decide(votes).confidence_permille, 520);
  votes.threshold_permille = 521;
  EXPECT_EQ(Decide(votes).intent, -1);
}

TEST(DecideTest, AnUnsureModelSilencesNoRule) {
  IntentVotes votes{.weights = {4, 0}, .permille = {100, 550}, .threshold_permille = 600};
  EXPECT_EQ(Decide(votes).intent, 0);
  EXPECT_EQ(Decide(votes).by, DecidedBy::kBoth);
  EXPECT_EQ(Decide(votes).confidence_permille, 550);
  // Among several rules the score decides, as always.
  EXPECT_EQ(
      Decide({.weights = {3, 4, 0}, .permille = {250, 100, 650}, .threshold_permille = 700}).intent,
      0);
  // A model that is sure still outweighs a soft rule.
  votes.threshold_permille = 500;
  EXPECT_EQ(Decide(votes).intent, 1);
  EXPECT_EQ(Decide(votes).by, DecidedBy::kModel);
}

TEST(DecideTest, ANegativeWeightTalksTheModelOutOfIt) {
  EXPECT_EQ(Decide({.weights = {-5, 0}, .permille = {700, 300}, .threshold_permille = 250}).intent,
            1);
}

TEST(DecideTest, ConfidencesAreOfAllIntents) {
  std::vector<int32_t> confidences = {7};
  ConfidencesOf({.weights = {30, 10, 0}, .permille = {500, 100, 400}}, confidences);
  EXPECT_THAT(confidences, ElementsAre(625, 175, 200));
}

}  // namespace
}  // namespace centralita::text
