// Values that many timers share, by a small number: what a policy says of a clock is the same for
// thousands of conversations. A value goes when nobody has it any more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "centralita/base/strings.h"

namespace centralita::sla_timer {

// Not thread-safe.
template <typename Value>
class Interned final {
 public:
  // The number of `key`, once more taken; `make` gives its value if it is new.
  template <typename Make>
  uint32_t Take(std::string_view key, Make make) {
    if (const auto found = numbers_.find(key); found != numbers_.end()) {
      ++entries_[found->second].uses;
      return found->second;
    }
    uint32_t number = static_cast<uint32_t>(entries_.size());
    if (free_.empty()) {
      entries_.emplace_back();
    } else {
      number = free_.back();
      free_.pop_back();
    }
    entries_[number] = {.key = std::string(key), .value = make(), .uses = 1};
    numbers_.emplace(key, number);
    return number;
  }
  void TakeAgain(uint32_t number) { ++entries_[number].uses; }
  void Give(uint32_t number) {
    if (--entries_[number].uses > 0) return;
    numbers_.erase(numbers_.find(entries_[number].key));
    entries_[number] = {};
    free_.push_back(number);
  }

  std::optional<uint32_t> Find(std::string_view key) const {
    const auto found = numbers_.find(key);
    return found == numbers_.end() ? std::nullopt : std::optional(found->second);
  }
  const Value& operator[](uint32_t number) const { return entries_[number].value; }
  // What its key says of it must stay.
  Value& operator[](uint32_t number) { return entries_[number].value; }

  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const Entry& entry : entries_) {
      if (entry.uses > 0) visit(entry.value);
    }
  }
  size_t size() const { return numbers_.size(); }

 private:
  struct Entry {
    std::string key;
    Value value{};
    uint64_t uses = 0;
  };
  std::vector<Entry> entries_;
  std::vector<uint32_t> free_;
  base::StringMap<uint32_t> numbers_;
};

}  // namespace centralita::sla_timer
