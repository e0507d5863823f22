#include "centralita/sla/clock.h"

#include <algorithm>

#include "centralita/base/error.h"
#include "fmt/format.h"

namespace centralita::sla {
namespace {

using clocks::v1::ClockState;

ClockState NextGeneration(const ClockState& clock, clocks::v1::ClockPhase phase) {
  ClockState next = clock;
  next.set_phase(phase);
  next.set_generation(clock.generation() + 1);
  next.set_remaining_ms(0);
  return next;
}

void ForgetAlarms(ClockState& clock) {
  clock.set_warned(0);
  clock.set_breached(false);
  clock.set_forecast(false);
}

// How many warnings are due by `now`.
uint32_t WarningsPassed(const ClockState& clock, const Spans& hours, base::TimePoint now) {
  const base::TimePoint deadline = base::FromUnixMillis(clock.deadline_unix_ms());
  uint32_t passed = 0;
  for (const int64_t before : clock.spec().warn_before_ms()) {
    passed += hours.WarnAt(deadline, base::Duration(before)) <= now ? 1 : 0;
  }
  return passed;
}

}  // namespace

ClockState Start(const ClockState& clock, const Spans& hours, base::TimePoint at) {
  if (clock.phase() != clocks::v1::CLOCK_PHASE_UNSPECIFIED) return clock;
  return Restart(clock, hours, at);
}

ClockState Restart(const ClockState& clock, const Spans& hours, base::TimePoint at) {
  const base::TimePoint deadline = hours.Add(at, base::Duration(clock.spec().target_ms()));
  ClockState next = NextGeneration(clock, clocks::v1::CLOCK_PHASE_RUNNING);
  next.set_started_unix_ms(base::ToUnixMillis(at));
  next.set_deadline_unix_ms(base::ToUnixMillis(deadline));
  ForgetAlarms(next);
  return next;
}

ClockState RunUntil(const ClockState& clock, base::TimePoint started, base::TimePoint deadline) {
  if (clock.phase() == clocks::v1::CLOCK_PHASE_RUNNING &&
      clock.deadline_unix_ms() == base::ToUnixMillis(deadline)) {
    return clock;
  }
  ClockState next = NextGeneration(clock, clocks::v1::CLOCK_PHASE_RUNNING);
  next.set_started_unix_ms(base::ToUnixMillis(started));
  next.set_deadline_unix_ms(base::ToUnixMillis(deadline));
  ForgetAlarms(next);
  return next;
}

ClockState Pause(const ClockState& clock, const Spans& hours, base::TimePoint now) {
  if (clock.phase() != clocks::v1::CLOCK_PHASE_RUNNING) return clock;
  ClockState next = NextGeneration(clock, clocks::v1::CLOCK_PHASE_PAUSED);
  const base::TimePoint deadline = base::FromUnixMillis(clock.deadline_unix_ms());
  next.set_remaining_ms(hours.Between(now, deadline).count());
  return next;
}

ClockState Resume(const ClockState& clock, const Spans& hours, base::TimePoint now) {
  if (clock.phase() != clocks::v1::CLOCK_PHASE_PAUSED) return clock;
  const base::TimePoint deadline = hours.Add(now, base::Duration(clock.remaining_ms()));
  ClockState next = NextGeneration(clock, clocks::v1::CLOCK_PHASE_RUNNING);
  next.set_deadline_unix_ms(base::ToUnixMillis(deadline));
  return next;
}

ClockState Stop(const ClockState& clock) {
  if (clock.phase() != clocks::v1::CLOCK_PHASE_RUNNING &&
      clock.phase() != clocks::v1::CLOCK_PHASE_PAUSED) {
    return clock;
  }
  return NextGeneration(clock, clocks::v1::CLOCK_PHASE_STOPPED);
}

ClockState Stop(const ClockState& clock, const Spans& hours, base::TimePoint now) {
  ClockState next = Stop(clock);
  if (clock.phase() == clocks::v1::CLOCK_PHASE_PAUSED) {
    next.set_remaining_ms(clock.remaining_ms());
  } else if (clock.phase() == clocks::v1::CLOCK_PHASE_RUNNING) {
    const base::TimePoint deadline = base::FromUnixMillis(clock.deadline_unix_ms());
    next.set_remaining_ms(hours.Between(now, deadline).count());
  }
  return next;
}

ClockState Reopen(const ClockState& clock, const Spans& hours, base::TimePoint now,
                  base::Duration at_least) {
  if (clock.phase() != clocks::v1::CLOCK_PHASE_STOPPED) return clock;
  int64_t left = std::max(clock.remaining_ms(), at_least.count());
  if (clock.spec().target_ms() > 0) left = std::min(left, clock.spec().target_ms());
  ClockState next = NextGeneration(clock, clocks::v1::CLOCK_PHASE_RUNNING);
  next.set_deadline_unix_ms(base::ToUnixMillis(hours.Add(now, base::Duration(left))));
  next.set_warned(std::max(clock.warned(), WarningsPassed(next, hours, now)));
  return next;
}

absl::StatusOr<base::TimePoint> ThresholdAt(const ClockState& clock, const Spans& hours,
                                            uint32_t threshold) {
  const auto warnings = static_cast<uint32_t>(clock.spec().warn_before_ms_size());
  const base::TimePoint deadline = base::FromUnixMillis(clock.deadline_unix_ms());
  if (threshold == warnings) return deadline;
  if (threshold > warnings) {
    return base::Error(
        absl::StatusCode::kInvalidArgument, "no_such_threshold",
        fmt::format("Clock '{}' has {} warnings and a deadline; there is no threshold {}.",
                    clock.spec().name(), warnings, threshold));
  }
  return hours.WarnAt(deadline,
                      base::Duration(clock.spec().warn_before_ms(static_cast<int>(threshold))));
}

AlarmResult OnAlarm(const ClockState& clock, const Spans& hours, uint64_t generation,
                    uint32_t threshold, base::TimePoint now) {
  AlarmResult result{AlarmEffect::kNone, clock};
  if (clock.phase() != clocks::v1::CLOCK_PHASE_RUNNING || clock.generation() != generation ||
      clock.breached()) {
    return result;
  }
  const absl::StatusOr<base::TimePoint> due = ThresholdAt(clock, hours, threshold);
  if (!due.ok() || now < *due) return result;
  if (threshold == static_cast<uint32_t>(clock.spec().warn_before_ms_size())) {
    result.effect = AlarmEffect::kBreached;
    result.clock.set_breached(true);
  } else if (threshold >= clock.warned()) {
    result.effect = AlarmEffect::kWarned;
    result.clock.set_warned(threshold + 1);
  }
  return result;
}

AlarmResult OnForecast(const ClockState& clock, uint64_t generation) {
  AlarmResult result{AlarmEffect::kNone, clock};
  if (clock.phase() != clocks::v1::CLOCK_PHASE_RUNNING || clock.generation() != generation ||
      clock.breached() || clock.forecast()) {
    return result;
  }
  result.effect = AlarmEffect::kForecast;
  result.clock.set_forecast(true);
  return result;
}

}  // namespace centralita::sla
