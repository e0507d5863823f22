// Which language a message is in, of those that are told apart: es en bg pt fr de it; "und" for all
// others.
//
// Frequent words and tell-tale letters give points; what is known of customer, channel and shop
// gives a few more, which decide when the text itself says little ("ok", "12345").
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

inline constexpr std::array<std::string_view, 7> kLanguages = {"es", "en", "bg", "pt",
                                                               "fr", "de", "it"};
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
  DetectedLanguage Detect(const FoldedText& text, const LanguagePriors& priors) const;

 private:
  Vocabulary words_;
  // Points per language of each word.
  std::vector<std::array<uint8_t, kLanguages.size()>> points_;
  Vocabulary russian_;
};

}  // namespace centralita::text
