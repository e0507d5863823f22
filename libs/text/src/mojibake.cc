// UTF-8 that somebody read as another code page and wrote as UTF-8 again. Only what cannot have
// been meant is repaired: such pairs of letters and signs do not occur in any language.
#include <algorithm>
#include <string>
#include <vector>

#include "code_pages.h"
#include "text_edit.h"
#include "utf8.h"

namespace centralita::text {
namespace {

struct Char {
  char32_t code_point = 0;
  size_t at = 0;
  size_t length = 0;
};

// The byte of a code page that reads as `c`; 0 if there is none above ASCII.
unsigned char Cp1252Byte(char32_t c) {
  if (c >= 0xA0 && c <= 0xFF) return static_cast<unsigned char>(c);
  const auto found = std::find(kCp1252.begin(), kCp1252.end(), c);
  return found == kCp1252.end() ? 0 : static_cast<unsigned char>(0x80 + (found - kCp1252.begin()));
}

unsigned char Cp1251Byte(char32_t c) {
  const auto found = std::find(kCp1251.begin(), kCp1251.end(), c);
  return found == kCp1251.end() ? 0 : static_cast<unsigned char>(0x80 + (found - kCp1251.begin()));
}

// A character in UTF-8 that stands there as two to four of a code page.
struct Pair {
  size_t at = 0;
  size_t end = 0;
  char utf8[4] = {};
  uint32_t length = 0;
  bool certain = false;
};

enum class Doubt { kNone, kSome, kMuch };

// Capitals before a closing mark may end a word ("«ESPAÑA»"), letters with marks stand before
// French spaces and marks: what is left is meant by nobody.
Doubt DoubtOf(const char* utf8, uint32_t length) {
  const unsigned char lead = static_cast<unsigned char>(utf8[0]);
  const unsigned char next = static_cast<unsigned char>(utf8[1]);
  if (length == 4) return lead == 0xF0 && next == 0x9F ? Doubt::kNone : Doubt::kMuch;
  if (length == 3) {
    const bool typography = lead == 0xE2 && (next == 0x80 || next == 0x82 || next == 0x84);
    return typography ? Doubt::kNone : Doubt::kMuch;
  }
  const bool quote = (next >= 0x91 && next <= 0x94) || next == 0xBB;
  if (lead == 0xD0 || lead == 0xD1) return Doubt::kNone;
  if (lead == 0xC2 || lead == 0xC3) return quote ? Doubt::kSome : Doubt::kNone;
  return lead >= 0xC4 && lead <= 0xCF ? Doubt::kSome : Doubt::kMuch;
}

// Looks for beginnings of such pairs: Latin letters with marks, Cyrillic capitals, ideographs.
bool IsSuspicious(std::string_view text) {
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c < 0xC3) continue;
    const unsigned char next = static_cast<unsigned char>(text[i + 1]);
    if (c == 0xC3 && (next == 0x82 || next == 0x83 || next == 0x90 || next == 0x91 ||
                      next == 0xA2 || next == 0xB0)) {
      return true;
    }
    if (c == 0xD0 && (next == 0xA0 || next == 0xA1)) return true;
    if (c >= 0xE4 && c <= 0xE9) return true;
  }
  return false;
}

struct Pairs {
  std::vector<Pair> all;
  size_t certain = 0;
  // Characters of the code page beyond ASCII.
  size_t characters = 0;
};

