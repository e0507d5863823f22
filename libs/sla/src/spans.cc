#include "centralita/sla/spans.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "centralita/base/error.h"
#include "fmt/format.h"

namespace centralita::sla {
namespace {

using base::Duration;
using base::FromUnixMillis;
using base::TimePoint;
using base::ToUnixMillis;
using clocks::v1::Calendar;
using clocks::v1::Span;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
// What can be known, 36 million years around 1970, so that sums of it stay within bounds.
constexpr int64_t kFar = int64_t{1} << 60;

int64_t Plus(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return b > 0 ? kMax : kMin;
  return sum;
}

int64_t Minus(int64_t a, int64_t b) {
  int64_t difference = 0;
  if (__builtin_sub_overflow(a, b, &difference)) return b < 0 ? kMax : kMin;
  return difference;
}

// Within [from, until), sorted; of what is not empty.
std::vector<std::pair<int64_t, int64_t>> SortedWithin(const Calendar& calendar, int64_t from,
                                                      int64_t until) {
  std::vector<std::pair<int64_t, int64_t>> spans;
  spans.reserve(static_cast<size_t>(calendar.spans_size()));
  for (const Span& span : calendar.spans()) {
    const int64_t start = std::max(from, span.start_unix_ms());
    const int64_t end = std::min(until, span.end_unix_ms());
    if (start < end) spans.emplace_back(start, end);
  }
  if (!std::is_sorted(spans.begin(), spans.end())) std::sort(spans.begin(), spans.end());
  return spans;
}

int64_t KnownUntil(const Calendar& calendar) {
  if (calendar.known_until_unix_ms() > 0) return calendar.known_until_unix_ms();
  int64_t end = calendar.known_from_unix_ms();
  for (const Span& span : calendar.spans()) end = std::max(end, span.end_unix_ms());
  return end;
}

absl::Status BadSpan(const Calendar& calendar, const Span& span) {
  return base::Error(
      absl::StatusCode::kInvalidArgument, "bad_calendar",
      fmt::format("Calendar '{}': the span from {} is empty, overlaps the one "
                  "before it, or is outside of what the calendar knows; spans must "
                  "be sorted and disjoint.",
                  calendar.name(), base::FormatUtc(FromUnixMillis(span.start_unix_ms()))));
}

}  // namespace

Spans::Spans(const Calendar& calendar) {
  if (calendar.always_open()) return;
  from_ = std::clamp(calendar.known_from_unix_ms(), -kFar, kFar);
  until_ = std::clamp(KnownUntil(calendar), from_, kFar);
  int64_t last_end = kMin;
  for (const auto& [start, end] : SortedWithin(calendar, from_, until_)) {
    if (open_.empty()) open_.push_back(0);
    if (start > last_end) {
      starts_.push_back(start);
      open_.push_back(open_.back() + (end - start));
    } else if (end > last_end) {
      open_.back() += end - last_end;
    }
    last_end = std::max(last_end, end);
  }
}

int64_t Spans::OpenUntil(int64_t t) const {
  if (t < from_) return Minus(t, from_);
  if (t >= until_) return Plus(total(), Minus(t, until_));
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), t) - starts_.begin();
  if (next == 0) return 0;
  const auto span = static_cast<size_t>(next - 1);
  return std::min(open_[span] + (t - starts_[span]), open_[span + 1]);
}

int64_t Spans::First(int64_t open) const {
  if (open <= 0) return Plus(from_, open);
  if (open > total()) return Plus(until_, open - total());
  const auto end = std::lower_bound(open_.begin(), open_.end(), open) - open_.begin();
  const auto span = static_cast<size_t>(end - 1);
  return starts_[span] + (open - open_[span]);
}

int64_t Spans::Last(int64_t open) const {
  if (open < 0) return Plus(from_, open);
  if (open >= total()) return Plus(until_, open - total());
  const auto next = std::upper_bound(open_.begin(), open_.end(), open) - open_.begin();
  const auto span = static_cast<size_t>(next - 1);
  return starts_[span] + (open - open_[span]);
}

bool Spans::IsOpen(TimePoint t) const {
  const int64_t ms = ToUnixMillis(t);
  if (ms < from_ || ms >= until_) return true;
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), ms) - starts_.begin();
  if (next == 0) return false;
  const auto span = static_cast<size_t>(next - 1);
  return ms - starts_[span] < open_[span + 1] - open_[span];
}

TimePoint Spans::NextOpen(TimePoint t) const {
  return std::max(t, FromUnixMillis(Last(OpenUntil(ToUnixMillis(t)))));
}

TimePoint Spans::Add(TimePoint start, Duration business) const {
  if (business.count() <= 0) return start;
  const int64_t open = Plus(OpenUntil(ToUnixMillis(start)), business.count());
  return open == kMax ? base::kNever : std::max(start, FromUnixMillis(First(open)));
}

Duration Spans::Between(TimePoint from, TimePoint to) const {
  if (to <= from) return Duration(0);
  return Duration(Minus(OpenUntil(ToUnixMillis(to)), OpenUntil(ToUnixMillis(from))));
}

TimePoint Spans::WarnAt(TimePoint deadline, Duration before) const {
  if (before.count() <= 0) return deadline;
  const int64_t at = Last(Minus(OpenUntil(ToUnixMillis(deadline)), before.count()));
  return std::min(deadline, FromUnixMillis(at));
}

const Calendar& AlwaysOpen() {
  static const Calendar* const calendar = [] {
    auto* c = new Calendar;
    c->set_always_open(true);
    return c;
  }();
  return *calendar;
}

absl::Status CheckCalendar(const Calendar& calendar) {
  if (calendar.always_open()) return absl::OkStatus();
  if (calendar.spans().empty()) {
    return base::Error(
        absl::StatusCode::kFailedPrecondition, "calendar_never_open",
        fmt::format("Calendar '{}' is never open; give it hours in the policy.", calendar.name()));
  }
  const int64_t until = KnownUntil(calendar);
  int64_t end_before = calendar.known_from_unix_ms();
  for (const Span& span : calendar.spans()) {
    if (span.start_unix_ms() >= span.end_unix_ms() || span.start_unix_ms() < end_before ||
        span.end_unix_ms() > until) {
      return BadSpan(calendar, span);
    }
    end_before = span.end_unix_ms();
  }
  return absl::OkStatus();
}

}  // namespace centralita::sla
