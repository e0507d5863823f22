// Writes the tables of src/fold_table.h from ICU's Unicode data, when the library is built. ICU is
// needed only here.
//
// A code point's entry says what it becomes when case, compatibility forms, ligatures and accents
// are folded away, and what kind of character that is. Accents go only where a reader of that
// script takes a word without them for the same word: not Cyrillic i kratkoe, not the vowel signs
// of Indic scripts, not the voicing marks of kana.
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace {

constexpr UChar32 kEnd = 0x20000;  // planes 0 and 1; beyond lie ideographs and nothing that folds
constexpr int kPageBits = 7;
constexpr int kPageSize = 1 << kPageBits;

struct Unicode {
  const icu::Normalizer2* casefold = nullptr;
  const icu::Normalizer2* decompose = nullptr;
};

// Letters that Unicode does not decompose and that people type without their stroke or as two.
const std::map<UChar32, std::string> kPlain = {{0x00E6, "ae"}, {0x0153, "oe"}, {0x00F8, "o"},
                                               {0x0142, "l"},  {0x0111, "d"},  {0x00F0, "d"},
                                               {0x00FE, "th"}, {0x0131, "i"}};

bool IsDroppedMark(UChar32 c) {
  if (u_getCombiningClass(c) == 0) return false;
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0483 && c <= 0x0487) ||
         (c >= 0x0591 && c <= 0x05C7) || (c >= 0x0610 && c <= 0x061A) ||
         (c >= 0x064B && c <= 0x065F) || c == 0x0670 || (c >= 0x06D6 && c <= 0x06ED) ||
         (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x1DC0 && c <= 0x1DFF) ||
         (c >= 0x20D0 && c <= 0x20FF) || (c >= 0xFE20 && c <= 0xFE2F);
}

bool KeepsAccents(UChar32 c) {
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(c, &error);
  return c == 0x0439 ||  // Cyrillic short i is a letter of its own
         (script != USCRIPT_LATIN && script != USCRIPT_GREEK && script != USCRIPT_CYRILLIC &&
          script != USCRIPT_HEBREW && script != USCRIPT_ARABIC && script != USCRIPT_COMMON &&
          script != USCRIPT_INHERITED);
}

icu::UnicodeString WithoutAccents(const icu::UnicodeString& folded, const Unicode& unicode) {
  UErrorCode error = U_ZERO_ERROR;
  icu::UnicodeString out;
  for (int32_t i = 0; i < folded.length();) {
    const UChar32 c = folded.char32At(i);
    i += U16_LENGTH(c);
    if (KeepsAccents(c)) {
      out.append(c);
      continue;
    }
    const icu::UnicodeString parts = unicode.decompose->normalize(icu::UnicodeString(c), error);
    for (int32_t k = 0; k < parts.length();) {
      const UChar32 part = parts.char32At(k);
      k += U16_LENGTH(part);
      if (IsDroppedMark(part)) continue;
      const auto plain = kPlain.find(part);
      if (plain != kPlain.end()) {
        out.append(icu::UnicodeString::fromUTF8(plain->second));
      } else {
        out.append(part);
      }
    }
  }
  return out;
}

std::string Folded(UChar32 c, const Unicode& unicode) {
  if (c >= 0xD800 && c <= 0xDFFF) return " ";
  if (c >= 0x1F3FB && c <= 0x1F3FF) return "";  // skin tones: the same gesture
  if (c == 0x2018 || c == 0x2019 || c == 0x02BC || c == 0x00B4 || c == 0x0060) return "'";
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeString folded = unicode.casefold->normalize(icu::UnicodeString(c), error);
  std::string out;
  WithoutAccents(folded, unicode).toUTF8String(out);
  return out;
}

enum Kind { kBreak = 0, kWord = 1, kSingle = 2 };
enum Script { kOther = 0, kLatin = 1, kCyrillic = 2, kNone = 3 };

bool WritesWithoutSpaces(UScriptCode script) {
  switch (script) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL:
    case USCRIPT_BOPOMOFO:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
      return true;
    default:
      return false;
  }
}

