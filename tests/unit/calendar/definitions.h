// Calendars by zone, for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "centralita/base/time.h"
#include "centralita/calendar/compile.h"
#include "centralita/clocks/v1/clocks.pb.h"

namespace centralita::calendar {

// Minutes since midnight.
using Hours = std::vector<std::pair<int, int>>;

constexpr int At(int hour, int minute = 0) { return hour * 60 + minute; }

inline void Set(const Hours& hours,
                google::protobuf::RepeatedPtrField<clocks::v1::DayHours>& list) {
  for (const auto& [start, end] : hours) {
    auto& one = *list.Add();
    one.set_start_minute(start);
    one.set_end_minute(end);
  }
}

// Weekdays from 1 Monday to 7 Sunday.
inline clocks::v1::CalendarDefinition Weekly(const std::string& zone, int first_weekday,
                                             int last_weekday, const Hours& hours) {
  clocks::v1::CalendarDefinition definition;
  definition.set_name("shop");
  definition.set_zone(zone);
  for (int weekday = first_weekday; weekday <= last_weekday; ++weekday) {
    auto& day = *definition.add_weekly();
    day.set_weekday(weekday);
    Set(hours, *day.mutable_hours());
  }
  return definition;
}

inline void Set(absl::CivilDay day, clocks::v1::LocalDate& date) {
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
}

inline void AddHoliday(absl::CivilDay day, clocks::v1::CalendarDefinition& definition) {
  Set(day, *definition.add_holidays()->mutable_date());
}

inline void AddYearly(int month, int day, clocks::v1::CalendarDefinition& definition) {
  auto& date = *definition.add_holidays()->mutable_date();
  date.set_month(month);
  date.set_day(day);
}

inline void AddSpecial(absl::CivilDay first, absl::CivilDay last, const Hours& hours,
                       clocks::v1::CalendarDefinition& definition) {
  auto& special = *definition.add_special();
  Set(first, *special.mutable_first());
  Set(last, *special.mutable_last());
  Set(hours, *special.mutable_hours());
}

// "2026-03-29T01:00:00Z".
inline base::TimePoint Utc(const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return base::kNever;
  return base::FromUnixMillis(absl::ToUnixMillis(time));
}

inline Range Between(const std::string& from, const std::string& until) {
  return {Utc(from), Utc(until)};
}

// "2026-03-28T08:00Z to 2026-03-28T17:00Z", one a span.
inline std::vector<std::string> Lines(const clocks::v1::Calendar& calendar) {
  const auto text = [](int64_t ms) {
    return absl::FormatTime("%Y-%m-%dT%H:%MZ", absl::FromUnixMillis(ms), absl::UTCTimeZone());
  };
  std::vector<std::string> lines;
  for (const auto& span : calendar.spans()) {
    lines.push_back(text(span.start_unix_ms()) + " to " + text(span.end_unix_ms()));
  }
  return lines;
}

}  // namespace centralita::calendar
