#include "centralita/corpus/letters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace centralita::corpus {
namespace {

using ::testing::ElementsAre;

TEST(LettersTest, WhatWasDecodedIsEncodedAsItWas) {
  for (const std::string text : {"tracking", "¿dónde está?", "поръчка", "快递", "🎉 ok"}) {
    const std::optional<std::u32string> decoded = Decode(text);
    ASSERT_TRUE(decoded.has_value()) << text;
    EXPECT_EQ(Encode(*decoded), text);
  }
}

TEST(LettersTest, MalformedBytesAreNotDecoded) {
  EXPECT_FALSE(Decode("caf\xE9").has_value());           // Latin-1
  EXPECT_FALSE(Decode("\xC3").has_value());              // cut off
  EXPECT_FALSE(Decode("\xC0\x80").has_value());          // overlong, two bytes
  EXPECT_FALSE(Decode("\xE0\x80\x80").has_value());      // overlong, three bytes
  EXPECT_FALSE(Decode("\xED\xA0\x80").has_value());      // a surrogate
  EXPECT_FALSE(Decode("\xF4\x90\x80\x80").has_value());  // beyond Unicode
}

TEST(LettersTest, CaseFollowsLatinAndCyrillic) {
  EXPECT_EQ(ToUpper(U'ñ'), U'Ñ');
  EXPECT_EQ(ToUpper(U'ж'), U'Ж');
  EXPECT_EQ(ToLower(U'Ю'), U'ю');
  EXPECT_EQ(ToLower(U'Ü'), U'ü');
  EXPECT_EQ(ToUpper(U'ß'), U'ß');
  EXPECT_EQ(ToUpper(U'÷'), U'÷');
  EXPECT_EQ(ToLower(U'×'), U'×');
}

TEST(LettersTest, AccentsGoAndOtherLettersStay) {
  EXPECT_EQ(WithoutAccent(U'á'), U'a');
  EXPECT_EQ(WithoutAccent(U'Ç'), U'C');
  EXPECT_EQ(WithoutAccent(U'ÿ'), U'y');
  EXPECT_EQ(WithoutAccent(U'ß'), U'ß');
  EXPECT_EQ(WithoutAccent(U'ø'), U'ø');
  EXPECT_EQ(WithoutAccent(U'й'), U'й');
}

TEST(LettersTest, WordsAreFoldedAndCutAtWhateverIsNoLetterOrDigit) {
  EXPECT_THAT(FoldedWords(U"¿Dónde está #48213?"), ElementsAre(U"donde", U"esta", U"48213"));
  EXPECT_THAT(FoldedWords(U"!!! 🎉"), ElementsAre());
}

}  // namespace
}  // namespace centralita::corpus
