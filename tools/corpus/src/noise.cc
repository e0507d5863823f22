#include "centralita/corpus/noise.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "centralita/corpus/letters.h"

namespace centralita::corpus {
namespace {

using Rows = std::array<std::u32string_view, 3>;

const Rows& KeyboardOf(std::string_view language) {
  static constexpr Rows kQwerty = {U"qwertyuiop", U"asdfghjkl", U"zxcvbnm"};
  static constexpr Rows kQwertz = {U"qwertzuiop", U"asdfghjkl", U"yxcvbnm"};
  static constexpr Rows kAzerty = {U"azertyuiop", U"qsdfghjklm", U"wxcvbn"};
  static constexpr Rows kPhonetic = {U"явертъуиопшщ", U"асдфгхйкл", U"зьцжбнм"};
  if (language == "bg") return kPhonetic;
  if (language == "de") return kQwertz;
  return language == "fr" ? kAzerty : kQwerty;
}

// A key beside the one of `c`; `c` itself where the keyboard does not have it.
char32_t Neighbour(char32_t c, std::string_view language, Random& random) {
  const Rows& rows = KeyboardOf(language);
  for (size_t row = 0; row < rows.size(); ++row) {
    const size_t at = rows[row].find(c);
    if (at == std::u32string_view::npos) continue;
    std::vector<char32_t> keys;
    if (at > 0) keys.push_back(rows[row][at - 1]);
    if (at + 1 < rows[row].size()) keys.push_back(rows[row][at + 1]);
    if (row > 0 && at < rows[row - 1].size()) keys.push_back(rows[row - 1][at]);
    if (row + 1 < rows.size() && at < rows[row + 1].size()) keys.push_back(rows[row + 1][at]);
    return random.Pick(keys);
  }
  return c;
}

// Runs of letters between white space, without links: [begin, end).
std::vector<std::pair<size_t, size_t>> LongWords(std::u32string_view text) {
  std::vector<std::pair<size_t, size_t>> words;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin;
    bool letters_only = true;
    while (end < text.size() && text[end] != U' ' && text[end] != U'\n') {
      letters_only = letters_only && IsLetter(text[end]);
      ++end;
    }
    if (letters_only && end - begin >= 4) words.emplace_back(begin, end);
    begin = end + 1;
  }
  return words;
}

struct Habit {
  char32_t letter;
  std::vector<std::u32string_view> spellings;
};

const std::vector<Habit>& Habits() {
  static const std::vector<Habit> habits = {{U'а', {U"a"}},
                                            {U'б', {U"b"}},
                                            {U'в', {U"v", U"v", U"w"}},
                                            {U'г', {U"g"}},
                                            {U'д', {U"d"}},
                                            {U'е', {U"e"}},
                                            {U'ж', {U"j", U"zh"}},
                                            {U'з', {U"z"}},
                                            {U'и', {U"i"}},
                                            {U'й', {U"i", U"y"}},
                                            {U'к', {U"k"}},
                                            {U'л', {U"l"}},
                                            {U'м', {U"m"}},
                                            {U'н', {U"n"}},
                                            {U'о', {U"o"}},
                                            {U'п', {U"p"}},
                                            {U'р', {U"r"}},
                                            {U'с', {U"s"}},
                                            {U'т', {U"t"}},
                                            {U'у', {U"u"}},
                                            {U'ф', {U"f"}},
                                            {U'х', {U"h"}},
                                            {U'ц', {U"c", U"ts"}},
                                            {U'ч', {U"ch", U"ch", U"4"}},
                                            {U'ш', {U"sh", U"sh", U"6"}},
                                            {U'щ', {U"sht", U"sht", U"6t"}},
                                            {U'ъ', {U"u", U"y", U"a"}},
                                            {U'ь', {U"i"}},
                                            {U'ю', {U"iu", U"yu", U"u"}},
                                            {U'я', {U"q", U"q", U"ia", U"ya"}}};
  return habits;
}

std::u32string_view WrittenOut(char32_t c) {
  switch (c) {
    case U'ä':
      return U"ae";
    case U'ö':
      return U"oe";
    case U'ü':
      return U"ue";
    case U'ß':
      return U"ss";
    default:
      return {};
  }
}

}  // namespace

std::u32string WithTypo(std::u32string text, std::string_view language, Random& random) {
  const std::vector<std::pair<size_t, size_t>> words = LongWords(text);
  if (words.empty()) return text;
  const auto [begin, end] = random.Pick(words);
  // The first letter is seldom the wrong one.
  const size_t at = begin + 1 + random.Below(end - begin - 1);
  switch (random.Below(4)) {
    case 0:
      text[at] = Neighbour(ToLower(text[at]), language, random);
      break;
    case 1:
      if (at + 1 < end) std::swap(text[at], text[at + 1]);
      break;
    case 2:
      text.erase(at, 1);
      break;
    default:
      text.insert(at, 1, text[at]);
  }
  return text;
}

std::u32string WithoutAccents(std::u32string_view text, std::string_view language, Random& random) {
  const bool write_out = language == "de" && random.Percent(50);
  std::u32string plain;
  for (const char32_t c : text) {
    const std::u32string_view letters = WrittenOut(c);
    if (!letters.empty() && (write_out || c == U'ß')) {
      plain += letters;
    } else {
      plain.push_back(WithoutAccent(c));
    }
  }
  return plain;
}

std::u32string WithMissingSpace(std::u32string text, Random& random) {
  std::vector<size_t> blanks;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == U' ' && IsLetter(text[i - 1]) && IsLetter(text[i + 1])) blanks.push_back(i);
  }
  if (!blanks.empty()) text.erase(random.Pick(blanks), 1);
  return text;
}

std::u32string InUpperCase(std::u32string text) {
  std::transform(text.begin(), text.end(), text.begin(), ToUpper);
  return text;
}

std::u32string InLowerCase(std::u32string text) {
  std::transform(text.begin(), text.end(), text.begin(), ToLower);
  return text;
}

std::u32string Capitalised(std::u32string text) {
  if (!text.empty()) text.front() = ToUpper(text.front());
  return text;
}

std::u32string Abbreviated(std::u32string_view text, const Language& language) {
  // With blanks around, so that only whole words match.
  std::u32string padded = U" " + std::u32string(text) + U" ";
  for (const auto& [whole, brief] : language.abbreviations) {
    const std::u32string from = U" " + Decode(whole).value_or(U"") + U" ";
    const std::u32string to = U" " + Decode(brief).value_or(U"") + U" ";
    for (size_t at = padded.find(from); at != std::u32string::npos;
         at = padded.find(from, at + to.size() - 1)) {
      padded.replace(at, from.size(), to);
    }
  }
  return padded.substr(1, padded.size() - 2);
}

std::u32string InLatinLetters(std::u32string_view text, Random& random) {
  std::map<char32_t, std::u32string_view> chosen;
  for (const Habit& habit : Habits()) chosen[habit.letter] = random.Pick(habit.spellings);
  std::u32string latin;
  for (const char32_t c : text) {
    const auto found = chosen.find(ToLower(c));
    if (found == chosen.end()) {
      latin.push_back(c);
    } else if (ToLower(c) == c) {
      latin += found->second;
    } else {
      latin += Capitalised(std::u32string(found->second));
    }
  }
  return latin;
}

}  // namespace centralita::corpus
