#include "views/calendar_table.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/strings.h"
#include "centralita/calendar/compile.h"
#include "centralita/calendar/zones.h"

namespace centralita::views {
namespace {

using absl::CivilDay;
using clocks::v1::CalendarDefinition;
using clocks::v1::LocalDate;

constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

absl::Time Midnight(CivilDay day, absl::TimeZone zone) { return absl::FromCivil(day, zone); }

base::TimePoint ToBase(absl::Time time) { return base::FromUnixMillis(absl::ToUnixMillis(time)); }

std::string Date(CivilDay day) {
  return fmt::format("{}-{:02}-{:02}", day.year(), day.month(), day.day());
}

bool IsHoliday(const CalendarDefinition& definition, CivilDay day) {
  for (const auto& holiday : definition.holidays()) {
    const LocalDate& date = holiday.date();
    if ((date.year() == 0 || date.year() == day.year()) && date.month() == day.month() &&
        date.day() == day.day()) {
      return true;
    }
  }
  return false;
}

bool IsSpecial(const CalendarDefinition& definition, CivilDay day) {
  const auto civil = [](const LocalDate& date) {
    return CivilDay(date.year(), date.month(), date.day());
  };
  for (const auto& special : definition.special()) {
    if (civil(special.first()) <= day && day <= civil(special.last())) return true;
  }
  return false;
}

// "08:00-12:00 13:00-17:00", or nothing.
std::string HoursOn(CivilDay day, const clocks::v1::Calendar& calendar, absl::TimeZone zone) {
  const absl::Time from = Midnight(day, zone);
  const absl::Time until = Midnight(day + 1, zone);
  const auto local = [&](absl::Time time) {
    if (time >= until) return std::string("24:00");
    const absl::CivilMinute minute = absl::ToCivilMinute(time, zone);
    return fmt::format("{:02}:{:02}", minute.hour(), minute.minute());
  };
  if (calendar.always_open()) return "00:00-24:00";
  std::string hours;
  for (const auto& span : calendar.spans()) {
    const absl::Time start = std::max(from, absl::FromUnixMillis(span.start_unix_ms()));
    const absl::Time end = std::min(until, absl::FromUnixMillis(span.end_unix_ms()));
    if (start >= end) continue;
    hours += fmt::format("{}{}-{}", hours.empty() ? "" : " ", local(start), local(end));
  }
  return hours;
}

// A, B, ..., Z, a, ..., z, and "?" when there are more kinds of days than letters.
char Letter(size_t number) {
  if (number < 26) return static_cast<char>('A' + number);
  return number < 52 ? static_cast<char>('a' + number - 26) : '?';
}

class Year final {
 public:
  Year(const CalendarDefinition& definition, const clocks::v1::Calendar& calendar,
       absl::TimeZone zone, int year)
      : definition_(definition), calendar_(calendar), zone_(zone), year_(year) {}

  std::string Print() {
    std::string text = fmt::format("{} in {}, {}\n\n    ", definition_.name(), year_,
                                   definition_.always_open() ? "UTC" : definition_.zone());
    for (int day = 1; day <= 31; ++day) text += fmt::format("{:>3}", day);
    text += '\n';
    for (int month = 1; month <= 12; ++month) text += Month(month);
    text += "\n.  closed\n";
    for (size_t i = 0; i < kinds_.size(); ++i) {
      text += fmt::format("{}  {}\n", Letter(i), kinds_[i]);
    }
    for (const std::string& line : marked_) text += line;
    for (const std::string& line : changes_) text += line;
    return text;
  }

 private:
  std::string Month(int month) {
    std::string line = fmt::format("{:<4}", kMonths[month - 1]);
    for (CivilDay day(year_, month, 1); day.month() == month; ++day) {
      const std::string hours = HoursOn(day, calendar_, zone_);
      const char mark = IsSpecial(definition_, day) ? '!' : IsHoliday(definition_, day) ? '*' : ' ';
      line += fmt::format("{:>2}{}", mark == ' ' ? "" : std::string(1, mark), LetterOf(hours));
      if (mark != ' ') {
        marked_.push_back(fmt::format("{}  {}  {}: {}\n", mark, Date(day),
                                      mark == '!' ? "special day" : "holiday",
                                      hours.empty() ? "closed" : hours));
      }
      NoteChange(day);
    }
    return line + '\n';
  }

  char LetterOf(const std::string& hours) {
    if (hours.empty()) return '.';
    const auto [found, is_new] = letters_.try_emplace(hours, kinds_.size());
    if (is_new) kinds_.push_back(hours);
    return Letter(found->second);
  }

  void NoteChange(CivilDay day) {
    const absl::Duration length = Midnight(day + 1, zone_) - Midnight(day, zone_);
    if (length == absl::Hours(24)) return;
    const int64_t minutes = absl::ToInt64Minutes(length);
    changes_.push_back(fmt::format("~  {}  the clock is changed: the day has {} h{}\n", Date(day),
                                   minutes / 60,
                                   minutes % 60 == 0 ? "" : fmt::format(" {} min", minutes % 60)));
  }

  const CalendarDefinition& definition_;
  const clocks::v1::Calendar& calendar_;
  const absl::TimeZone zone_;
  const int year_;
  std::map<std::string, size_t> letters_;
  std::vector<std::string> kinds_;
  std::vector<std::string> marked_;
  std::vector<std::string> changes_;
};

}  // namespace

absl::StatusOr<std::string> YearTable(const CalendarDefinition& definition, int year) {
  absl::TimeZone zone = absl::UTCTimeZone();
  if (!definition.always_open()) {
    ABSL_RETURN_IF_ERROR(calendar::CheckZone(definition.zone()));
    absl::LoadTimeZone(base::ToAbsl(definition.zone()), &zone);
  }
  const calendar::Range range{ToBase(Midnight(CivilDay(year, 1, 1), zone)),
                              ToBase(Midnight(CivilDay(year + 1, 1, 1), zone))};
  ABSL_ASSIGN_OR_RETURN(const clocks::v1::Calendar calendar, calendar::Compile(definition, range));
  return Year(definition, calendar, zone, year).Print();
}

}  // namespace centralita::views
