#include "views/clock_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "views/table.h"

namespace centralita::views {
namespace {

using clocks::v1::ClockState;

std::string PhaseOf(const ClockState& clock) {
  switch (clock.phase()) {
    case clocks::v1::CLOCK_PHASE_RUNNING:
      if (clock.breached()) return "breached";
      return clock.forecast() ? "running, to be missed" : "running";
    case clocks::v1::CLOCK_PHASE_PAUSED:
      return "paused";
    case clocks::v1::CLOCK_PHASE_STOPPED:
      return clock.breached() ? "stopped, breached" : "stopped";
    default:
      return "not started";
  }
}

// The deadline is a moment, and so is what is left until it; of a paused clock it is business time.
std::string TimeLeft(const ClockState& clock, base::TimePoint now) {
  if (clock.phase() == clocks::v1::CLOCK_PHASE_PAUSED) {
    return base::FormatDuration(base::Duration(clock.remaining_ms())) + " of its hours";
  }
  if (clock.phase() != clocks::v1::CLOCK_PHASE_RUNNING) return "-";
  const base::Duration left = base::FromUnixMillis(clock.deadline_unix_ms()) - now;
  return left >= base::Duration(0) ? base::FormatDuration(left)
                                   : "over by " + base::FormatDuration(-left);
}

// What happens to a timer next.
std::string NextOf(const timer::v1::TimerRow& row) {
  if (row.breached()) return "forgotten (breached)";
  if (row.phase() == clocks::v1::CLOCK_PHASE_PAUSED) return "forgotten (paused)";
  std::string what = row.next_unix_ms() == row.deadline_unix_ms()
                         ? std::string("deadline")
                         : fmt::format("threshold {}", row.threshold() + 1);
  if (row.attempts() > 0) what += fmt::format(", sent {} x", row.attempts());
  return what;
}

std::string Deadline(const ClockState& clock) {
  if (clock.phase() != clocks::v1::CLOCK_PHASE_RUNNING) return "-";
  return base::FormatUtc(base::FromUnixMillis(clock.deadline_unix_ms()));
}

}  // namespace

std::vector<ClockState> LatestClocks(const metrics::v1::TraceResponse& trace) {
  std::vector<ClockState> latest;
  for (const auto& traced : trace.events()) {
    for (const ClockState& clock : traced.event().clocks()) {
      const auto same = std::find_if(latest.begin(), latest.end(), [&](const ClockState& other) {
        return other.spec().name() == clock.spec().name();
      });
      if (same == latest.end()) {
        latest.push_back(clock);
      } else if (clock.generation() >= same->generation()) {
        *same = clock;
      }
    }
  }
  return latest;
}

std::string ClockTable(const std::vector<ClockState>& clocks, base::TimePoint now) {
  if (clocks.empty()) return "";
  Table table({{"CLOCK", Align::kLeft},
               {"PHASE", Align::kLeft},
               {"DEADLINE", Align::kLeft},
               {"LEFT", Align::kRight},
               {"WARNINGS", Align::kRight},
               {"CALENDAR", Align::kLeft}});
  for (const ClockState& clock : clocks) {
    const auto& spec = clock.spec();
    table.Add({Shorten(spec.name(), 40), PhaseOf(clock), Deadline(clock), TimeLeft(clock, now),
               fmt::format("{} of {}", clock.warned(), spec.warn_before_ms_size()),
               spec.calendar().empty() ? "always open" : Shorten(spec.calendar(), 30)});
  }
  return table.Print();
}

std::string TimerTable(const timer::v1::ListTimersResponse& list, base::TimePoint now) {
  Table table({{"NEXT", Align::kLeft},
               {"IN", Align::kRight},
               {"WHAT", Align::kLeft},
               {"CLOCK", Align::kLeft},
               {"CONVERSATION", Align::kLeft},
               {"POOL", Align::kLeft},
               {"PARTITION", Align::kRight}});
  for (const auto& row : list.timers()) {
    const base::TimePoint next = base::FromUnixMillis(row.next_unix_ms());
    table.Add({base::FormatUtc(next), next >= now ? base::FormatDuration(next - now) : "now",
               NextOf(row), Shorten(row.clock(), 40), Shorten(row.conversation_id(), 40),
               Shorten(row.pool(), 30), fmt::format("{}", row.partition())});
  }
  return table.Print();
}

std::string PeekTable(const timer::v1::PeekResponse& peek) {
  Table table({{"PARTITION", Align::kRight},
               {"RUNNING", Align::kRight},
               {"PAUSED", Align::kRight},
               {"BREACHED", Align::kRight},
               {"NEXT", Align::kLeft},
               {"BEHIND", Align::kRight}});
  for (const auto& row : peek.partitions()) {
    table.Add(
        {fmt::format("{}", row.partition()), fmt::format("{}", row.running()),
         fmt::format("{}", row.paused()), fmt::format("{}", row.breached()),
         row.next_unix_ms() == 0 ? "-" : base::FormatUtc(base::FromUnixMillis(row.next_unix_ms())),
         base::FormatDuration(base::Duration(row.behind_ms()))});
  }
  return table.Print();
}

}  // namespace centralita::views
