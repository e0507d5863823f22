#include "hours_text.h"

#include <algorithm>
#include <array>

namespace centralita::sla {
namespace {

constexpr int kDayMinutes = 24 * 60;
constexpr std::array<std::string_view, 7> kWeekdays = {"mon", "tue", "wed", "thu",
                                                       "fri", "sat", "sun"};

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Of `min` to `max` digits and nothing else.
std::optional<int> ParseDigits(std::string_view text, size_t min, size_t max) {
  if (text.size() < min || text.size() > max) return std::nullopt;
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

std::optional<int> ParseMinute(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto hour = ParseDigits(text.substr(0, colon), 1, 2);
  const auto minute = ParseDigits(text.substr(colon + 1), 2, 2);
  if (!hour || !minute || *minute > 59 || *hour * 60 + *minute > kDayMinutes) return std::nullopt;
  return *hour * 60 + *minute;
}

int Weekday(std::string_view name) {
  const auto found = std::find(kWeekdays.begin(), kWeekdays.end(), name);
  return found == kWeekdays.end() ? 0 : static_cast<int>(found - kWeekdays.begin()) + 1;
}

}  // namespace

std::optional<clocks::v1::DayHours> ParseHours(std::string_view text) {
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto start = ParseMinute(Trim(text.substr(0, dash)));
  const auto end = ParseMinute(Trim(text.substr(dash + 1)));
  if (!start || !end || *start == *end || *start == kDayMinutes) return std::nullopt;
  clocks::v1::DayHours hours;
  hours.set_start_minute(*start);
  hours.set_end_minute(*end > *start ? *end : *end + kDayMinutes);
  return hours;
}

std::vector<int> ParseWeekdays(std::string_view text) {
  const size_t dash = text.find('-');
  const int first = Weekday(Trim(text.substr(0, dash)));
  const int last = dash == std::string_view::npos ? first : Weekday(Trim(text.substr(dash + 1)));
  if (first == 0 || last == 0) return {};
  std::vector<int> weekdays = {first};
  while (weekdays.back() != last) weekdays.push_back(weekdays.back() % 7 + 1);
  return weekdays;
}

std::string_view WeekdayName(int weekday) { return kWeekdays[static_cast<size_t>(weekday - 1)]; }

std::optional<clocks::v1::LocalDate> ParseDate(std::string_view text) {
  clocks::v1::LocalDate date;
  if (text.size() == 10 && text[4] == '-') {
    const auto year = ParseDigits(text.substr(0, 4), 4, 4);
    if (!year || *year < 2000 || *year > 2199) return std::nullopt;
    date.set_year(*year);
    text.remove_prefix(5);
  }
  if (text.size() != 5 || text[2] != '-') return std::nullopt;
  const auto month = ParseDigits(text.substr(0, 2), 2, 2);
  const auto day = ParseDigits(text.substr(3), 2, 2);
  if (!month || !day) return std::nullopt;
  const std::chrono::month_day yearly{std::chrono::month(static_cast<unsigned>(*month)),
                                      std::chrono::day(static_cast<unsigned>(*day))};
  date.set_month(*month);
  date.set_day(*day);
  const bool exists = date.year() == 0
                          ? yearly.ok()
                          : (std::chrono::year(date.year()) / yearly.month() / yearly.day()).ok();
  return exists ? std::optional(date) : std::nullopt;
}

std::chrono::sys_days ToDays(const clocks::v1::LocalDate& date) {
  return std::chrono::year(date.year()) / static_cast<int>(date.month()) /
         static_cast<int>(date.day());
}

}  // namespace centralita::sla
