#include "centralita/config/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace centralita::config {
namespace {

constexpr size_t kMostListed = 20;

// Letters added, left out, replaced, and neighbours swapped (optimal string alignment).
size_t Distance(std::string_view a, std::string_view b) {
  const size_t width = b.size() + 1;
  std::vector<size_t> table((a.size() + 1) * width);
  const auto at = [&](size_t i, size_t j) -> size_t& { return table[i * width + j]; };
  for (size_t i = 0; i <= a.size(); ++i) at(i, 0) = i;
  for (size_t j = 0; j <= b.size(); ++j) at(0, j) = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = at(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1);
      at(i, j) = std::min({replaced, at(i - 1, j) + 1, at(i, j - 1) + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
      }
    }
  }
  return table.back();
}

}  // namespace

std::string_view Nearest(std::string_view written, std::span<const std::string_view> names) {
  // A third of the word may be wrong; more would be guessing. Long texts are no mistyped names.
  size_t best = std::max<size_t>(written.size() / 3, 1) + 1;
  std::string_view nearest;
  if (written.size() > 64) return nearest;
  for (const std::string_view name : names) {
    const size_t distance = Distance(written, name);
    if (distance < best) {
      best = distance;
      nearest = name;
    }
  }
  return nearest;
}

std::string Suggestion(std::string_view written, std::span<const std::string_view> names) {
  if (const std::string_view nearest = Nearest(written, names); !nearest.empty()) {
    return fmt::format("; did you mean '{}'?", nearest);
  }
  if (names.empty()) return {};
  const auto listed = names.first(std::min(names.size(), kMostListed));
  return fmt::format("; known are: {}{}", fmt::join(listed, ", "),
                     listed.size() < names.size() ? ", ..." : "");
}

}  // namespace centralita::config
