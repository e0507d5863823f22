// Numbers words: a set of folded tokens, each with an id from 0 in order of addition.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::text {

// Find() is thread-safe once nothing is added any more.
class Vocabulary final {
 public:
  static constexpr uint32_t kUnknown = UINT32_MAX;

  // The token's id, new or known.
  uint32_t Add(std::string_view token);
  // `hash` is TokenHash(token).
  uint32_t Find(uint64_t hash, std::string_view token) const;
  size_t size() const { return words_.size(); }

 private:
  struct Slot {
    uint64_t hash = 0;
    uint32_t id = kUnknown;
  };
  void Grow();
  void Insert(Slot slot);

  std::vector<Slot> slots_;
  std::vector<std::string> words_;
};

}  // namespace centralita::text
