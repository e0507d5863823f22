// Numbers that are the same on every machine and with every standard library (the distributions of
// <random> are not). SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
// generators", OOPSLA 2014.
#pragma once

#include <cstdint>
#include <string_view>

namespace centralita::corpus {

// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
constexpr uint64_t StableHash(std::string_view bytes) {
  uint64_t hash = 0xCBF29CE484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return hash;
}

class Random final {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  // From 0 to below `bound` (> 0). Its bias is below 2^-50 for what is drawn here.
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  bool Percent(uint64_t chance) { return Below(100) < chance; }
  template <typename List>
  const typename List::value_type& Pick(const List& list) {
    return list[Below(list.size())];
  }

 private:
  uint64_t state_;
};

}  // namespace centralita::corpus
