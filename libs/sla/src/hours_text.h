// How people write hours, days of the week and dates.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "centralita/clocks/v1/clocks.pb.h"

namespace centralita::sla {

inline constexpr std::string_view kHoursHint =
    "write for example 09:00-17:30, to 24:00 at the latest, or 22:00-02:00 for a night";
inline constexpr std::string_view kWeekdaysHint =
    "write mon, tue, wed, thu, fri, sat, sun, or several as mon-fri";

// "09:00-17:30"; an end that is not behind the start is on the next day. Start and end alike are
// refused: nobody knows whether nothing is meant or a whole day.
std::optional<clocks::v1::DayHours> ParseHours(std::string_view text);

// "mon" or "sat-tue", from 1 Monday to 7 Sunday, in their order; empty if it is neither.
std::vector<int> ParseWeekdays(std::string_view text);

// "mon" of 1.
std::string_view WeekdayName(int weekday);

// "2026-12-25"; "12-25", of each year, has year 0. From 2000 to 2199, and only days that there are.
std::optional<clocks::v1::LocalDate> ParseDate(std::string_view text);

// Days since 1970 of a date with a year.
std::chrono::sys_days ToDays(const clocks::v1::LocalDate& date);

}  // namespace centralita::sla
