#include "centralita/model/features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace centralita::model {
namespace {

std::vector<uint64_t> GramsOf(std::string_view word) {
  std::vector<uint64_t> grams;
  ForEachGram(word, [&](uint64_t hash) { grams.push_back(hash); });
  return grams;
}

// A model file is worthless if these ever change.
TEST(FeaturesTest, HashesAreTheSameForEver) {
  EXPECT_EQ(WordHash("pedido"), WordHash("pedido"));
  EXPECT_EQ(WordHash("pedido"), 14632822525888501632u);
  EXPECT_EQ(PairHash(WordHash("mi"), WordHash("pedido")), 5477830009073547529u);
  EXPECT_EQ(GramsOf("ab")[0], 4370157628824023907u);
}

TEST(FeaturesTest, DigitsAreAllAlike) {
  EXPECT_EQ(WordHash("a12345"), WordHash("a98760"));
  EXPECT_NE(WordHash("a12345"), WordHash("a1234"));
  EXPECT_EQ(GramsOf("48h"), GramsOf("72h"));
}

TEST(FeaturesTest, TheOrderOfAPairCounts) { EXPECT_NE(PairHash(1, 2), PairHash(2, 1)); }

TEST(FeaturesTest, AWordHasItsRunsOfTwoToFiveLettersWithBorders) {
  // " ab ": 2-grams " a", "ab", "b "; 3-grams " ab", "ab "; 4-gram " ab ".
  EXPECT_EQ(GramsOf("ab").size(), 6u);
  // A letter is a letter, however many bytes it has.
  EXPECT_EQ(GramsOf("яб").size(), 6u);
  // Four letters and two borders: 5 + 4 + 3 + 2.
  EXPECT_EQ(GramsOf("talk").size(), 14u);
}

TEST(FeaturesTest, WordsThatShareLettersShareRuns) {
  const auto a = GramsOf("devolucion");
  const auto b = GramsOf("devoluciones");
  const auto shared = std::count_if(
      a.begin(), a.end(), [&](uint64_t gram) { return std::count(b.begin(), b.end(), gram) > 0; });
  EXPECT_GT(shared * 10, static_cast<int64_t>(a.size()) * 8);
}

TEST(FeaturesTest, OfALongWordOnlyItsBeginningCounts) {
  const std::string base(kMaxLetters + 100, 'x');
  EXPECT_LE(GramsOf(base).size(), 4 * (kMaxLetters + 2));
  EXPECT_EQ(GramsOf(base + "y"), GramsOf(base + "z"));
}

TEST(FeaturesTest, AnyBytesAreTaken) {
  std::mt19937 random(5);
  for (int round = 0; round < 2000; ++round) {
    std::string word(random() % 300, '\0');
    for (char& c : word) c = static_cast<char>(random());
    EXPECT_LE(GramsOf(word).size(), 4 * (kMaxLetters + 2));
  }
  EXPECT_TRUE(GramsOf("").empty());
}

}  // namespace
}  // namespace centralita::model
