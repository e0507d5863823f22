#include "centralita/sla/calendar_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <tuple>

#include "centralita/policy/conditions_section.h"
#include "hours_text.h"

namespace centralita::sla {
namespace {

using clocks::v1::CalendarDefinition;
using clocks::v1::DayHours;
using clocks::v1::LocalDate;
using config::MapReader;
using config::Value;

using HoursList = google::protobuf::RepeatedPtrField<DayHours>;

constexpr std::string_view kAlways = "always";
constexpr std::string_view kClosed = "closed";
// Spans travel in every activation, so there is an end to them.
constexpr size_t kMaxCalendars = 20;
constexpr int kMaxHoursOfADay = 8;
constexpr size_t kMaxHolidays = 1000;
constexpr size_t kMaxSpecialDays = 500;

void CheckCount(const Value& list, size_t count, size_t max, std::string_view what) {
  if (count > max) list.Error(fmt::format("has {} {}; at most {}", count, what, max));
}

void ReadOneSpan(const Value& item, HoursList& list) {
  const std::string text = item.AsString();
  const auto hours = ParseHours(text);
  if (!hours) {
    if (item.is_scalar() || !item.present()) {
      item.Error(fmt::format("'{}' are no hours; {}", text, kHoursHint));
    }
    return;
  }
  for (const DayHours& other : list) {
    if (hours->start_minute() < other.end_minute() && other.start_minute() < hours->end_minute()) {
      item.Error(fmt::format("'{}' overlaps other hours of that day", text));
      return;
    }
  }
  if (hours->end_minute() % (24 * 60) == 24 * 60 - 1) {
    item.Warn(
        fmt::format("'{}' leaves a minute before midnight; write 24:00 for the day's end", text));
  }
  *list.Add() = *hours;
}

// "closed" gives none.
HoursList ReadHours(const Value& value) {
  HoursList list;
  if (value.is_scalar() && value.AsString() == kClosed) return list;
  const std::vector<Value> items = value.Items();
  if (items.empty() && value.is_list()) value.Error("is empty; write closed");
  for (const Value& item : items) ReadOneSpan(item, list);
  CheckCount(value, items.size(), kMaxHoursOfADay, "spans of hours");
  return list;
}

void ReadWeek(const Value& value, CalendarDefinition& definition) {
  if (!value.present()) return;
  MapReader map(value);
  // The key in which each day is.
  std::array<std::string, 8> days;
  for (const auto& [key, entry] : map.Entries()) {
    const std::vector<int> weekdays = ParseWeekdays(key);
    if (weekdays.empty()) entry.Error(fmt::format("'{}' is no day; {}", key, kWeekdaysHint));
    if (!entry.present()) entry.Error("is empty; write hours or closed");
    const HoursList hours = ReadHours(entry);
    for (const int weekday : weekdays) {
      std::string& taken = days[static_cast<size_t>(weekday)];
      if (!taken.empty()) {
        entry.Error(fmt::format("'{}' has its hours in '{}' already; name each day once",
                                WeekdayName(weekday), taken));
        continue;
      }
      taken = key;
      if (hours.empty()) continue;
      auto& day = *definition.add_weekly();
      day.set_weekday(weekday);
      *day.mutable_hours() = hours;
    }
  }
}

void ReadHolidays(const Value& value, CalendarDefinition& definition) {
  std::set<std::tuple<int, int, int>> seen;
  const std::vector<Value> items = value.Items();
  CheckCount(value, items.size(), kMaxHolidays, "holidays");
  for (const Value& item : items) {
    const std::string text = item.AsString();
    const auto date = ParseDate(text);
    if (!date) {
      item.Error(fmt::format(
          "'{}' is no day; write for example 2026-12-25, or 12-25 for that day of each year",
          text));
    } else if (!seen.emplace(date->year(), date->month(), date->day()).second) {
      item.Error(fmt::format("'{}' is there twice; remove one", text));
    } else {
      *definition.add_holidays()->mutable_date() = *date;
    }
  }
}

// With a year; without a problem told, if there is none.
std::optional<LocalDate> ReadDate(const Value& value) {
  if (!value.present()) return std::nullopt;
  const std::string text = value.AsString();
  auto date = ParseDate(text);
  if (date && date->year() > 0) return date;
  value.Error(fmt::format("'{}' is no date; write for example 2026-12-24", text));
  return std::nullopt;
}

void ReadSpecialDay(const Value& value, CalendarDefinition& definition) {
  MapReader map(value);
  const Value date = map.Get("date");
  const Value from = map.Get("from");
  const Value to = map.Get("to");
  const Value hours = map.Require("hours");
  const bool one = date.present() && !from.present() && !to.present();
  const bool several = !date.present() && from.present() && to.present();
  if (!one && !several) {
    value.Error("needs either 'date', or 'from' and 'to'");
    return;
  }
  const auto first = ReadDate(one ? date : from);
  const auto last = one ? first : ReadDate(to);
  clocks::v1::SpecialDays special;
  *special.mutable_hours() = ReadHours(hours);
  if (!first || !last) return;
  if (ToDays(*last) < ToDays(*first)) {
    to.Error(fmt::format("'{}' is before 'from'", to.AsString()));
    return;
  }
  for (const auto& other : definition.special()) {
    if (ToDays(*first) <= ToDays(other.last()) && ToDays(other.first()) <= ToDays(*last)) {
      value.Error("has a day that is among other special days; name each day once");
      return;
    }
  }
  *special.mutable_first() = *first;
  *special.mutable_last() = *last;
  *definition.add_special() = std::move(special);
}

bool IsEverOpen(const CalendarDefinition& definition) {
  return definition.weekly_size() > 0 ||
         std::any_of(definition.special().begin(), definition.special().end(),
                     [](const auto& special) { return special.hours_size() > 0; });
}

// The keys of a calendar that has hours.
struct HoursKeys {
  Value zone;
  Value hours;
  Value holidays;
  Value special_days;
};

void ReadHoursOf(const HoursKeys& keys, CalendarDefinition& definition) {
  for (const Value* needed : {&keys.zone, &keys.hours}) {
    if (!needed->present()) needed->Error("is missing; give 'zone' and 'hours', or 'open: always'");
  }
  definition.set_zone(keys.zone.AsString());
  ReadWeek(keys.hours, definition);
  ReadHolidays(keys.holidays, definition);
  const std::vector<Value> special = keys.special_days.Items();
  CheckCount(keys.special_days, special.size(), kMaxSpecialDays, "entries");
  for (const Value& item : special) ReadSpecialDay(item, definition);
  if (keys.hours.is_map() && keys.hours.problems().ok() && !IsEverOpen(definition)) {
    keys.hours.Error("is never open; give at least one day hours");
  }
}

void ReadCalendar(const Value& value, policy::UniqueNames& names, CalendarsDraft& draft) {
  MapReader map(value);
  CalendarDefinition& definition = draft.definitions.emplace_back();
  const Value name = map.Require("name");
  definition.set_name(name.AsName());
  if (definition.name() == kAlways) name.Error("'always' is there without being named");
  names.Add(definition.name(), name);
  const Value open = map.Get("open");
  const HoursKeys keys = {map.Get("zone"), map.Get("hours"), map.Get("holidays"),
                          map.Get("special_days")};
  draft.places.push_back({value.place(), keys.zone.place()});
  if (!open.present()) {
    ReadHoursOf(keys, definition);
    return;
  }
  definition.set_always_open(true);
  if (open.AsString() != kAlways) {
    open.Error(fmt::format("'{}' is unknown; write always, or give 'zone' and 'hours' instead",
                           open.AsString()));
    return;
  }
  for (const Value* other : {&keys.zone, &keys.hours, &keys.holidays, &keys.special_days}) {
    if (other->present()) other->Error("is of no use beside 'open: always'; remove one of them");
  }
}

}  // namespace

CalendarsDraft ReadCalendars(MapReader& policy) {
  CalendarsDraft draft;
  policy::UniqueNames names("calendar");
  const Value list = policy.Get("calendars");
  const std::vector<Value> items = list.Items();
  for (const Value& item : items) ReadCalendar(item, names, draft);
  CheckCount(list, items.size(), kMaxCalendars, "calendars");
  return draft;
}

}  // namespace centralita::sla
