// How people write durations, money and percentages in files and flags, and the way back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "centralita/base/time.h"

namespace centralita::config {

// What to tell somebody whose text is none.
inline constexpr std::string_view kDurationHint = "write for example 250ms, 90s, 5m, 2h or 7d";
inline constexpr std::string_view kMoneyHint = "write for example 340.00 EUR";
inline constexpr std::string_view kPercentHint = "write for example 80%";

// A whole number and one of ms, s, m, h, d; "0" alone is zero. Nothing negative, at most 100 years.
std::optional<base::Duration> ParseDuration(std::string_view text);
// In the greatest unit that divides it: "90s", "5m", "7d"; "0s" for zero. ParseDuration() gives the
// same again.
std::string WriteDuration(base::Duration d);

struct Money {
  // Hundredths of the currency's unit.
  int64_t cents = 0;
  // ISO 4217, three capitals.
  std::string currency;
};

// "340 EUR", "340.00 EUR": none or two decimals; not negative, below 10^12.
std::optional<Money> ParseMoney(std::string_view text);

// "80%" to 80; 0 to 100, whole.
std::optional<int> ParsePercent(std::string_view text);

// Decimal, with an optional minus; nothing else around it.
std::optional<int64_t> ParseInt(std::string_view text);

}  // namespace centralita::config
