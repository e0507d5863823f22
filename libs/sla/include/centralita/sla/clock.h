// The life of one SLA clock: idle, running, paused, stopped. Each change of phase or deadline makes
// a new generation, so that an alarm set for an older one is recognised.
//
// Pure functions that give the clock as it is afterwards. What makes no sense in a phase (to pause
// a stopped clock) gives the clock as it was. `hours` are those of the clock's calendar.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "centralita/base/time.h"
#include "centralita/clocks/v1/clocks.pb.h"
#include "centralita/sla/spans.h"

namespace centralita::sla {

// An idle clock starts at `at`. A running, paused or stopped one stays (see Restart).
clocks::v1::ClockState Start(const clocks::v1::ClockState& clock, const Spans& hours,
                             base::TimePoint at);

// Starts anew at `at`, whatever it did before: full target, no warnings.
clocks::v1::ClockState Restart(const clocks::v1::ClockState& clock, const Spans& hours,
                               base::TimePoint at);

// Runs to a deadline that is given from outside (a channel's reply window). As it was if it runs to
// that one already.
clocks::v1::ClockState RunUntil(const clocks::v1::ClockState& clock, base::TimePoint started,
                                base::TimePoint deadline);

// Keeps the business time that is left; 0 if the deadline has passed.
clocks::v1::ClockState Pause(const clocks::v1::ClockState& clock, const Spans& hours,
                             base::TimePoint now);

// deadline = now + what was left.
clocks::v1::ClockState Resume(const clocks::v1::ClockState& clock, const Spans& hours,
                              base::TimePoint now);

clocks::v1::ClockState Stop(const clocks::v1::ClockState& clock);

// Stops, and keeps the business time that is left for Reopen(); 0 if the deadline has passed.
clocks::v1::ClockState Stop(const clocks::v1::ClockState& clock, const Spans& hours,
                            base::TimePoint now);

// A stopped clock goes on with what was left when it stopped, but at least with `at_least` (and no
// more than its target), so that a matter which comes back does not escalate at once. Warnings and
// a breach that were given are not given again; warnings whose moment has passed are passed over.
clocks::v1::ClockState Reopen(const clocks::v1::ClockState& clock, const Spans& hours,
                              base::TimePoint now, base::Duration at_least);

// What becomes of a clock when the policy gives it another spec, or its calendar other hours
// (`before`, `after`), by `spec.on_change`:
// - keep_used: the business time used so far counts against the new target. Of warnings that are
//   due at once only the last is given; what was given is not given again.
// - restart: the whole new target from `now`.
// - ignore: runs on as it is.
// A deadline is never before the clock's start, whatever the new hours say.
// An idle or stopped clock takes the new spec whatever the rule, a reply window keeps its deadline.
// The generation grows only if deadline, remaining time or warnings change: for most clocks a
// refreshed calendar changes nothing. So compare the result with more than the generation.
clocks::v1::ClockState Retime(const clocks::v1::ClockState& clock,
                              const clocks::v1::ClockSpec& spec, const Spans& before,
                              const Spans& after, base::TimePoint now);

// When a threshold of a running clock is due: `threshold` < number of warnings is that warning,
// equal is the deadline. INVALID_ARGUMENT for others.
absl::StatusOr<base::TimePoint> ThresholdAt(const clocks::v1::ClockState& clock, const Spans& hours,
                                            uint32_t threshold);

enum class AlarmEffect { kNone, kWarned, kBreached, kForecast };

struct AlarmResult {
  AlarmEffect effect = AlarmEffect::kNone;
  // As it is afterwards; a warning or a breach makes no new generation.
  clocks::v1::ClockState clock;
};

// Effective once per generation and threshold, never before it is due, never for another
// generation. A warning that comes behind a later one, or behind the breach, has no effect any
// more.
AlarmResult OnAlarm(const clocks::v1::ClockState& clock, const Spans& hours, uint64_t generation,
                    uint32_t threshold, base::TimePoint now);

// The forecast of a breach: effective once until the clock starts anew, only while it runs, has not
// breached, and for this generation.
AlarmResult OnForecast(const clocks::v1::ClockState& clock, uint64_t generation);

}  // namespace centralita::sla
