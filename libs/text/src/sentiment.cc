#include "centralita/text/sentiment.h"

#include <algorithm>
#include <string_view>

namespace centralita::text {
namespace {

struct Evidence {
  std::string_view sign;
  int32_t sentiment;
  int32_t urgency;
};

constexpr Evidence kTags[] = {
    {"angry", -600, 150},         {"frustrated", -350, 100},   {"sad", -250, 0},
    {"polite", 100, 0},           {"happy", 500, 0},           {"grateful", 400, 0},
    {"urgent", -50, 500},         {"legal_threat", -400, 300}, {"chargeback", -300, 200},
    {"public_threat", -250, 150}, {"safety", -200, 500},       {"vulnerable", 0, 250}};

// As folding leaves them: no variation selector, no skin tone.
constexpr Evidence kEmoji[] = {
    {"😡", -400, 100},  {"🤬", -500, 100}, {"😠", -350, 50},  {"👿", -350, 0},  {"💩", -300, 0},
    {"😤", -250, 50},   {"👎", -250, 0},      {"😢", -200, 0},   {"😭", -250, 50}, {"😞", -200, 0},
    {"🙄", -150, 0}, {"😒", -150, 0},      {"😱", -100, 150}, {"⏰", 0, 150},   {"🚨", -50, 250},
    {"😊", 250, 0},     {"🙂", 150, 0},    {"😀", 250, 0},    {"😁", 250, 0},   {"😍", 350, 0},
    {"🥰", 350, 0},  {"❤", 350, 0},       {"💕", 350, 0},    {"👍", 250, 0},   {"👏", 250, 0},
    {"🎉", 300, 0},     {"🙏", 100, 0},       {"⭐", 150, 0}};

// More of the same emoji adds nothing beyond three.
constexpr int kMaxEmoji = 3;
constexpr uint32_t kMinLettersToShout = 10;

bool Shouts(const FoldedText::Counts& counts) {
  return counts.letters >= kMinLettersToShout && counts.upper * 10 >= counts.letters * 7;
}

void Add(Mood& mood, const Evidence& evidence) {
  mood.sentiment_permille += evidence.sentiment;
  mood.urgency_permille += evidence.urgency;
}

void AddEmoji(Mood& mood, const FoldedText& text) {
  int seen = 0;
  for (const Token& token : text.tokens()) {
    // Emoji are three or four bytes, the first of which is beyond every alphabet's.
    if (token.length < 3 || token.length > 4) continue;
    const std::string_view sign = text.TextOf(token);
    const unsigned char first = static_cast<unsigned char>(sign[0]);
    if (first != 0xE2 && first != 0xF0) continue;
    for (const Evidence& emoji : kEmoji) {
      if (emoji.sign != sign) continue;
      Add(mood, emoji);
      if (++seen == kMaxEmoji) return;
      break;
    }
  }
}

}  // namespace

Mood MoodOf(const FoldedText& text, std::span<const std::string_view> tags,
            const Signals& signals) {
  Mood mood{signals.sentiment_permille, signals.urgency_permille};
  for (const Evidence& tag : kTags) {
    if (std::find(tags.begin(), tags.end(), tag.sign) != tags.end()) Add(mood, tag);
  }
  AddEmoji(mood, text);
  const FoldedText::Counts& counts = text.counts();
  const int32_t exclamations = static_cast<int32_t>(std::min(counts.exclamations, 6u));
  const int32_t questions = static_cast<int32_t>(std::min(counts.questions, 6u));
  if (exclamations >= 3) mood.urgency_permille += 30 * exclamations;
  if (questions >= 3) mood.urgency_permille += 20 * questions;
  if (Shouts(counts)) {
    mood.urgency_permille += 150;
    mood.sentiment_permille -= 150;
  }
  // Exclamation marks make whatever is felt stronger.
  mood.sentiment_permille += mood.sentiment_permille * exclamations / 20;
  mood.sentiment_permille = std::clamp(mood.sentiment_permille, -1000, 1000);
  mood.urgency_permille = std::clamp(mood.urgency_permille, 0, 1000);
  return mood;
}

}  // namespace centralita::text
