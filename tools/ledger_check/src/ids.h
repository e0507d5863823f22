// Small numbers for long ids: a run of ten million events holds each id once.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"

namespace centralita::ledger {

using Id = uint32_t;
inline constexpr Id kNoId = std::numeric_limits<Id>::max();

// Numbers from 0, in the order of first use.
class Ids final {
 public:
  Id Of(std::string_view name) {
    const auto found = numbers_.find(name);
    if (found != numbers_.end()) return found->second;
    names_.emplace_back(name);
    const Id id = static_cast<Id>(names_.size() - 1);
    numbers_.emplace(std::string_view(names_.back()), id);
    return id;
  }
  Id Find(std::string_view name) const {
    const auto found = numbers_.find(name);
    return found == numbers_.end() ? kNoId : found->second;
  }
  const std::string& Name(Id id) const { return names_[id]; }
  size_t size() const { return names_.size(); }

 private:
  struct Hash {
    size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  // A deque never moves its strings, so the map's keys may point into them.
  std::deque<std::string> names_;
  absl::flat_hash_map<std::string_view, Id, Hash> numbers_;
};

}  // namespace centralita::ledger
