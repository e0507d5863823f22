// Letters of the seven languages as code points: enough to blur text and to compare it. Not a
// Unicode library: what is outside Latin-1 and Cyrillic is left as it is.
// Pure and thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::corpus {

// nullopt: not well-formed UTF-8.
std::optional<std::u32string> Decode(std::string_view utf8);
std::string Encode(std::u32string_view text);

bool IsLetter(char32_t c);
bool IsDigit(char32_t c);
bool IsCyrillic(char32_t c);
char32_t ToLower(char32_t c);
char32_t ToUpper(char32_t c);
// 'á' becomes 'a'; what has no accent stays.
char32_t WithoutAccent(char32_t c);

// Lower case, no accents, cut at whatever is neither letter nor digit.
std::vector<std::u32string> FoldedWords(std::u32string_view text);

}  // namespace centralita::corpus
