// What the model looks at, each hashed to 64 bits: words and pairs of neighbouring words; runs of 2
// to 5 letters within a word with its borders; concepts (concepts.h) and pairs of them, where words
// without a concept do not stand between. Digits are all alike, so that order numbers do not fill
// the table.
//
// Hashes are FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) with the finaliser of MurmurHash3,
// the same on every machine: a model file depends on them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace centralita::model {

inline constexpr int kMinGram = 2;
inline constexpr int kMaxGram = 5;
// Of a longer word only so many letters count: it is no word.
inline constexpr size_t kMaxLetters = 48;

namespace internal {

inline constexpr uint64_t kBasis = 0xcbf29ce484222325;
inline constexpr uint64_t kPrime = 0x100000001b3;
inline constexpr uint64_t kWordSeed = 0x9e3779b97f4a7c15;
inline constexpr uint64_t kConceptSeed = 0xd1b54a32d192ed03;
inline constexpr char kBorder = ' ';

inline uint64_t Step(uint64_t hash, char c) {
  const unsigned char byte = c >= '0' && c <= '9' ? '0' : static_cast<unsigned char>(c);
  return (hash ^ byte) * kPrime;
}

inline uint64_t Finish(uint64_t hash) {
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccd;
  hash ^= hash >> 33;
  hash *= 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

inline bool StartsLetter(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

}  // namespace internal

// `word` is folded UTF-8, see libs/text.
inline uint64_t WordHash(std::string_view word) {
  uint64_t hash = internal::kBasis ^ internal::kWordSeed;
  for (const char c : word) hash = internal::Step(hash, c);
  return internal::Finish(hash);
}

inline uint64_t ConceptHash(std::string_view name) {
  return internal::Finish(WordHash(name) ^ internal::kConceptSeed);
}

// Of two words, or two concepts, by their hashes, in order.
inline uint64_t PairHash(uint64_t first, uint64_t second) {
  return internal::Finish(first * internal::kPrime ^ second);
}

// Calls `use(hash)` for each run of letters.
template <typename Use>
void ForEachGram(std::string_view word, Use use) {
  // Where letters begin; the borders are a letter each, before the first and after the last byte.
  struct {
    size_t begin[kMaxLetters + 3];
    size_t count = 0;
  } letters;
  for (size_t i = 0; i < word.size() && letters.count < kMaxLetters; ++i) {
    if (internal::StartsLetter(word[i])) letters.begin[letters.count++] = i;
  }
  if (letters.count == 0) return;
  const bool whole = letters.count < kMaxLetters;
  letters.begin[letters.count] = whole ? word.size() : letters.begin[letters.count - 1];
  const size_t last = whole ? letters.count : letters.count - 1;
  // Letter -1 is the border before the word, letter `last` the one after it.
  for (int64_t from = -1; from <= static_cast<int64_t>(last); ++from) {
    uint64_t hash = internal::kBasis;
    int length = 0;
    for (int64_t at = from; at <= static_cast<int64_t>(last) && length < kMaxGram; ++at) {
      if (at < 0 || at == static_cast<int64_t>(last)) {
        hash = internal::Step(hash, internal::kBorder);
      } else {
        for (size_t i = letters.begin[at]; i < letters.begin[at + 1]; ++i) {
          hash = internal::Step(hash, word[i]);
        }
      }
      if (++length >= kMinGram) use(internal::Finish(hash));
    }
  }
}

}  // namespace centralita::model
