#include "centralita/text/language.h"

#include <algorithm>
#include <numeric>

#include "language_cld.h"
#include "language_neighbours.h"
#include "language_words.h"

namespace centralita::text {
namespace {

enum Index : size_t { kEs, kEn, kBg, kPt, kFr, kDe, kIt, kNl, kRo, kPl, kTr, kCa, kSv };

constexpr size_t kHead = kFrequentWords.size();
constexpr size_t kAll = kHead + kNeighbourWords.size();
constexpr std::array<std::string_view, kHead> kHeadLanguages = {"es", "en", "bg", "pt",
                                                                "fr", "de", "it"};
using Scores = std::array<int32_t, kAll>;

constexpr int32_t kWordPoints = 12;
constexpr int32_t kCustomerPoints = 8;
constexpr int32_t kLocalePoints = 10;
constexpr int32_t kFirstTenantPoints = 4;
constexpr int32_t kTenantPoints = 2;
// Below this the text itself has said little.
constexpr int32_t kSolidEvidence = 24;
constexpr int32_t kPriorOnlyConfidence = 300;
// What each point of thin evidence adds to it.
constexpr int32_t kPerEvidence = 16;
// Letters alone convince nobody: a Finn writes many an umlaut.
constexpr int32_t kMaxLetterPoints = 28;
// So many words without one that we know are in a language that we do not know.
constexpr size_t kManyWords = 6;
// From so many letters on cld2 is worth listening to.
constexpr uint32_t kManyLetters = 24;
constexpr int32_t kCldPoints = 30;
constexpr int32_t kCldDoubtPoints = 14;
constexpr int32_t kCldShortPoints = 7;
// It takes short texts of other languages for English.
constexpr int32_t kCldShortEnglishPoints = 3;

std::string_view CodeOf(size_t language) {
  return language < kHead ? kHeadLanguages[language] : kNeighbourWords[language - kHead].code;
}

size_t IndexOf(std::string_view code) {
  size_t index = 0;
  while (index < kAll && CodeOf(index) != code) ++index;
  return index;
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
    {U'î', kFr, 15}, {U'ï', kFr, 15}, {U'ë', kFr, 10}, {U'œ', kFr, 40}, {U'ă', kRo, 28},
    {U'ț', kRo, 28}, {U'ţ', kRo, 28}, {U'ș', kRo, 20}, {U'ş', kTr, 14}, {U'ğ', kTr, 28},
    {U'ı', kTr, 28}, {U'ł', kPl, 28}, {U'ą', kPl, 20}, {U'ę', kPl, 20}, {U'ś', kPl, 20},
    {U'ż', kPl, 20}, {U'ź', kPl, 20}, {U'ć', kPl, 20}, {U'å', kSv, 20}, {U'ö', kSv, 6},
    {U'ä', kSv, 6},  {U'ö', kTr, 6},  {U'ü', kTr, 6},  {U'ç', kTr, 6},  {U'à', kCa, 4},
    {U'ò', kCa, 6}};

char32_t Lower(char32_t c) {
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 0x20;
  if (c >= 0x100 && c <= 0x137) return c | 1;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return c + (c & 1);
  if (c >= 0x14A && c <= 0x177) return c | 1;
  if (c >= 0x410 && c <= 0x42F) return c + 0x20;
  if (c >= 0x400 && c <= 0x40F) return c + 0x50;
  return c;
}

// Russian, Ukrainian, Belarusian, Serbian and Macedonian letters.
bool IsForeignCyrillic(char32_t c) {
  return c == U'ы' || c == U'э' || c == U'ё' || (c >= 0x450 && c <= 0x45F && c != 0x45D) ||
         c >= 0x460;
}

size_t Best(const Scores& scores) {
  return static_cast<size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

int32_t SecondBest(const Scores& scores, size_t best) {
  int32_t second = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    if (i != best) second = std::max(second, scores[i]);
  }
  return second;
}

// The language of a locale, lower case; empty if it is none.
std::string LanguageOfLocale(std::string_view locale) {
  if (locale.size() < 2 || (locale.size() > 2 && locale[2] != '-' && locale[2] != '_')) return {};
  std::string code(locale.substr(0, 2));
  for (char& c : code) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return code;
}

void AddPrior(Scores& scores, std::string_view locale, int32_t points) {
  const size_t index = IndexOf(LanguageOfLocale(locale));
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

// Whether the words alone leave no doubt: many known ones, of one of the languages known well.
bool IsSure(const Scores& evidence, size_t best, size_t tokens) {
  return best < kHead && evidence[best] >= kSolidEvidence &&
         evidence[best] >= 3 * static_cast<int32_t>(tokens) &&
         evidence[best] >= 2 * SecondBest(evidence, best);
}

int32_t CldPoints(const CldGuess& guess, bool reliable, const FoldedText::Counts& counts) {
  int32_t points = reliable ? kCldPoints : kCldDoubtPoints;
  if (counts.letters < kManyLetters && counts.latin > 0) {
    points = guess.code == "en" ? kCldShortEnglishPoints : kCldShortPoints;
  }
  return points * guess.percent / 100;
}

DetectedLanguage Decide(const Scores& evidence, const Scores& priors, size_t words) {
  Scores total{};
  for (size_t i = 0; i < total.size(); ++i) total[i] = evidence[i] + priors[i];
  const size_t best = Best(total);
  int64_t squares = 0;
  for (int64_t points : total) squares += points * points;
  const int32_t heard = std::accumulate(evidence.begin(), evidence.end(), 0);
  if (total[best] == 0 || (heard == 0 && words >= kManyWords)) return {};
  int32_t confidence = static_cast<int32_t>(int64_t{1000} * total[best] * total[best] / squares);
  if (evidence[best] == 0) {
    confidence = std::min(confidence, kPriorOnlyConfidence);
  } else if (evidence[best] < kSolidEvidence) {
    confidence = std::min(confidence, kPriorOnlyConfidence + evidence[best] * kPerEvidence);
  }
  return {CodeOf(best), confidence};
}

// Serbian and Macedonian texts have such letters in almost every word.
bool IsSouthSlavic(char32_t c) { return c >= 0x452 && c <= 0x45F && c != 0x456 && c != 0x457; }

struct Letters {
  Scores points{};
  int32_t foreign_cyrillic = 0;
  int32_t south_slavic = 0;
};

Letters LettersOf(const FoldedText& text) {
  Letters letters;
  for (char32_t written : text.marked()) {
    const char32_t letter = Lower(written);
    if (letter >= 0x400) {
      letters.foreign_cyrillic += IsForeignCyrillic(letter);
      letters.south_slavic += IsSouthSlavic(letter) || letter == U'ј';
      continue;
    }
    for (const LetterPoints& entry : kLetters) {
      if (entry.letter == letter) letters.points[entry.language] += entry.points;
    }
  }
  for (int32_t& points : letters.points) points = std::min(points, kMaxLetterPoints);
  return letters;
}

}  // namespace

LanguageDetector::LanguageDetector() {
  static_assert(kLanguages == kAll);
  for (size_t i = 0; i < kHead; ++i) AddWords(i, kFrequentWords[i]);
  for (size_t i = kHead; i < kAll; ++i) AddWords(i, kNeighbourWords[i - kHead].words);
  for (Points& points : points_) {
    const auto shared = std::count(points.begin(), points.end(), kWordPoints);
    for (uint8_t& p : points) p = static_cast<uint8_t>(p / shared);
  }
}

void LanguageDetector::AddWords(size_t language, std::string_view list) {
  FoldedText folded;
  folded.Append(list);
  for (const Token& token : folded.tokens()) {
    const uint32_t id = words_.Add(folded.TextOf(token));
    if (points_.size() <= id) points_.resize(id + 1);
    points_[id][language] = kWordPoints;
  }
}

DetectedLanguage LanguageDetector::Detect(const FoldedText& text, std::string_view written,
                                          const LanguagePriors& priors) const {
  const FoldedText::Counts& counts = text.counts();
  const bool other_script = counts.other_script > counts.latin + counts.cyrillic;
  const bool cyrillic = counts.cyrillic > counts.latin;
  const Letters letters = LettersOf(text);
  Scores evidence = letters.points;
  for (const Token& token : text.tokens()) {
    const uint32_t id = words_.Find(token.hash, text.TextOf(token));
    if (id == Vocabulary::kUnknown) continue;
    for (size_t i = 0; i < kAll; ++i) evidence[i] += points_[id][i];
  }
  const size_t words = text.tokens().size();
  // Bulgarian does without these letters; one may stand in a name.
  const bool foreign = static_cast<size_t>(letters.foreign_cyrillic) > words / 16;
  if (foreign) evidence[kBg] = 0;
  const size_t best = Best(evidence);
  const bool sure = !other_script && IsSure(evidence, best, words);
  const Scores known = PriorScores(priors);
  if (sure || counts.letters == 0) return Decide(evidence, known, words);

  const CldGuesses guesses = GuessByCld2(written);
  for (CldGuess guess : guesses.languages) {
    if (guess.code.empty()) break;
    if (cyrillic && !foreign && letters.south_slavic == 0 &&
        (guess.code == "sr" || guess.code == "mk")) {
      guess.code = "bg";
    }
    int32_t points = CldPoints(guess, guesses.reliable, counts);
    // What is unknown looks English to it, and English without one frequent word is none.
    if (guess.code == "en" && evidence[kEn] == 0) points /= 3;
    const size_t index = IndexOf(guess.code);
    if (index < kAll) {
      evidence[index] += points;
    } else if (other_script || (guesses.reliable && points > evidence[best] + known[Best(known)])) {
      const int32_t confidence = 1000 * points / std::max(points + evidence[best], 1);
      return {guess.code, std::min(confidence, kPriorOnlyConfidence + points * kPerEvidence)};
    }
  }
  return other_script ? DetectedLanguage{} : Decide(evidence, known, words);
}

}  // namespace centralita::text
