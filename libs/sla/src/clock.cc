#include "centralita/sla/clock.h"

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/sla/spans.h"
#include "fmt/format.h"

namespace centralita::sla {
namespace {

using clocks::v1::Calendar;
using clocks::v1::ClockState;

ClockState NextGeneration(const ClockState& clock, clocks::v1::ClockPhase phase) {
  ClockState next = clock;
  next.set_phase(phase);
  next.set_generation(clock.generation() + 1);
  next.set_remaining_ms(0);
  return next;
}

}  // namespace

absl::StatusOr<ClockState> Start(const ClockState& clock, const Calendar& calendar,
                                 base::TimePoint at) {
  if (clock.phase() != clocks::v1::CLOCK_PHASE_UNSPECIFIED) return clock;
  return Restart(clock, calendar, at);
}

absl::StatusOr<ClockState> Restart(const ClockState& clock, const Calendar& calendar,
                                   base::TimePoint at) {
  ABSL_ASSIGN_OR_RETURN(const base::TimePoint deadline,
                        Add(calendar, at, base::Duration(clock.spec().target_ms())));
  ClockState next = NextGeneration(clock, clocks::v1::CLOCK_PHASE_RUNNING);
  next.set_started_unix_ms(base::ToUnixMillis(at));
  next.set_deadline_unix_ms(base::ToUnixMillis(deadline));
  next.set_warned(0);
  next.set_breached(false);
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
  next.set_warned(0);
  next.set_breached(false);
  return next;
}

ClockState Pause(const ClockState& clock, const Calendar& calendar, base::TimePoint now) {
  if (clock.phase() != clocks::v1::CLOCK_PHASE_RUNNING) return clock;
  ClockState next = NextGeneration(clock, clocks::v1::CLOCK_PHASE_PAUSED);
  const base::TimePoint deadline = base::FromUnixMillis(clock.deadline_unix_ms());
  next.set_remaining_ms(Between(calendar, now, deadline).count());
  return next;
}

absl::StatusOr<ClockState> Resume(const ClockState& clock, const Calendar& calendar,
                                  base::TimePoint now) {
  if (clock.phase() != clocks::v1::CLOCK_PHASE_PAUSED) return clock;
  ABSL_ASSIGN_OR_RETURN(const base::TimePoint deadline,
                        Add(calendar, now, base::Duration(clock.remaining_ms())));
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

absl::StatusOr<base::TimePoint> ThresholdAt(const ClockState& clock, const Calendar& calendar,
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
  return WarnAt(calendar, deadline,
                base::Duration(clock.spec().warn_before_ms(static_cast<int>(threshold))));
}

AlarmResult OnAlarm(const ClockState& clock, const Calendar& calendar, uint64_t generation,
                    uint32_t threshold, base::TimePoint now) {
  AlarmResult result{AlarmEffect::kNone, clock};
  if (clock.phase() != clocks::v1::CLOCK_PHASE_RUNNING || clock.generation() != generation ||
      clock.breached()) {
    return result;
  }
  const absl::StatusOr<base::TimePoint> due = ThresholdAt(clock, calendar, threshold);
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

}  // namespace centralita::sla
