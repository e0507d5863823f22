#include "centralita/config/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace centralita::config {
namespace {

constexpr int64_t kMaxDurationMs = int64_t{100} * 366 * 86'400'000;
constexpr int64_t kMaxCents = 100'000'000'000'000;

// The longest suffix first among those that end alike.
constexpr std::array<std::pair<std::string_view, int64_t>, 5> kUnits = {
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};

bool IsCurrency(std::string_view text) {
  return text.size() == 3 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::optional<int64_t> ParseDigits(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  return ParseInt(text);
}

}  // namespace

std::optional<int64_t> ParseInt(std::string_view text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<base::Duration> ParseDuration(std::string_view text) {
  if (text == "0") return base::Duration(0);
  for (const auto& [suffix, ms] : kUnits) {
    if (!text.ends_with(suffix)) continue;
    const auto count = ParseDigits(text.substr(0, text.size() - suffix.size()));
    if (!count) continue;
    if (*count > kMaxDurationMs / ms) return std::nullopt;
    return base::Duration(*count * ms);
  }
  return std::nullopt;
}

std::string WriteDuration(base::Duration d) {
  if (d.count() == 0) return "0s";
  for (auto unit = kUnits.rbegin(); unit != kUnits.rend(); ++unit) {
    if (d.count() % unit->second == 0) {
      return fmt::format("{}{}", d.count() / unit->second, unit->first);
    }
  }
  return {};
}

std::optional<Money> ParseMoney(std::string_view text) {
  const size_t space = text.find(' ');
  if (space == std::string_view::npos || !IsCurrency(text.substr(space + 1))) return std::nullopt;
  const std::string_view amount = text.substr(0, space);
  const size_t point = amount.find('.');
  const auto units = ParseDigits(amount.substr(0, point));
  if (!units || *units >= kMaxCents / 100) return std::nullopt;
  int64_t cents = *units * 100;
  if (point != std::string_view::npos) {
    const std::string_view decimals = amount.substr(point + 1);
    const auto value = ParseDigits(decimals);
    if (decimals.size() != 2 || !value) return std::nullopt;
    cents += *value;
  }
  return Money{cents, std::string(text.substr(space + 1))};
}

std::optional<int> ParsePercent(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  const auto value = ParseDigits(text.substr(0, text.size() - 1));
  if (!value || *value > 100) return std::nullopt;
  return static_cast<int>(*value);
}

}  // namespace centralita::config