template <typename ByteOf>
Pairs FindPairs(std::string_view in, ByteOf&& byte_of) {
  Pairs pairs;
  for (size_t at = 0; at < in.size();) {
    Pair pair{at, at, {}, 0, false};
    uint32_t taken = 0;
    uint32_t first = 1;
    for (; taken < 4 && pair.end < in.size(); ++taken) {
      const Decoded decoded = DecodeUtf8(in, pair.end);
      const unsigned char byte = decoded.length < 2 ? 0 : byte_of(decoded.code_point);
      if (taken == 0) first = std::max(decoded.length, 1u);
      if (byte == 0) break;
      pair.utf8[taken] = static_cast<char>(byte);
      pair.end += decoded.length;
      pair.length = DecodeUtf8(std::string_view(pair.utf8, taken + 1), 0).length;
      if (pair.length > 1) break;
    }
    pairs.characters += taken > 0 || pair.length > 1;
    const Doubt doubt = pair.length > 1 ? DoubtOf(pair.utf8, pair.length) : Doubt::kMuch;
    if (doubt == Doubt::kMuch) {
      at += first;
      continue;
    }
    pair.certain = doubt == Doubt::kNone;
    pairs.certain += pair.certain;
    pairs.characters += pair.length - 1;
    at = pair.end;
    pairs.all.push_back(pair);
  }
  return pairs;
}

void RepairPairs(TextEdit& edit, const Pairs& pairs) {
  size_t copied = 0;
  for (const Pair& pair : pairs.all) {
    edit.Copy(copied, pair.at - copied);
    edit.Write(pair.at, pair.end - pair.at, std::string_view(pair.utf8, pair.length));
    copied = pair.end;
  }
  edit.Copy(copied, edit.in().size() - copied);
}

bool RepairCp1252(TextEdit& edit) {
  const Pairs pairs = FindPairs(edit.in(), Cp1252Byte);
  if (pairs.certain == 0) return false;
  RepairPairs(edit, pairs);
  return true;
}

// Some of the pairs are words in Cyrillic: most of the text must be made of them.
bool RepairCp1251(TextEdit& edit) {
  const Pairs pairs = FindPairs(edit.in(), Cp1251Byte);
  if (pairs.certain < 3 || pairs.certain * 3 < pairs.characters) return false;
  RepairPairs(edit, pairs);
  return true;
}

char32_t LatinOfGbk(char32_t c) {
  const auto found = std::lower_bound(kGbkOfLatin.begin(), kGbkOfLatin.end(), c,
                                      [](const std::pair<char32_t, char32_t>& entry,
                                         char32_t wanted) { return entry.first < wanted; });
  return found != kGbkOfLatin.end() && found->first == c ? found->second : 0;
}

bool IsAsciiLetter(std::string_view text, size_t at) {
  return at < text.size() && ((text[at] | 0x20) >= 'a' && (text[at] | 0x20) <= 'z');
}

// Latin text in which every ideograph stands at a letter, and for a letter.
bool RepairGbk(TextEdit& edit) {
  const std::string_view in = edit.in();
  std::vector<Char> ideographs;
  size_t letters = 0;
  for (size_t at = 0; at < in.size();) {
    const Decoded decoded = DecodeUtf8(in, at);
    const size_t length = std::max(decoded.length, 1u);
    letters += IsAsciiLetter(in, at);
    if (decoded.code_point >= 0x2E80 && decoded.code_point < 0xFB00) {
      const bool at_a_letter =
          IsAsciiLetter(in, at + length) || (at > 0 && IsAsciiLetter(in, at - 1));
      if (LatinOfGbk(decoded.code_point) == 0 || !at_a_letter) return false;
      ideographs.push_back({LatinOfGbk(decoded.code_point), at, length});
    }
    at += length;
  }
  if (ideographs.empty() || letters < 4 * ideographs.size()) return false;
  size_t copied = 0;
  for (const Char& ideograph : ideographs) {
    edit.Copy(copied, ideograph.at - copied);
    const char utf8[] = {static_cast<char>(0xC0 | ideograph.code_point >> 6),
                         static_cast<char>(0x80 | (ideograph.code_point & 0x3F))};
    edit.Write(ideograph.at, ideograph.length, std::string_view(utf8, 2));
    copied = ideograph.at + ideograph.length;
  }
  edit.Copy(copied, in.size() - copied);
  return true;
}

}  // namespace

bool RepairMojibake(TextEdit& edit) {
  return IsSuspicious(edit.in()) && (RepairCp1252(edit) || RepairCp1251(edit) || RepairGbk(edit));
}

}  // namespace centralita::text
