#include "centralita/corpus/noise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "centralita/corpus/letters.h"

namespace centralita::corpus {
namespace {

TEST(NoiseTest, ATypoChangesOneWordByAtMostOneLetter) {
  Random random(7);
  const std::u32string text = U"donde esta mi pedido";
  int changed = 0;
  for (int i = 0; i < 200; ++i) {
    const std::u32string typed = WithTypo(text, "es", random);
    EXPECT_LE(typed.size(), text.size() + 1);
    EXPECT_GE(typed.size(), text.size() - 1);
    EXPECT_TRUE(typed.ends_with(U"mi pedido") || typed.starts_with(U"donde esta mi "));
    changed += typed == text ? 0 : 1;
  }
  EXPECT_GT(changed, 180);
}

TEST(NoiseTest, ShortWordsNumbersAndLinksAreTypedRight) {
  Random random(7);
  for (const std::u32string text : {U"ok si no", U"48213", U"http://parcel.example/a", U""}) {
    EXPECT_EQ(WithTypo(text, "en", random), text);
  }
}

TEST(NoiseTest, AWrongKeyIsOneOfTheLanguagesKeyboard) {
  Random random(3);
  for (int i = 0; i < 300; ++i) {
    for (const char32_t c : WithTypo(U"поръчка", "bg", random)) EXPECT_TRUE(IsCyrillic(c));
  }
}

TEST(NoiseTest, AccentsAreDropped) {
  Random random(1);
  EXPECT_EQ(WithoutAccents(U"¿dónde está mi señal?", "es", random), U"¿donde esta mi senal?");
}

TEST(NoiseTest, GermanUmlautsAreDroppedOrWrittenOut) {
  Random random(1);
  std::set<std::u32string> seen;
  for (int i = 0; i < 50; ++i) seen.insert(WithoutAccents(U"größe", "de", random));
  EXPECT_EQ(seen, (std::set<std::u32string>{U"grosse", U"groesse"}));
}

TEST(NoiseTest, OneBlankGoesMissing) {
  Random random(1);
  const std::u32string text = WithMissingSpace(U"where is it", random);
  EXPECT_TRUE(text == U"whereis it" || text == U"where isit");
  EXPECT_EQ(WithMissingSpace(U"tracking", random), U"tracking");
}

TEST(NoiseTest, OnlyWholeWordsAreAbbreviated) {
  Language language;
  language.abbreviations = {{"que", "q"}, {"por favor", "xfa"}};
  EXPECT_EQ(Abbreviated(U"que queso que por favor", language), U"q queso q xfa");
  EXPECT_EQ(Abbreviated(U"que que que", language), U"q q q");
  EXPECT_EQ(Abbreviated(U"", language), U"");
}

TEST(NoiseTest, BulgarianInLatinLettersKeepsNoCyrillic) {
  Random random(5);
  std::set<std::u32string> seen;
  for (int i = 0; i < 50; ++i) {
    const std::u32string latin = InLatinLetters(U"Къде ми е поръчката, чакам я 5 дни", random);
    for (const char32_t c : latin) EXPECT_FALSE(IsCyrillic(c));
    EXPECT_EQ(latin.front(), U'K');
    seen.insert(latin);
  }
  EXPECT_GT(seen.size(), 10U);
}

TEST(NoiseTest, CaseChangesTheWholeTextOrItsFirstLetter) {
  EXPECT_EQ(InUpperCase(U"ещё ñ 1"), U"ЕЩЁ Ñ 1");
  EXPECT_EQ(InLowerCase(U"ÀB Ж"), U"àb ж");
  EXPECT_EQ(Capitalised(U"éa b"), U"Éa b");
  EXPECT_EQ(Capitalised(U""), U"");
}

}  // namespace
}  // namespace centralita::corpus
