#include "centralita/sla/spans.h"

#include <algorithm>
#include <string>

#include "centralita/base/error.h"
#include "fmt/format.h"

namespace centralita::sla {
namespace {

using clocks::v1::Calendar;
using clocks::v1::Span;

// The first span that ends after `ms`.
auto SpanAt(const Calendar& calendar, int64_t ms) {
  return std::upper_bound(calendar.spans().begin(), calendar.spans().end(), ms,
                          [](int64_t t, const Span& span) { return t < span.end_unix_ms(); });
}

absl::Status Ended(const Calendar& calendar) {
  if (calendar.spans().empty()) {
    return base::Error(
        absl::StatusCode::kFailedPrecondition, "calendar_never_open",
        fmt::format("Calendar '{}' is never open; give it hours in the policy.", calendar.name()));
  }
  return base::Error(
      absl::StatusCode::kOutOfRange, "calendar_ended",
      fmt::format("Calendar '{}' ends at {}; it must be extended by a newer policy version.",
                  calendar.name(),
                  base::FormatUtc(base::FromUnixMillis(calendar.spans().rbegin()->end_unix_ms()))));
}

}  // namespace

const Calendar& AlwaysOpen() {
  static const Calendar* const calendar = [] {
    auto* c = new Calendar;
    c->set_always_open(true);
    return c;
  }();
  return *calendar;
}

absl::Status CheckCalendar(const Calendar& calendar) {
  const Span* before = nullptr;
  for (const Span& span : calendar.spans()) {
    const bool empty = span.start_unix_ms() >= span.end_unix_ms();
    if (empty || (before != nullptr && span.start_unix_ms() < before->end_unix_ms())) {
      return base::Error(
          absl::StatusCode::kInvalidArgument, "bad_calendar",
          fmt::format(
              "Calendar '{}': the span from {} is empty or overlaps the one before it; spans "
              "must be sorted and disjoint.",
              calendar.name(), base::FormatUtc(base::FromUnixMillis(span.start_unix_ms()))));
    }
    before = &span;
  }
  return absl::OkStatus();
}

absl::StatusOr<base::TimePoint> NextOpen(const Calendar& calendar, base::TimePoint t) {
  if (calendar.always_open()) return t;
  const auto span = SpanAt(calendar, base::ToUnixMillis(t));
  if (span == calendar.spans().end()) return Ended(calendar);
  return std::max(t, base::FromUnixMillis(span->start_unix_ms()));
}

absl::StatusOr<base::TimePoint> Add(const Calendar& calendar, base::TimePoint start,
                                    base::Duration business) {
  if (business.count() <= 0) return start;
  if (calendar.always_open()) return start + business;
  int64_t left = business.count();
  const int64_t from = base::ToUnixMillis(start);
  for (auto span = SpanAt(calendar, from); span != calendar.spans().end(); ++span) {
    const int64_t begin = std::max(from, span->start_unix_ms());
    const int64_t open = span->end_unix_ms() - begin;
    if (left <= open) return base::FromUnixMillis(begin + left);
    left -= open;
  }
  return Ended(calendar);
}

base::Duration Between(const Calendar& calendar, base::TimePoint from, base::TimePoint to) {
  if (to <= from) return base::Duration(0);
  if (calendar.always_open()) return to - from;
  const int64_t a = base::ToUnixMillis(from);
  const int64_t b = base::ToUnixMillis(to);
  int64_t sum = 0;
  for (auto span = SpanAt(calendar, a); span != calendar.spans().end() && span->start_unix_ms() < b;
       ++span) {
    sum += std::min(b, span->end_unix_ms()) - std::max(a, span->start_unix_ms());
  }
  return base::Duration(sum);
}

base::TimePoint WarnAt(const Calendar& calendar, base::TimePoint deadline, base::Duration before) {
  if (before.count() <= 0) return deadline;
  if (calendar.always_open() || calendar.spans().empty()) return deadline - before;
  int64_t left = before.count();
  const int64_t end = base::ToUnixMillis(deadline);
  auto span = std::lower_bound(calendar.spans().begin(), calendar.spans().end(), end,
                               [](const Span& s, int64_t t) { return s.start_unix_ms() < t; });
  while (span != calendar.spans().begin()) {
    --span;
    const int64_t close = std::min(end, span->end_unix_ms());
    const int64_t open = close - span->start_unix_ms();
    if (left <= open) return base::FromUnixMillis(close - left);
    left -= open;
  }
  return base::FromUnixMillis(std::min(end, calendar.spans(0).start_unix_ms()));
}

}  // namespace centralita::sla
