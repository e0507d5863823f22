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
constexpr base::Duration kFirstWait{200};
constexpr base::Duration kLongestWait{5000};

// The first wait, doubled up to the longest; less up to a quarter, so that processes that were
// started together do not ask together.
base::Duration WaitBefore(int attempt, base::TimePoint now) {
  const base::Duration wait = std::min(kFirstWait * (1 << std::min(attempt, 10)), kLongestWait);
  const auto grain = static_cast<uint64_t>(now.time_since_epoch().count());
  return wait - base::Duration(static_cast<int64_t>(grain % 997) * wait.count() / (4 * 997));
}

}  // namespace

absl::Status Lifecycle::StartPart(const Part& part,
                                  const std::function<bool(base::Duration)>& pause) {
  if (!part.start) return absl::OkStatus();
  const auto until = clock_.Monotonic() + part.patience;
  for (int attempt = 0;; ++attempt) {
    const absl::Status status = part.start();
    if (!absl::IsUnavailable(status) || !pause || clock_.Monotonic() >= until) return status;
    if (attempt == 0) logger_.Warning("waiting_to_start", {{"part", part.name}, {"for", status}});
    if (!pause(WaitBefore(attempt, clock_.Now()))) return status;
  }
}

absl::Status Lifecycle::Start(const std::function<bool(base::Duration)>& pause) {
  for (; started_ < parts_.size(); ++started_) {
    const Part& part = parts_[started_];
    const auto begin = clock_.Monotonic();
    const absl::Status status = StartPart(part, pause);
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
                             base::Duration drain_limit, const std::function<void()>& close) {
  absl::Status result =
      lifecycle.Start([&signal](base::Duration wait) { return !signal.WaitFor(wait); });
  const bool started = result.ok();
  if (started) {
    signal.Wait();
    logger.Info("draining", {{"limit_ms", drain_limit.count()}});
  }
  Watchdog watchdog(drain_limit + kWatchdogMargin, [&logger] {
    logger.Error("drain_stuck",
                 {{"hint", "A part did not keep to the drain's limit; the process ends now."}});
    std::_Exit(kWatchdogExit);
  });
  if (started) result = lifecycle.Drain(drain_limit);
  if (close) close();
  return result;
}

}  // namespace centralita::app
