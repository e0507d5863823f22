#include "centralita/model/concepts.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "centralita/model/features.h"

namespace centralita::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Concepts Parsed(std::string_view text) {
  auto concepts = Concepts::Parse(text);
  EXPECT_TRUE(concepts.ok()) << concepts.status();
  return *std::move(concepts);
}

std::vector<uint64_t> Of(const Concepts& concepts, std::string_view word) {
  const Concepts::OfWord of = concepts.Of(word);
  return {of.hashes.begin(), of.hashes.begin() + of.count};
}

TEST(ConceptsTest, WordsThatMeanTheSameHaveTheSameConcept) {
  const Concepts concepts =
      Parsed("# comment\nlate: late retras* verspat*\n\nmoney: dinero geld\n");
  EXPECT_THAT(Of(concepts, "late"), ElementsAre(ConceptHash("late")));
  EXPECT_THAT(Of(concepts, "retrasado"), ElementsAre(ConceptHash("late")));
  EXPECT_THAT(Of(concepts, "verspatung"), ElementsAre(ConceptHash("late")));
  EXPECT_THAT(Of(concepts, "geld"), ElementsAre(ConceptHash("money")));
  EXPECT_THAT(Of(concepts, "geldbeutel"), IsEmpty());
  EXPECT_THAT(Of(concepts, "retra"), IsEmpty());
  EXPECT_THAT(Of(concepts, ""), IsEmpty());
}

TEST(ConceptsTest, TheLongestBeginningCountsAndTheWholeWordBesideIt) {
  const Concepts concepts = Parsed("pay: pag* pagina\npage: pagin*\n");
  EXPECT_THAT(Of(concepts, "pagar"), ElementsAre(ConceptHash("pay")));
  EXPECT_THAT(Of(concepts, "paginas"), ElementsAre(ConceptHash("page")));
  EXPECT_THAT(Of(concepts, "pagina"), ElementsAre(ConceptHash("pay"), ConceptHash("page")));
}

TEST(ConceptsTest, AWordHasAtMostFour) {
  const Concepts concepts = Parsed("a: w\nb: w\nc: w\nd: w\ne: w\n");
  EXPECT_EQ(concepts.Of("w").count, 4u);
}

TEST(ConceptsTest, ItsTextSaysTheSameAgain) {
  const Concepts concepts = Parsed("# comment\nlate: late delay*\n");
  EXPECT_EQ(concepts.text(), "late: late delay*\n");
  EXPECT_EQ(Parsed(concepts.text()).Of("delayed").hashes, concepts.Of("delayed").hashes);
  EXPECT_TRUE(Concepts().empty());
  EXPECT_EQ(Concepts().Of("late").count, 0u);
}

TEST(ConceptsTest, WhatIsNoListIsRefusedWithItsLine) {
  const auto message = [](std::string_view text) {
    const auto concepts = Concepts::Parse(text);
    return concepts.ok() ? "" : std::string(concepts.status().message());
  };
  EXPECT_THAT(message("a: b\nwords without a name\n"), HasSubstr("line 2"));
  EXPECT_THAT(message(": b\n"), HasSubstr("no `name:`"));
  EXPECT_THAT(message("a: b\na: c\n"), HasSubstr("came before"));
  EXPECT_THAT(message("a:  \n"), HasSubstr("no words"));
  EXPECT_THAT(message("a: ab*\n"), HasSubstr("fewer than three"));
  EXPECT_THAT(message(std::string_view("a: b\0c", 6)), HasSubstr("zero byte"));
  EXPECT_THAT(message(std::string(kMaxConceptsBytes + 1, 'a')), HasSubstr("longer"));
}

}  // namespace
}  // namespace centralita::model
