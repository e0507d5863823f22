#include "centralita/text/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace centralita::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Tokens(std::string_view text) {
  FoldedText folded;
  folded.Append(text);
  std::vector<std::string> tokens;
  for (const Token& token : folded.tokens()) tokens.emplace_back(folded.TextOf(token));
  return tokens;
}

TEST(FoldTest, LatinLosesCaseAccentsAndLigatures) {
  EXPECT_THAT(Tokens("¿Dónde ESTÁ mi pedido, señor?"),
              ElementsAre("donde", "esta", "mi", "pedido", "senor"));
  EXPECT_THAT(Tokens("Größe ÆØÅ Œuvre ŁÓDŹ ﬁn"),
              ElementsAre("grosse", "aeoa", "oeuvre", "lodz", "fin"));
  EXPECT_THAT(Tokens("İstanbul ISPARTA ılık"), ElementsAre("istanbul", "isparta", "ilik"));
}

TEST(FoldTest, AccentsWrittenAsMarksOfTheirOwnFoldLikeWholeLetters) {
  EXPECT_EQ(Tokens("devolucio\u0301n man\u0303ana"), Tokens("devolución mañana"));
}

TEST(FoldTest, GreekFoldsAccentsAndBothSigmas) {
  EXPECT_EQ(Tokens("ΠΟΎ ΕΊΝΑΙ Η ΠΑΡΑΓΓΕΛΊΑ ΜΟΥ; ΤΈΛΟΣ"),
            Tokens("που ειναι η παραγγελια μου τελος"));
}

TEST(FoldTest, CyrillicKeepsShortIAndDropsOtherAccents) {
  EXPECT_THAT(Tokens("МОЙ мои Ёлка ѝ"), ElementsAre("мой", "мои", "елка", "и"));
  EXPECT_EQ(Tokens("мои\u0306"), Tokens("мой"));
}

TEST(FoldTest, SignsThatMakeAnotherWordStay) {
  EXPECT_NE(Tokens("が"), Tokens("か"));
  EXPECT_NE(Tokens("किताब"), Tokens("कतब"));
}

TEST(FoldTest, WideAndFancyLettersAreLetters) {
  EXPECT_THAT(Tokens("ＯＲＤＥＲ 𝐡𝐞𝐥𝐩 ①"), ElementsAre("order", "help"));
}

TEST(FoldTest, LettersStretchedForEffectCountOnce) {
  EXPECT_THAT(Tokens("holaaaaa NOOO ññññ моляяя"), ElementsAre("hola", "no", "n", "моля"));
  EXPECT_THAT(Tokens("llego 1000"), ElementsAre("llego", "1000"));
}

TEST(FoldTest, InvisibleCharactersAndSkinTonesVanish) {
  EXPECT_THAT(Tokens("pe\u200Bdi\u00ADdo 👍🏽 ❤\uFE0F"), ElementsAre("pedido", "👍", "❤"));
}

TEST(FoldTest, ScriptsWithoutSpacesGiveOneTokenPerCharacter) {
  EXPECT_THAT(Tokens("退款abc"), ElementsAre("退", "款", "abc"));
  EXPECT_THAT(Tokens("환불"), ElementsAre("환", "불"));
}

TEST(FoldTest, TheTextKeepsPunctuationAndLosesSpareSpace) {
  FoldedText folded;
  folded.Append("  Ñandú,\t¿QUÉ?\r\n\n ok… ");
  folded.Append("Más");
  EXPECT_EQ(folded.text(), "nandu, ¿que?\nok...\nmas\n");
}

TEST(FoldTest, TokensSayWhichBytesTheyWereMadeFrom) {
  const std::vector<std::string> pieces = {"Ðónde  e\u0301ste", "退é 👍🏽!"};
  FoldedText folded;
  std::string all;
  for (const std::string& piece : pieces) {
    folded.Append(piece);
    all += piece;
  }
  std::vector<std::string> sources;
  for (const Token& token : folded.tokens()) {
    sources.push_back(all.substr(token.source, token.source_length));
  }
  EXPECT_THAT(sources, ElementsAre("Ðónde", "e\u0301ste", "退", "é", "👍"));
}

TEST(FoldTest, ClausesEndAtMarksAndLines) {
  FoldedText folded;
  folded.Append("no lo quiero, gracias\nadios amigo");
  std::vector<bool> breaks;
  for (size_t i = 0; i < folded.tokens().size(); ++i) breaks.push_back(folded.BreaksBefore(i));
  EXPECT_THAT(breaks, ElementsAre(true, false, false, true, true, false));
}

TEST(FoldTest, MalformedBytesEndATokenAndAreReported) {
  FoldedText folded;
  folded.Append("a\xC3\x28\xED\xA0\x80\xF8z");
  EXPECT_FALSE(folded.valid_utf8());
  EXPECT_EQ(folded.tokens().size(), 2u);
  EXPECT_THAT(Tokens("\xE2\x82"), IsEmpty());
}

TEST(FoldTest, ValidityFollowsTheStandard) {
  EXPECT_TRUE(IsValidUtf8("plain ñ ж 漢 😀"));
  EXPECT_FALSE(IsValidUtf8("\xC0\xAF"));          // overlong
  EXPECT_FALSE(IsValidUtf8("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(IsValidUtf8("\xF4\x90\x80\x80"));  // beyond Unicode
  EXPECT_FALSE(IsValidUtf8("cut \xE2\x82"));
}

TEST(FoldTest, CountsAreOfTheTextAsWritten) {
  FoldedText folded;
  folded.Append("ÑO Привет!! ok?");
  EXPECT_EQ(folded.counts().letters, 10u);
  EXPECT_EQ(folded.counts().upper, 3u);
  EXPECT_EQ(folded.counts().latin, 4u);
  EXPECT_EQ(folded.counts().cyrillic, 6u);
  EXPECT_EQ(folded.counts().exclamations, 2u);
  EXPECT_EQ(folded.counts().questions, 1u);
}

TEST(FoldTest, PiecesDoNotJoin) {
  FoldedText folded;
  folded.Append("re");
  folded.Append("fund");
  EXPECT_EQ(folded.tokens().size(), 2u);
}

TEST(FoldTest, FoldingTwiceChangesNothingAndNoBytesBreakIt) {
  std::mt19937 random(7);
  const std::string_view alphabet[] = {"a",  "Á", "ñ", "ß", "Й", "и", "\u0306", "\u0301", "😀",
                                       "漢", " ", "!", "7", "ﬃ", "Σ", "\xC3",   "\xFF",   "が"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int i = 0; i < 20; ++i) text += alphabet[random() % std::size(alphabet)];
    std::string joined;
    for (const std::string& token : Tokens(text)) {
      EXPECT_TRUE(IsValidUtf8(token)) << text;
      joined += token + " ";
    }
    EXPECT_EQ(Tokens(joined), Tokens(text)) << text;
  }
}

}  // namespace
}  // namespace centralita::text
