#include "language_cld.h"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include <cstdio>  // cld2's header uses FILE without including it
#include <string>

namespace centralita::text {
namespace {

constexpr size_t kMaxBytes = 600;

std::string_view Beginning(std::string_view written) {
  if (written.size() <= kMaxBytes) return written;
  size_t end = kMaxBytes;
  while (end > 0 && (static_cast<unsigned char>(written[end]) & 0xC0) == 0x80) --end;
  return written.substr(0, end);
}

// Languages that nobody but cld2 takes for two, and codes of its own.
std::string_view CloseRelative(std::string_view code) {
  if (code == "af") return "nl";
  if (code == "zh-Hant") return "zh";
  if (code == "iw") return "he";
  if (code == "nb" || code == "nn") return "no";
  if (code == "hr" || code == "bs") return "hr";
  if (code == "az") return "tr";
  if (code == "gl") return "es";
  return code;
}

}  // namespace

CldGuesses GuessByCld2(std::string_view written) {
  const std::string_view text = Beginning(written);
  const CLD2::CLDHints hints{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
  // It leaves them as they are if the text is not UTF-8.
  CLD2::Language languages[3] = {CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE,
                                 CLD2::UNKNOWN_LANGUAGE};
  int percents[3] = {};
  double scores[3] = {};
  int bytes = 0;
  int valid_bytes = 0;
  bool reliable = false;
  CLD2::ExtDetectLanguageSummaryCheckUTF8(text.data(), static_cast<int>(text.size()), true, &hints,
                                          CLD2::kCLDFlagBestEffort, languages, percents, scores,
                                          nullptr, &bytes, &reliable, &valid_bytes);
  CldGuesses guesses;
  guesses.reliable = reliable;
  for (size_t i = 0, next = 0; i < guesses.languages.size(); ++i) {
    if (languages[i] == CLD2::UNKNOWN_LANGUAGE) continue;
    const std::string_view code = CloseRelative(CLD2::LanguageCode(languages[i]));
    if (code.size() == 2) guesses.languages[next++] = {code, percents[i]};
  }
  return guesses;
}

}  // namespace centralita::text
