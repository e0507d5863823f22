// What the library cld2 takes a text for. Knows some eighty languages, takes microseconds.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace centralita::text {

struct CldGuess {
  // ISO 639-1, a view of a constant; empty if it does not know.
  std::string_view code;
  // Of the text's letters.
  int32_t percent = 0;
};

struct CldGuesses {
  // The likeliest first.
  std::array<CldGuess, 3> languages;
  bool reliable = false;
};

// Of what is not UTF-8 it knows nothing; of a long text the beginning is enough. Thread-safe.
CldGuesses GuessByCld2(std::string_view written);

}  // namespace centralita::text