// Bits 0-1 kind, 2-3 script, 4 upper case, 5 letter.
int Properties(UChar32 c) {
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(c, &error);
  const int8_t type = u_charType(c);
  const bool letter = u_isalpha(c);
  Kind kind = kBreak;
  if (WritesWithoutSpaces(script) &&
      (letter || u_isdigit(c) || type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK)) {
    kind = kSingle;
  } else if (letter || u_isdigit(c) || type == U_NON_SPACING_MARK ||
             type == U_COMBINING_SPACING_MARK || type == U_ENCLOSING_MARK) {
    kind = kWord;
  } else if (type == U_OTHER_SYMBOL && c >= 0x2190) {
    kind = kSingle;  // emoji and their older kin
  }
  const Script group = script == USCRIPT_LATIN      ? kLatin
                       : script == USCRIPT_CYRILLIC ? kCyrillic
                       : letter                     ? kOther
                                                    : kNone;
  return kind | group << 2 | (u_isupper(c) ? 1 : 0) << 4 | (letter ? 1 : 0) << 5;
}

struct Tables {
  std::vector<int> page_of;
  std::vector<std::vector<uint32_t>> pages;
  std::string pool;
};

// Entry: bits 0-7 properties, 8-11 length in bytes of what it becomes, 12-31 where that begins in
// the pool; length 15: itself.
Tables Build(const Unicode& unicode) {
  Tables tables;
  std::map<std::string, size_t> in_pool;
  std::map<std::vector<uint32_t>, int> known;
  for (UChar32 start = 0; start < kEnd; start += kPageSize) {
    std::vector<uint32_t> page;
    for (UChar32 c = start; c < start + kPageSize; ++c) {
      std::string self;
      icu::UnicodeString(c).toUTF8String(self);
      std::string folded = Folded(c, unicode);
      if (folded.size() > 14)
        folded = self;  // long ligatures of Arabic and squared words: as they are
      uint32_t entry = static_cast<uint32_t>(Properties(c)) | 15u << 8;
      if (folded != self) {
        const auto [it, added] = in_pool.try_emplace(folded, tables.pool.size());
        if (added) tables.pool += folded;
        entry = static_cast<uint32_t>(Properties(c)) | static_cast<uint32_t>(folded.size()) << 8 |
                static_cast<uint32_t>(it->second) << 12;
      }
      page.push_back(entry);
    }
    const auto [it, added] = known.try_emplace(page, static_cast<int>(tables.pages.size()));
    if (added) tables.pages.push_back(page);
    tables.page_of.push_back(it->second);
  }
  return tables;
}

void Write(const Tables& tables, std::ostream& out) {
  out << "// Generated by fold_table_gen.\nnamespace centralita::text::fold_table {\n"
      << "inline constexpr char32_t kEnd = " << kEnd
      << ";\ninline constexpr int kPageBits = " << kPageBits
      << ";\ninline constexpr unsigned short kPageOf[] = {";
  for (int page : tables.page_of) out << page << ',';
  out << "};\ninline constexpr unsigned kPages[][1 << kPageBits] = {";
  for (const auto& page : tables.pages) {
    out << '{';
    for (uint32_t entry : page) out << entry << "u,";
    out << "},";
  }
  out << "};\ninline constexpr unsigned char kPool[] = {";
  for (unsigned char c : tables.pool) out << static_cast<int>(c) << ',';
  out << "};\n"
      << "}  // namespace centralita::text::fold_table\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fold_table_gen OUTPUT.h\n");
    return 2;
  }
  UErrorCode error = U_ZERO_ERROR;
  Unicode unicode;
  unicode.casefold = icu::Normalizer2::getNFKCCasefoldInstance(error);
  unicode.decompose = icu::Normalizer2::getNFKDInstance(error);
  if (U_FAILURE(error)) {
    std::fprintf(stderr, "fold_table_gen: ICU has no normalisation data: %s\n", u_errorName(error));
    return 1;
  }
  std::ofstream out(argv[1]);
  Write(Build(unicode), out);
  out.close();
  return out ? 0 : 1;
}
