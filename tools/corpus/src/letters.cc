#include "centralita/corpus/letters.h"

namespace centralita::corpus {
namespace {

// What Latin-1 has from U+00C0 to U+00FF; a space: not an accented letter.
constexpr std::string_view kPlain =
    "aaaaaa ceeeeiiii nooooo  uuuuy  aaaaaa ceeeeiiii nooooo  uuuuy y";

// Bytes of the sequence that `lead` opens; 0: none.
int SequenceLength(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

bool Acceptable(char32_t c, int length) {
  if (length == 3) return c >= 0x800 && (c < 0xD800 || c > 0xDFFF);
  if (length == 4) return c >= 0x10000 && c <= 0x10FFFF;
  return true;
}

}  // namespace

std::optional<std::u32string> Decode(std::string_view utf8) {
  std::u32string text;
  text.reserve(utf8.size());
  for (size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const int length = SequenceLength(lead);
    if (length == 0 || i + length > utf8.size()) return std::nullopt;
    char32_t c = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (int k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(utf8[i + k]);
      if ((next & 0xC0U) != 0x80) return std::nullopt;
      c = (c << 6) | (next & 0x3FU);
    }
    if (!Acceptable(c, length)) return std::nullopt;
    text.push_back(c);
    i += length;
  }
  return text;
}

std::string Encode(std::u32string_view text) {
  std::string utf8;
  utf8.reserve(text.size());
  for (const char32_t c : text) {
    if (c < 0x80) {
      utf8.push_back(static_cast<char>(c));
      continue;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    const char32_t marker = more == 1 ? 0xC0 : more == 2 ? 0xE0 : 0xF0;
    utf8.push_back(static_cast<char>(marker | (c >> (6 * more))));
    for (int k = more - 1; k >= 0; --k) {
      utf8.push_back(static_cast<char>(0x80 | ((c >> (6 * k)) & 0x3F)));
    }
  }
  return utf8;
}

bool IsDigit(char32_t c) { return c >= U'0' && c <= U'9'; }

bool IsCyrillic(char32_t c) { return c >= 0x400 && c <= 0x45F; }

bool IsLetter(char32_t c) {
  if (c < 0x80) return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
  if (c <= 0xFF) return c >= 0xC0 && c != 0xD7 && c != 0xF7;
  return c <= 0x17F || IsCyrillic(c);
}

char32_t ToLower(char32_t c) {
  if (c >= U'A' && c <= U'Z') return c + 32;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
  if (c >= 0x410 && c <= 0x42F) return c + 32;
  if (c >= 0x400 && c <= 0x40F) return c + 80;
  return c;
}

char32_t ToUpper(char32_t c) {
  if (c >= U'a' && c <= U'z') return c - 32;
  if (c >= 0xE0 && c <= 0xFE && c != 0xF7) return c - 32;
  if (c >= 0x430 && c <= 0x44F) return c - 32;
  if (c >= 0x450 && c <= 0x45F) return c - 80;
  return c;
}

char32_t WithoutAccent(char32_t c) {
  if (c < 0xC0 || c > 0xFF || kPlain[c - 0xC0] == ' ') return c;
  const auto plain = static_cast<char32_t>(kPlain[c - 0xC0]);
  return ToLower(c) == c ? plain : ToUpper(plain);
}

std::vector<std::u32string> FoldedWords(std::u32string_view text) {
  std::vector<std::u32string> words;
  bool inside = false;
  for (const char32_t c : text) {
    if (!IsLetter(c) && !IsDigit(c)) {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    words.back().push_back(WithoutAccent(ToLower(c)));
  }
  return words;
}

}  // namespace centralita::corpus
