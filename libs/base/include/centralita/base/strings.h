// Bridges to Debian's Abseil, whose string_view is its own type, and a hash map that is searched
// without a copy.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace centralita::base {

inline absl::string_view ToAbsl(std::string_view s) { return {s.data(), s.size()}; }

struct TransparentStringHash {
  using is_transparent = void;
  size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
};

// For look-ups only: its order must not influence any output.
template <typename Value>
using StringMap = absl::flat_hash_map<std::string, Value, TransparentStringHash, std::equal_to<>>;

}  // namespace centralita::base
