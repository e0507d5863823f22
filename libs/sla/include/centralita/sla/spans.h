// Business time: arithmetic on a calendar's open spans, half-open [start, end) in UTC. Time zones
// are no matter here; libs/calendar has turned them into spans.
//
// A calendar knows the time from its beginning to its horizon, about a year ahead. Outside of that
// it counts as open: every question has an answer, and an alarm comes rather too early than too
// late until a newer version of the calendar knows more. Times and durations saturate.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "centralita/base/time.h"
#include "centralita/clocks/v1/clocks.pb.h"

namespace centralita::sla {

// A calendar to count with. A value; thread-safe while it is not assigned to. Each question costs
// one binary search or two; of a calendar that is always open, a few comparisons.
class Spans final {
 public:
  // Open all day, every day.
  Spans() = default;
  // Never fails: spans that are out of order, overlap or are empty are put right (CheckCalendar
  // finds them). Not explicit, so that who asks once can pass a Calendar; who asks often keeps one
  // of these (calendars.h).
  Spans(const clocks::v1::Calendar& calendar);  // NOLINT(google-explicit-constructor)

  bool IsOpen(base::TimePoint t) const;

  // `t` if it is open then, else the start of the next span.
  base::TimePoint NextOpen(base::TimePoint t) const;

  // The first moment by which `business` of open time has passed since `start`; `start` itself if
  // `business` <= 0. So what begins outside of hours counts from the next opening.
  base::TimePoint Add(base::TimePoint start, base::Duration business) const;

  // Open time in [from, to); 0 if `to` <= `from`.
  base::Duration Between(base::TimePoint from, base::TimePoint to) const;

  // The last moment at which `before` of open time is left until `deadline`; `deadline` if `before`
  // <= 0. Always in open time.
  base::TimePoint WarnAt(base::TimePoint deadline, base::Duration before) const;

 private:
  int64_t total() const { return open_.empty() ? 0 : open_.back(); }
  // Open time from from_ to t; negative before. Monotone, and with a slope of 0 or 1.
  int64_t OpenUntil(int64_t t) const;
  // The first and the last moment at which OpenUntil() is `open`.
  int64_t First(int64_t open) const;
  int64_t Last(int64_t open) const;

  // What is known: [from_, until_).
  int64_t from_ = 0;
  int64_t until_ = 0;
  std::vector<int64_t> starts_;
  // Open time before each span, and at the end that of all: span i has open_[i + 1] - open_[i].
  std::vector<int64_t> open_;
};

// Open all day, every day.
const clocks::v1::Calendar& AlwaysOpen();

// For whoever makes calendars. INVALID_ARGUMENT "bad_calendar" unless the spans are sorted,
// disjoint, not empty and within what is known; FAILED_PRECONDITION "calendar_never_open" if there
// is none.
absl::Status CheckCalendar(const clocks::v1::Calendar& calendar);

}  // namespace centralita::sla
