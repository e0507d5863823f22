// From hours on the clock of a zone to open spans in UTC.
//
// The rules:
// - Hours belong to the day on which they begin, also what of them lies behind midnight: a holiday
//   takes away the night that begins on it and leaves the end of the night before.
// - Special days stand above holidays, holidays above the week.
// - A local time that does not exist (the clock jumps over it) is the moment of the jump. One that
//   exists twice (the clock goes back) is its first occurrence. So a boundary is passed once,
//   adjoining hours leave no gap, and open time is what really passes: 00:00 to 24:00 is 23 or 25
//   hours on the days of a change by an hour.
#pragma once

#include "absl/status/statusor.h"
#include "centralita/base/time.h"
#include "centralita/clocks/v1/clocks.pb.h"

namespace centralita::calendar {

// Half-open.
struct Range {
  base::TimePoint from;
  base::TimePoint until;
};

// What a policy that is applied now compiles its calendars for: at least a month back, for clocks
// that run already, and at least a year ahead. It changes every four weeks, so that within them the
// same policy gives the same bytes.
Range AroundNow(base::TimePoint now);

// The spans of `definition` within `range`, sorted, disjoint, merged where they adjoin; what is
// known is `range`. INVALID_ARGUMENT "unknown_zone" (zones.h), "bad_calendar" for minutes, weekdays
// or dates that there are not or an empty range; FAILED_PRECONDITION "calendar_never_open" if
// nothing of it is open.
absl::StatusOr<clocks::v1::Calendar> Compile(const clocks::v1::CalendarDefinition& definition,
                                             const Range& range);

}  // namespace centralita::calendar
