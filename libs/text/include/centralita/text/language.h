// Which language a message is in: ISO 639-1, or "und".
//
// Frequent words and tell-tale letters give points, what is known of customer, channel and shop a
// few more, which decide when the text itself says little ("ok", "12345"). Where the words of the
// seven languages that are known well leave a doubt, the library cld2 is asked too; it knows some
// eighty languages and costs more than all the rest.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "centralita/text/fold.h"
#include "centralita/text/vocabulary.h"

namespace centralita::text {

inline constexpr std::string_view kUndetermined = "und";

struct LanguagePriors {
  // ISO 639-1; empty if unknown.
  std::string_view customer;
  // BCP 47 ("pt-BR") or POSIX ("pt_BR"); empty if unknown.
  std::string_view locale;
  // The most frequent first.
  std::span<const std::string> tenant;
};

struct DetectedLanguage {
  // A view of a constant.
  std::string_view code = kUndetermined;
  int32_t confidence_permille = 0;
};

// Immutable and thread-safe once built.
class LanguageDetector final {
 public:
  LanguageDetector();
  // `written` is what `text` was folded from, subject or not; what is not UTF-8 in it is not looked
  // at.
  DetectedLanguage Detect(const FoldedText& text, std::string_view written,
                          const LanguagePriors& priors) const;

 private:
  // Those of language_words.h, then those of language_neighbours.h.
  static constexpr size_t kLanguages = 16;
  using Points = std::array<uint8_t, kLanguages>;
  void AddWords(size_t language, std::string_view list);

  Vocabulary words_;
  // Points per language of each word.
  std::vector<Points> points_;
};

}  // namespace centralita::text
