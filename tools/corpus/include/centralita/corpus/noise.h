// How people type: what makes variants of a phrase. Each function changes a text once and may leave
// it as it is where there is nothing to change. Pure but for the Random that is handed in.
#pragma once

#include <string>
#include <string_view>

#include "centralita/corpus/corpus.h"
#include "centralita/corpus/random.h"

namespace centralita::corpus {

// One slip in a word of four letters or more, on the keyboard of that language: a neighbouring key,
// two letters exchanged, one left out, one doubled. Never in a link or a number.
std::u32string WithTypo(std::u32string text, std::string_view language, Random& random);

// All accents dropped; German umlauts and sharp s are written out half of the time.
std::u32string WithoutAccents(std::u32string_view text, std::string_view language, Random& random);

// One blank left out between two words.
std::u32string WithMissingSpace(std::u32string text, Random& random);

std::u32string InUpperCase(std::u32string text);
std::u32string InLowerCase(std::u32string text);
std::u32string Capitalised(std::u32string text);

// Every word that the language has a short form of, in that form.
std::u32string Abbreviated(std::u32string_view text, const Language& language);

// Bulgarian in Latin letters as it is typed without rules (shlyokavitsa): one of several habits per
// letter, the same through one text.
std::u32string InLatinLetters(std::u32string_view text, Random& random);

}  // namespace centralita::corpus
