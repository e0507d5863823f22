#include "centralita/text/language.h"

#include <algorithm>
#include <numeric>

#include "language_words.h"

namespace centralita::text {
namespace {

enum Index : size_t { kEs, kEn, kBg, kPt, kFr, kDe, kIt };
using Scores = std::array<int32_t, kLanguages.size()>;

constexpr int32_t kWordPoints = 12;
constexpr int32_t kCustomerPoints = 8;
constexpr int32_t kLocalePoints = 10;
constexpr int32_t kFirstTenantPoints = 4;
constexpr int32_t kTenantPoints = 2;
// Below this the text itself has said little.
constexpr int32_t kSolidEvidence = 24;
constexpr int32_t kPriorOnlyConfidence = 300;
constexpr int32_t kThinConfidence = 700;
// So many words without one that we know are in a language that we do not know.
constexpr size_t kManyWords = 6;

template <typename Visitor>
void ForEachWord(std::string_view words, Visitor&& visit) {
  while (!words.empty()) {
    const size_t end = std::min(words.find(' '), words.size());
    if (end > 0) visit(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
}

struct LetterPoints {
  char32_t letter;
  Index language;
  int32_t points;
};

constexpr LetterPoints kLetters[] = {
    {U'ñ', kEs, 30}, {U'¿', kEs, 40}, {U'¡', kEs, 40}, {U'á', kEs, 4},  {U'á', kPt, 4},
    {U'é', kFr, 8},  {U'é', kEs, 4},  {U'é', kPt, 4},  {U'é', kIt, 2},  {U'í', kEs, 6},
    {U'í', kPt, 4},  {U'ó', kEs, 6},  {U'ó', kPt, 4},  {U'ú', kEs, 6},  {U'ú', kPt, 4},
    {U'ü', kDe, 20}, {U'ü', kEs, 1},  {U'ä', kDe, 25}, {U'ö', kDe, 25}, {U'ß', kDe, 40},
    {U'ã', kPt, 40}, {U'õ', kPt, 40}, {U'ç', kPt, 12}, {U'ç', kFr, 12}, {U'â', kPt, 6},
    {U'â', kFr, 6},  {U'ê', kFr, 12}, {U'ê', kPt, 8},  {U'ô', kPt, 8},  {U'ô', kFr, 8},
    {U'è', kFr, 12}, {U'è', kIt, 12}, {U'à', kFr, 8},  {U'à', kIt, 10}, {U'à', kPt, 4},
    {U'ì', kIt, 20}, {U'ò', kIt, 20}, {U'ù', kIt, 20}, {U'ù', kFr, 5},  {U'û', kFr, 15},
    {U'î', kFr, 15}, {U'ï', kFr, 15}, {U'ë', kFr, 10}, {U'œ', kFr, 40}};

char32_t Lower(char32_t c) {
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 0x20;
  if (c == 0x152) return 0x153;
  if (c >= 0x410 && c <= 0x42F) return c + 0x20;
  if (c >= 0x400 && c <= 0x40F) return c + 0x50;
  return c;
}

// Russian, Ukrainian, Belarusian, Serbian and Macedonian letters.
bool IsForeignCyrillic(char32_t c) {
  return c == U'ы' || c == U'э' || c == U'ё' || (c >= 0x450 && c <= 0x45F && c != 0x45D) ||
         c >= 0x460;
}

size_t IndexOf(std::string_view code) {
  return static_cast<size_t>(std::find(kLanguages.begin(), kLanguages.end(), code) -
                             kLanguages.begin());
}

void AddPrior(Scores& scores, std::string_view code, int32_t points) {
  char lower[2] = {};
  if (code.size() < 2) return;
  for (size_t i = 0; i < 2; ++i) {
    lower[i] = code[i] >= 'A' && code[i] <= 'Z' ? static_cast<char>(code[i] | 0x20) : code[i];
  }
  if (code.size() > 2 && code[2] != '-' && code[2] != '_') return;
  const size_t index = IndexOf(std::string_view(lower, 2));
  if (index < scores.size()) scores[index] += points;
}

Scores PriorScores(const LanguagePriors& priors) {
  Scores scores{};
  AddPrior(scores, priors.customer, kCustomerPoints);
  AddPrior(scores, priors.locale, kLocalePoints);
  for (size_t i = 0; i < priors.tenant.size(); ++i) {
    AddPrior(scores, priors.tenant[i], i == 0 ? kFirstTenantPoints : kTenantPoints);
  }
  return scores;
}

DetectedLanguage Decide(const Scores& evidence, const Scores& priors, size_t words) {
  Scores total{};
  for (size_t i = 0; i < total.size(); ++i) total[i] = evidence[i] + priors[i];
  const size_t best =
      static_cast<size_t>(std::max_element(total.begin(), total.end()) - total.begin());
  const int32_t sum = std::accumulate(total.begin(), total.end(), 0);
  const int32_t heard = std::accumulate(evidence.begin(), evidence.end(), 0);
  if (total[best] == 0 || (heard == 0 && words >= kManyWords)) return {};
  int32_t confidence = static_cast<int32_t>(int64_t{1000} * total[best] / sum);
  if (evidence[best] == 0) {
    confidence = std::min(confidence, kPriorOnlyConfidence);
  } else if (evidence[best] < kSolidEvidence) {
    confidence = std::min(confidence, kThinConfidence);
  }
  return {kLanguages[best], confidence};
}

}  // namespace

LanguageDetector::LanguageDetector() {
  for (size_t language = 0; language < kLanguages.size(); ++language) {
    ForEachWord(kFrequentWords[language], [&](std::string_view word) {
      const uint32_t id = words_.Add(word);
      if (points_.size() <= id) points_.resize(id + 1);
      points_[id][language] = kWordPoints;
    });
  }
  for (auto& points : points_) {
    const auto shared = std::count(points.begin(), points.end(), kWordPoints);
    for (uint8_t& p : points) p = static_cast<uint8_t>(p / shared);
  }
  ForEachWord(kRussianWords, [&](std::string_view word) { russian_.Add(word); });
}

DetectedLanguage LanguageDetector::Detect(const FoldedText& text,
                                          const LanguagePriors& priors) const {
  const FoldedText::Counts& counts = text.counts();
  if (counts.other_script > counts.latin + counts.cyrillic) return {};
  const bool cyrillic = counts.cyrillic > counts.latin;

  Scores evidence{};
  int32_t foreign = 0;
  for (char32_t written : text.marked()) {
    const char32_t letter = Lower(written);
    if (letter >= 0x400) {
      foreign += IsForeignCyrillic(letter);
      continue;
    }
    for (const LetterPoints& entry : kLetters) {
      if (entry.letter == letter) evidence[entry.language] += entry.points;
    }
  }
  for (const Token& token : text.tokens()) {
    const std::string_view word = text.TextOf(token);
    const uint32_t id = words_.Find(token.hash, word);
    if (id != Vocabulary::kUnknown) {
      for (size_t i = 0; i < evidence.size(); ++i) evidence[i] += points_[id][i];
    } else if (cyrillic && russian_.Find(token.hash, word) != Vocabulary::kUnknown) {
      ++foreign;
    }
  }
  if (cyrillic) {
    if (foreign * kWordPoints > evidence[kBg]) return {};
    evidence[kBg] += kSolidEvidence;
  }
  return Decide(evidence, PriorScores(priors), text.tokens().size());
}

}  // namespace centralita::text
