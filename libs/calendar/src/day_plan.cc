#include "day_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "centralita/base/error.h"

namespace centralita::calendar {
namespace {

using clocks::v1::CalendarDefinition;
using clocks::v1::LocalDate;

constexpr int kDayMinutes = 24 * 60;
// In which the 29th of February exists.
constexpr int kLeapYear = 2000;

absl::Status Bad(const CalendarDefinition& definition, std::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "bad_calendar",
                     fmt::format("Calendar '{}': {}.", definition.name(), what));
}

std::optional<absl::CivilDay> ToDay(const LocalDate& date, int year) {
  const absl::CivilDay day(year, date.month(), date.day());
  if (year < 1 || year > 9999 || day.month() != date.month() || day.day() != date.day()) {
    return std::nullopt;
  }
  return day;
}

bool AreHours(const DayPlan::Hours& list) {
  return std::all_of(list.begin(), list.end(), [](const clocks::v1::DayHours& hours) {
    return hours.start_minute() >= 0 && hours.start_minute() < kDayMinutes &&
           hours.end_minute() > hours.start_minute() &&
           hours.end_minute() <= hours.start_minute() + kDayMinutes;
  });
}

}  // namespace

absl::StatusOr<DayPlan> DayPlan::Create(const CalendarDefinition& definition) {
  DayPlan plan;
  for (const auto& day : definition.weekly()) {
    if (day.weekday() < 1 || day.weekday() > 7 || !AreHours(day.hours())) {
      return Bad(definition, fmt::format("there are no such hours of weekday {}", day.weekday()));
    }
    plan.week_[static_cast<size_t>(day.weekday() - 1)] = &day.hours();
  }
  for (const auto& holiday : definition.holidays()) {
    const bool yearly = holiday.date().year() == 0;
    const auto day = ToDay(holiday.date(), yearly ? kLeapYear : holiday.date().year());
    if (!day) return Bad(definition, "a holiday is no date");
    if (yearly) {
      plan.yearly_.push_back(day->month() * 100 + day->day());
    } else {
      plan.holidays_.push_back(*day);
    }
  }
  for (const auto& special : definition.special()) {
    const auto first = ToDay(special.first(), special.first().year());
    const auto last = ToDay(special.last(), special.last().year());
    if (!first || !last || *last < *first || !AreHours(special.hours())) {
      return Bad(definition, "there are no such special days");
    }
    plan.special_.push_back({*first, *last, &special.hours()});
  }
  std::sort(plan.holidays_.begin(), plan.holidays_.end());
  std::sort(plan.yearly_.begin(), plan.yearly_.end());
  std::sort(plan.special_.begin(), plan.special_.end(),
            [](const Special& a, const Special& b) { return a.first < b.first; });
  for (size_t i = 1; i < plan.special_.size(); ++i) {
    if (plan.special_[i].first <= plan.special_[i - 1].last) {
      return Bad(definition, "a day is in two of the special days");
    }
  }
  return plan;
}

const DayPlan::Hours* DayPlan::Find(absl::CivilDay date) const {
  const auto behind =
      std::upper_bound(special_.begin(), special_.end(), date,
                       [](absl::CivilDay d, const Special& special) { return d < special.first; });
  if (behind != special_.begin() && date <= std::prev(behind)->last) {
    return std::prev(behind)->hours;
  }
  if (std::binary_search(holidays_.begin(), holidays_.end(), date) ||
      std::binary_search(yearly_.begin(), yearly_.end(), date.month() * 100 + date.day())) {
    return nullptr;
  }
  return week_[static_cast<size_t>(absl::GetWeekday(date))];
}

std::vector<clocks::v1::DayHours> DayPlan::On(absl::CivilDay date) const {
  const Hours* const found = Find(date);
  if (found == nullptr) return {};
  std::vector<clocks::v1::DayHours> hours(found->begin(), found->end());
  std::sort(hours.begin(), hours.end(),
            [](const auto& a, const auto& b) { return a.start_minute() < b.start_minute(); });
  return hours;
}

}  // namespace centralita::calendar
