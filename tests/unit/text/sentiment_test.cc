#include "centralita/text/sentiment.h"

#include <gtest/gtest.h>

#include <vector>

namespace centralita::text {
namespace {

Mood MoodOfText(std::string_view text, std::vector<std::string_view> tags = {}) {
  FoldedText folded;
  folded.Append(text);
  return MoodOf(folded, tags);
}

TEST(SentimentTest, PlainTextIsNeutralAndCalm) {
  EXPECT_EQ(MoodOfText("where is my order?").sentiment_permille, 0);
  EXPECT_EQ(MoodOfText("where is my order?").urgency_permille, 0);
}

TEST(SentimentTest, EmojiAndTagsPullBothWays) {
  EXPECT_LT(MoodOfText("fatal 😡").sentiment_permille, 0);
  EXPECT_GT(MoodOfText("gracias 😍❤️").sentiment_permille, 0);
  EXPECT_LT(MoodOfText("x", {"angry"}).sentiment_permille, -500);
  EXPECT_GE(MoodOfText("x", {"urgent"}).urgency_permille, 500);
}

TEST(SentimentTest, ExclamationMarksStrengthenWhatIsFelt) {
  EXPECT_LT(MoodOfText("fatal 😡!!!!").sentiment_permille, MoodOfText("fatal 😡").sentiment_permille);
  EXPECT_GT(MoodOfText("help!!!!").urgency_permille, 0);
}

TEST(SentimentTest, CapitalsAreShoutingUnlessTheTextIsShort) {
  EXPECT_GT(MoodOfText("WHERE IS MY ORDER").urgency_permille, 0);
  EXPECT_LT(MoodOfText("КЪДЕ Е ПОРЪЧКАТА МИ").sentiment_permille, 0);
  EXPECT_EQ(MoodOfText("OK USA").urgency_permille, 0);
}

TEST(SentimentTest, StaysWithinItsBounds) {
  const Mood mood = MoodOfText("😡🤬😡🤬!!!!!!!!???????? I AM REALLY ANGRY",
                               {"angry", "frustrated", "urgent", "legal_threat", "chargeback"});
  EXPECT_EQ(mood.sentiment_permille, -1000);
  EXPECT_EQ(mood.urgency_permille, 1000);
}

}  // namespace
}  // namespace centralita::text
