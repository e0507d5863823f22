#include "centralita/app/lifecycle.h"

#include <algorithm>
#include <cstdlib>

#include "centralita/app/watchdog.h"
#include "centralita/base/status_macros.h"

namespace centralita::app {
namespace {

constexpr base::Duration kUndoLimit{5000};
// Over the drain's own limit, for what does not keep to it.
constexpr base::Duration kWatchdogMargin{5000};
// EX_SOFTWARE of sysexits.h.
constexpr int kWatchdogExit = 70;

}  // namespace

absl::Status Lifecycle::Start() {
  for (; started_ < parts_.size(); ++started_) {
    const Part& part = parts_[started_];
    const auto begin = clock_.Monotonic();
    const absl::Status status = part.start ? part.start() : absl::OkStatus();
    if (!status.ok()) {
      logger_.Error("start_failed", {{"part", part.name}, {"error", status}});
      Drain(kUndoLimit).IgnoreError();
      return status;
    }
    const auto took = std::chrono::duration_cast<base::Duration>(clock_.Monotonic() - begin);
    logger_.Info("started", {{"part", part.name}, {"took_ms", took.count()}});
  }
  return absl::OkStatus();
}

absl::Status Lifecycle::Drain(base::Duration limit) {
  const auto deadline = clock_.Monotonic() + limit;
  absl::Status result;
  while (started_ > 0) {
    const Part& part = parts_[--started_];
    if (!part.drain) continue;
    const auto left = std::chrono::duration_cast<base::Duration>(deadline - clock_.Monotonic());
    const absl::Status status = part.drain(std::max(left, base::Duration(0)));
    if (status.ok()) {
      logger_.Info("drained", {{"part", part.name}});
    } else {
      logger_.Error("drain_failed", {{"part", part.name}, {"error", status}});
      result.Update(status);
    }
  }
  return result;
}

absl::Status RunUntilStopped(Lifecycle& lifecycle, StopSignal& signal, telemetry::Logger& logger,
                             base::Duration drain_limit) {
  ABSL_RETURN_IF_ERROR(lifecycle.Start());
  signal.Wait();
  logger.Info("draining", {{"limit_ms", drain_limit.count()}});
  Watchdog watchdog(drain_limit + kWatchdogMargin, [&logger] {
    logger.Error("drain_stuck",
                 {{"hint", "A part did not keep to the drain's limit; the process ends now."}});
    std::_Exit(kWatchdogExit);
  });
  return lifecycle.Drain(drain_limit);
}

}  // namespace centralita::app
