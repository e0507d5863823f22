// Business time: arithmetic on a calendar's open spans, half-open [start, end) in UTC. Time zones
// are no matter here; sla-timer has turned them into spans.
//
// Pure functions; thread-safe. A calendar is taken as it is: sorted and disjoint (CheckCalendar).
// Errors: FAILED_PRECONDITION "calendar_never_open" if it has no open time at all, OUT_OF_RANGE
// "calendar_ended" if what is asked for lies behind its last span.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "centralita/base/time.h"
#include "centralita/clocks/v1/clocks.pb.h"

namespace centralita::sla {

// Open all day, every day.
const clocks::v1::Calendar& AlwaysOpen();

// INVALID_ARGUMENT "bad_calendar" unless spans are sorted, disjoint and not empty.
absl::Status CheckCalendar(const clocks::v1::Calendar& calendar);

// `t` if it is open then, else the start of the next span.
absl::StatusOr<base::TimePoint> NextOpen(const clocks::v1::Calendar& calendar, base::TimePoint t);

// The first moment at or after `start` by which `business` of open time has passed; `start` if
// `business` <= 0.
absl::StatusOr<base::TimePoint> Add(const clocks::v1::Calendar& calendar, base::TimePoint start,
                                    base::Duration business);

// Open time in [from, to); 0 if `to` <= `from`.
base::Duration Between(const clocks::v1::Calendar& calendar, base::TimePoint from,
                       base::TimePoint to);

// The last moment before `deadline` at which at least `before` of open time is left; the calendar's
// beginning if there is not so much, `deadline` if `before` <= 0.
base::TimePoint WarnAt(const clocks::v1::Calendar& calendar, base::TimePoint deadline,
                       base::Duration before);

}  // namespace centralita::sla
