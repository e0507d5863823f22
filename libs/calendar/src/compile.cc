#include "centralita/calendar/compile.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/time/time.h"
#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/sla/spans.h"
#include "day_plan.h"
#include "load_zone.h"

namespace centralita::calendar {
namespace {

using clocks::v1::Calendar;
using clocks::v1::CalendarDefinition;

constexpr base::Duration kDay = std::chrono::hours(24);

absl::Time ToAbsl(base::TimePoint t) { return absl::FromUnixMillis(base::ToUnixMillis(t)); }

// FromCivil() has the rules of the header: monotone, the first of two, the jump for none.
int64_t Instant(absl::CivilDay day, int32_t minute, absl::TimeZone zone) {
  return absl::ToUnixMillis(absl::FromCivil(absl::CivilMinute(day) + minute, zone));
}

// Beginnings come in order, since days and the hours of each do.
void Append(int64_t start, int64_t end, Calendar& calendar) {
  start = std::max(start, calendar.known_from_unix_ms());
  end = std::min(end, calendar.known_until_unix_ms());
  if (start >= end) return;
  if (calendar.spans_size() > 0) {
    auto& last = *calendar.mutable_spans()->rbegin();
    if (start <= last.end_unix_ms()) {
      last.set_end_unix_ms(std::max(end, last.end_unix_ms()));
      return;
    }
  }
  auto& span = *calendar.add_spans();
  span.set_start_unix_ms(start);
  span.set_end_unix_ms(end);
}

void AppendDays(const DayPlan& plan, absl::TimeZone zone, const Range& range, Calendar& calendar) {
  // Hours reach at most into the second day behind theirs.
  const auto first = absl::ToCivilDay(ToAbsl(range.from), zone) - 2;
  const auto last = absl::ToCivilDay(ToAbsl(range.until), zone) + 1;
  for (auto day = first; day <= last; ++day) {
    for (const auto& hours : plan.On(day)) {
      Append(Instant(day, hours.start_minute(), zone), Instant(day, hours.end_minute(), zone),
             calendar);
    }
  }
}

}  // namespace

Range AroundNow(base::TimePoint now) {
  const base::Duration step = 28 * kDay;
  const base::TimePoint floor = base::TimePoint(now.time_since_epoch() / step * step);
  return {floor - 31 * kDay, floor + step + 366 * kDay};
}

absl::StatusOr<Calendar> Compile(const CalendarDefinition& definition, const Range& range) {
  Calendar calendar;
  calendar.set_name(definition.name());
  calendar.set_always_open(definition.always_open());
  if (definition.always_open()) return calendar;
  if (range.until <= range.from || base::ToUnixMillis(range.from) <= 0) {
    return base::Error(absl::StatusCode::kInvalidArgument, "bad_calendar",
                       fmt::format("Calendar '{}': the range to compile it for is empty or begins "
                                   "before 1970.",
                                   definition.name()));
  }
  const absl::StatusOr<absl::TimeZone> zone = LoadZone(definition.zone());
  if (!zone.ok()) {
    return base::Error(
        zone.status().code(), base::ReasonOf(zone.status()),
        fmt::format("Calendar '{}': {}", definition.name(), std::string(zone.status().message())));
  }
  ABSL_ASSIGN_OR_RETURN(const DayPlan plan, DayPlan::Create(definition));
  calendar.set_known_from_unix_ms(base::ToUnixMillis(range.from));
  calendar.set_known_until_unix_ms(base::ToUnixMillis(range.until));
  AppendDays(plan, *zone, range, calendar);
  ABSL_RETURN_IF_ERROR(sla::CheckCalendar(calendar));
  return calendar;
}

}  // namespace centralita::calendar
