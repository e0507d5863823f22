#include "centralita/corpus/check.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/corpus/folder.h"

namespace centralita::corpus {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Phrases that have no word in common, so that only what a test adds is a fault.
Corpus Clean(std::string_view prefix) {
  Corpus corpus;
  corpus.languages["es"];
  for (const std::string& intent : Intents()) {
    corpus.seeds.push_back(
        {"es", intent, fmt::format("{}{}", prefix, intent), fmt::format("{}.txt:1", intent)});
  }
  return corpus;
}

CheckLimits SmallLimits() {
  CheckLimits limits;
  limits.corpus_minimum = 1;
  limits.heldout_minimum = 1;
  limits.full_languages = {"es"};
  return limits;
}

std::vector<std::string> FaultsWith(const std::string& text) {
  Corpus corpus = Clean("qwx");
  corpus.languages["es"].slots = {};
  corpus.seeds.push_back({"es", "other", text, "new:1"});
  return CheckSeeds(corpus, Clean("zzkj"), SmallLimits());
}

TEST(CheckTest, ACleanCorpusHasNoFault) {
  EXPECT_THAT(CheckSeeds(Clean("qwx"), Clean("zzkj"), SmallLimits()), IsEmpty());
}

TEST(CheckTest, TooFewPhrasesAreAFault) {
  CheckLimits limits = SmallLimits();
  limits.corpus_minimum = 2;
  const std::vector<std::string> faults = CheckSeeds(Clean("qwx"), Clean("zzkj"), limits);
  ASSERT_EQ(faults.size(), Intents().size());
  EXPECT_THAT(faults, Contains(HasSubstr("corpus/es/other.txt: 1 phrases; write 2")));
}

TEST(CheckTest, AThinLanguageNeedsFewer) {
  CheckLimits limits = SmallLimits();
  limits.corpus_minimum = 2;
  limits.full_languages = {"en"};
  limits.thin_corpus_minimum = 1;
  limits.thin_heldout_minimum = 1;
  EXPECT_THAT(CheckSeeds(Clean("qwx"), Clean("zzkj"), limits), IsEmpty());
}

TEST(CheckTest, AHeldOutPhraseThatTheCorpusHasIsAFault) {
  Corpus corpus = Clean("qwx");
  corpus.seeds.push_back({"es", "order_status", "¿Dónde está mi pedido?", "corpus:7"});
  Corpus heldout = Clean("zzkj");
  heldout.seeds.push_back({"es", "delivery_problem", "donde esta mi {order} pedido", "heldout:9"});
  EXPECT_THAT(CheckSeeds(corpus, heldout, SmallLimits()),
              Contains(::testing::AllOf(HasSubstr("heldout:9"), HasSubstr("corpus:7"))));
}

TEST(CheckTest, HeldOutPhrasesMustDifferMoreThanThoseOfTheCorpusAmongThemselves) {
  const std::string one = "quiero cancelar mi pedido hoy";
  const std::string other = "quiero cancelar mi pedido ya";
  Corpus corpus = Clean("qwx");
  corpus.seeds.push_back({"es", "cancel_change_order", one, "corpus:7"});
  Corpus heldout = Clean("zzkj");
  heldout.seeds.push_back({"es", "cancel_change_order", other, "heldout:9"});
  CheckLimits limits = SmallLimits();
  limits.same = 0.95;
  EXPECT_THAT(CheckSeeds(corpus, heldout, limits), ElementsAre(HasSubstr("heldout:9")));
  corpus.seeds.push_back({"es", "cancel_change_order", other, "corpus:8"});
  EXPECT_THAT(CheckSeeds(corpus, Clean("zzkj"), limits), IsEmpty());
}

TEST(CheckTest, TheSamePhraseInTwoLanguagesIsNone) {
  Corpus corpus = Clean("qwx");
  corpus.seeds.push_back({"es", "order_status", "tracking", "es:1"});
  corpus.languages["it"];
  corpus.seeds.push_back({"it", "order_status", "tracking", "it:1"});
  for (const std::string& fault : CheckSeeds(corpus, Clean("zzkj"), SmallLimits())) {
    EXPECT_THAT(fault, ::testing::Not(HasSubstr("almost")));
  }
}

TEST(CheckTest, EncodingFaultsAreNamedWithTheirPlace) {
  EXPECT_THAT(FaultsWith("caf\xE9"), Contains("new:1: not UTF-8"));
  EXPECT_THAT(FaultsWith("a\tb"), Contains(HasSubstr("new:1: a control character")));
  EXPECT_THAT(FaultsWith(" blank"), Contains(HasSubstr("new:1: a blank")));
  EXPECT_THAT(FaultsWith("a\\tb"), Contains(HasSubstr("new:1: the only escape")));
  EXPECT_THAT(FaultsWith("uno\\ndos"), IsEmpty());
}

TEST(CheckTest, SlotsMustBeKnownAndClosed) {
  EXPECT_THAT(FaultsWith("mi {thing}"), Contains(HasSubstr("there is no slot {thing}")));
  EXPECT_THAT(FaultsWith("mi {thing"), Contains(HasSubstr("a brace has no partner")));
}

TEST(CheckTest, ASlotOfOneIntentGivesItAway) {
  Corpus corpus = Clean("qwx");
  corpus.languages["es"].slots = {{"code", {"HOLA10"}}};
  corpus.seeds.push_back({"es", "discount_promo", "aplicar {code}", "new:1"});
  EXPECT_THAT(CheckSeeds(corpus, Clean("zzkj"), SmallLimits()),
              ElementsAre(HasSubstr("slot {code} is used by 1 intents")));
}

TEST(SimilarityTest, SpellingAndSlotsDoNotCount) {
  EXPECT_DOUBLE_EQ(Similarity("¿Dónde está {product}?", "donde esta"), 1);
  EXPECT_DOUBLE_EQ(Similarity("reembolso", "factura"), 0);
  EXPECT_LT(Similarity("quiero cancelar mi pedido", "quiero devolver mi pedido"), 0.8);
}

TEST(SimilarityTest, PhrasesWithoutLettersAreAlikeOnlyIfTheyAreTheSame) {
  EXPECT_DOUBLE_EQ(Similarity("👏", "👏"), 1);
  EXPECT_DOUBLE_EQ(Similarity("👏", "🎉"), 0);
}

TEST(CheckListsTest, LabelsTextsAndNumbersAreChecked) {
  const Folder folder;
  folder.Write("es/sentiment.tsv", "negative\tmal\nneutral\tok\npositive\tbien\n");
  folder.Write("es/urgency.tsv", "low\ta\nnormal\tb\nhigh\tc\n");
  folder.Write("es/spam.tsv", "spam\tx\nham\ty\nmaybe\tz\nham\ty\nham\n");
  const auto faults = CheckLists(folder.path(), {"es"}, 3);
  ASSERT_TRUE(faults.ok()) << faults.status();
  EXPECT_THAT(*faults, ElementsAre(HasSubstr("spam.tsv:3: \"maybe\" is no label"),
                                   HasSubstr("spam.tsv:4: \"y\" stands here twice"),
                                   HasSubstr("spam.tsv:5: write label, tab, text")));
}

TEST(CheckListsTest, AMissingListIsAnError) {
  const Folder folder;
  EXPECT_EQ(CheckLists(folder.path(), {"es"}, 1).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace centralita::corpus
