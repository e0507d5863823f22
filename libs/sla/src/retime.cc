#include <algorithm>
#include <utility>

#include "centralita/sla/clock.h"

namespace centralita::sla {
namespace {

using base::Duration;
using base::FromUnixMillis;
using base::TimePoint;
using base::ToUnixMillis;
using clocks::v1::ClockSpec;
using clocks::v1::ClockState;

bool SameWarnings(const ClockSpec& a, const ClockSpec& b) {
  return std::equal(a.warn_before_ms().begin(), a.warn_before_ms().end(),
                    b.warn_before_ms().begin(), b.warn_before_ms().end());
}

// Business time until the deadline; negative behind it.
Duration LeftUntilDeadline(const ClockState& clock, const Spans& hours, TimePoint now) {
  const TimePoint deadline = FromUnixMillis(clock.deadline_unix_ms());
  return deadline > now ? hours.Between(now, deadline) : -hours.Between(deadline, now);
}

// The deadline from which `left` is left at `now`.
TimePoint DeadlineFor(Duration left, const Spans& hours, TimePoint now) {
  return left.count() >= 0 ? hours.Add(now, left) : hours.WarnAt(now, -left);
}

// How many of `next`'s warnings are not to be given any more: those that `clock` gave by its own
// list, and of the first `passed`, whose time has come, all but the last.
uint32_t Warned(const ClockState& clock, const ClockState& next, uint32_t passed) {
  const auto given = std::min(static_cast<int>(clock.warned()), clock.spec().warn_before_ms_size());
  uint32_t done = 0;
  for (const int64_t before : next.spec().warn_before_ms()) {
    done += given > 0 && before >= clock.spec().warn_before_ms(given - 1) ? 1 : 0;
  }
  return std::max(done, passed > 0 ? passed - 1 : 0);
}

// Of a running clock; all of them behind the deadline, where the breach says it all.
uint32_t Passed(const ClockState& clock, const Spans& hours, TimePoint now) {
  const TimePoint deadline = FromUnixMillis(clock.deadline_unix_ms());
  uint32_t passed = deadline <= now ? 1 : 0;
  for (const int64_t before : clock.spec().warn_before_ms()) {
    passed += hours.WarnAt(deadline, Duration(before)) <= now ? 1 : 0;
  }
  return passed;
}

ClockState NextGeneration(ClockState next) {
  next.set_generation(next.generation() + 1);
  return next;
}

ClockState RetimePaused(const ClockState& clock, ClockState next) {
  const int64_t target = next.spec().target_ms();
  const int64_t used = clock.spec().target_ms() - clock.remaining_ms();
  const int64_t left = std::max<int64_t>(0, target - used);
  if (left == clock.remaining_ms() && SameWarnings(clock.spec(), next.spec())) return next;
  if (next.spec().on_change() == clocks::v1::CHANGE_RULE_RESTART) {
    next.set_remaining_ms(target);
    next.set_warned(0);
    next.set_breached(false);
    next.set_forecast(false);
    return NextGeneration(std::move(next));
  }
  next.set_remaining_ms(left);
  const auto& warnings = next.spec().warn_before_ms();
  const auto passed = std::count_if(warnings.begin(), warnings.end(),
                                    [left](int64_t before) { return before >= left; });
  next.set_warned(Warned(clock, next, static_cast<uint32_t>(passed)));
  return NextGeneration(std::move(next));
}

ClockState RetimeRunning(const ClockState& clock, ClockState next, const Spans& before,
                         const Spans& after, TimePoint now) {
  const bool from_outside = next.spec().kind() == clocks::v1::CLOCK_KIND_REPLY_WINDOW;
  const Duration left = LeftUntilDeadline(clock, before, now);
  const Duration more(from_outside ? 0 : next.spec().target_ms() - clock.spec().target_ms());
  // Hours that change behind a deadline do not move it.
  const bool moves = !from_outside && (more.count() != 0 || left.count() > 0);
  if (moves) {
    const int64_t deadline = ToUnixMillis(DeadlineFor(left + more, after, now));
    next.set_deadline_unix_ms(std::max(deadline, clock.started_unix_ms()));
  }
  const bool same_deadline = next.deadline_unix_ms() == clock.deadline_unix_ms();
  if (same_deadline && SameWarnings(clock.spec(), next.spec())) return next;
  if (next.spec().on_change() == clocks::v1::CHANGE_RULE_RESTART && !from_outside) {
    return Restart(next, after, now);
  }
  next.set_warned(Warned(clock, next, Passed(next, after, now)));
  return NextGeneration(std::move(next));
}

}  // namespace

ClockState Retime(const ClockState& clock, const ClockSpec& spec, const Spans& before,
                  const Spans& after, TimePoint now) {
  const bool running = clock.phase() == clocks::v1::CLOCK_PHASE_RUNNING;
  const bool paused = clock.phase() == clocks::v1::CLOCK_PHASE_PAUSED;
  if ((running || paused) && spec.on_change() == clocks::v1::CHANGE_RULE_IGNORE) return clock;
  ClockState next = clock;
  *next.mutable_spec() = spec;
  if (running) return RetimeRunning(clock, std::move(next), before, after, now);
  if (paused) return RetimePaused(clock, std::move(next));
  return next;
}

}  // namespace centralita::sla
