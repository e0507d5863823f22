#include "centralita/model/scorer.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>
#include <thread>

#include "tests/unit/model/content.h"

namespace centralita::model {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

std::vector<int32_t> Score(Scorer& scorer, const std::shared_ptr<const Model>& model,
                           const std::vector<std::string>& words) {
  scorer.Begin(model);
  for (const std::string& word : words) scorer.Add(word);
  const auto permille = scorer.End();
  return {permille.begin(), permille.end()};
}

std::vector<std::string> RandomWords(std::mt19937& random) {
  std::vector<std::string> words(1 + random() % 30);
  for (std::string& word : words) {
    word = std::string(1 + random() % 50, '\0');
    for (char& c : word) c = static_cast<char>(random() % 3 == 0 ? random() : 'a' + random() % 4);
  }
  return words;
}

TEST(ScorerTest, ExpIsTheExponential) {
  for (double x = -60; x <= 0; x += 0.137) {
    EXPECT_NEAR(Exp(x) / std::exp(x), 1, 1e-9) << x;
  }
  EXPECT_EQ(Exp(0), 1);
  EXPECT_EQ(Exp(-1e9), 0);
}

TEST(ScorerTest, AKnownWordDecides) {
  Content content = EmptyContent({"order_status", "return_refund"});
  RowOf(content, WordHash("devolver"))[1] = 40;
  const auto model = Loaded(content);
  Scorer scorer;
  const auto permille = Score(scorer, model, {"quiero", "devolver", "esto"});
  EXPECT_GT(permille[1], 900);
  // 40 over the length of three words and two pairs, each 1 in steps of 8.
  EXPECT_NEAR(scorer.margins()[1], 40 / std::sqrt(5.0 * 64), 1e-12);
  EXPECT_NEAR(scorer.margins()[0], 0, 1e-12);
}

TEST(ScorerTest, RunsOfLettersCountBesideWords) {
  Content content = EmptyContent({"a", "b"}, 16);
  ForEachGram("reembolso", [&](uint64_t gram) { RowOf(content, gram)[0] = 20; });
  const auto model = Loaded(content);
  Scorer scorer;
  EXPECT_GT(Score(scorer, model, {"rembolso"})[0], 950);
  EXPECT_EQ(Score(scorer, model, {"zapatilla"})[0], 500);
}

TEST(ScorerTest, ConceptsAndTheirPairsCountBesideWords) {
  Content content = EmptyContent({"a", "b"}, 16);
  content.concepts = *Concepts::Parse("late: retras* verspat*\nagain: otra wieder\n");
  RowOf(content, ConceptHash("late"))[0] = 12;
  RowOf(content, PairHash(ConceptHash("again"), ConceptHash("late")))[1] = 40;
  const auto model = Loaded(content);
  Scorer scorer;
  Score(scorer, model, {"verspatung"});
  EXPECT_NEAR(scorer.margins()[0], 12 / std::sqrt(64.0), 1e-12);
  // The word between has no concept. Two concepts and a pair.
  Score(scorer, model, {"otra", "vez", "retrasado"});
  EXPECT_NEAR(scorer.margins()[0], 12 / std::sqrt(3 * 64.0), 1e-12);
  EXPECT_NEAR(scorer.margins()[1], 40 / std::sqrt(3 * 64.0), 1e-12);
  // The text before leaves nothing.
  Score(scorer, model, {"retraso"});
  EXPECT_NEAR(scorer.margins()[1], 0, 1e-12);
  const std::string longer = "verspat" + std::string(40, 'x');
  Score(scorer, model, {longer});
  EXPECT_NEAR(scorer.margins()[0], 12 / std::sqrt(64.0), 1e-12);
}

TEST(ScorerTest, TheTemperatureLevelsProbabilities) {
  Content content = EmptyContent({"a", "b"});
  content.bias = {1, 0};
  Scorer scorer;
  EXPECT_THAT(Score(scorer, Loaded(content), {"x"}), ElementsAre(731, 269));
  content.temperature = 4;
  EXPECT_THAT(Score(scorer, Loaded(content), {"x"}), ElementsAre(562, 438));
}

TEST(ScorerTest, NoWordSaysNothing) {
  Scorer scorer;
  EXPECT_THAT(Score(scorer, Loaded(RandomContent(1, 5)), {}), Each(0));
}

TEST(ScorerTest, ProbabilitiesAddUpToOne) {
  std::mt19937 random(2);
  Scorer scorer;
  for (const size_t labels : {2u, 15u, 16u, 47u, 63u}) {
    const auto model = Loaded(RandomContent(static_cast<uint32_t>(labels), labels));
    for (int round = 0; round < 50; ++round) {
      const auto permille = Score(scorer, model, RandomWords(random));
      EXPECT_NEAR(std::accumulate(permille.begin(), permille.end(), 0), 1000, labels / 2 + 1);
    }
  }
}

TEST(ScorerTest, WhatItRemembersChangesNothing) {
  const auto model = Loaded(RandomContent(7, 15));
  const auto other = Loaded(RandomContent(8, 4));
  std::mt19937 random(3);
  Scorer old;
  for (int round = 0; round < 3000; ++round) {
    const auto words = RandomWords(random);
    Scorer fresh;
    const bool first = round % 3 != 0;
    ASSERT_EQ(Score(old, first ? model : other, words), Score(fresh, first ? model : other, words));
  }
}

TEST(ScorerTest, EveryThreadSaysTheSame) {
  const auto model = Loaded(RandomContent(11, 15));
  std::vector<std::vector<int32_t>> said[4];
  std::vector<std::thread> threads;
  for (auto& mine : said) {
    threads.emplace_back([&mine, &model] {
      std::mt19937 random(4);
      Scorer scorer;
      for (int round = 0; round < 500; ++round) {
        mine.push_back(Score(scorer, model, RandomWords(random)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& mine : said) EXPECT_EQ(mine, said[0]);
}

// The same digits on every machine and in every build.
TEST(ScorerTest, SaysWhatItHasAlwaysSaid) {
  const auto model = Loaded(RandomContent(21, 5));
  Scorer scorer;
  EXPECT_THAT(Score(scorer, model, {"donde", "esta", "mi", "pedido", "12345"}),
              ElementsAre(306, 133, 112, 307, 143));
}

}  // namespace
}  // namespace centralita::model
