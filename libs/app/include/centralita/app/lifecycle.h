// Start in order, stop in reverse, one drain with one time limit for all.
//
//   Lifecycle lifecycle(logger, clock);
//   lifecycle.Add({"ingest", [&] { return ingest->Start(); },
//                  [&](base::Duration limit) { return ingest->Drain(limit); }});
//   status = RunUntilStopped(lifecycle, *stop_signal, logger, base::Duration(30'000));
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "centralita/app/stop_signal.h"
#include "centralita/base/clock.h"
#include "centralita/telemetry/log.h"

namespace centralita::app {

struct Part {
  // For logs, as in "router".
  std::string name;
  // May be empty.
  std::function<absl::Status()> start;
  // Not ready, stop intake, finish, close. Called once, only if the part was started. May be empty.
  std::function<absl::Status(base::Duration limit)> drain;
  // While `start` says UNAVAILABLE (a server that is not there yet) it is called again, for so
  // long.
  base::Duration patience{0};
};

// Not thread-safe. References outlive it.
class Lifecycle final {
 public:
  Lifecycle(telemetry::Logger& logger, const base::Clock& clock) : logger_(logger), clock_(clock) {}

  void Add(Part part) { parts_.push_back(std::move(part)); }
  // The first error; what was started before it is drained again, with five seconds for all.
  // `pause` waits for so long, false: do not go on waiting. Without it there is no patience.
  absl::Status Start(const std::function<bool(base::Duration)>& pause = {});
  // Every started part in reverse, each with what is left of `limit`; all are drained, the first
  // error is returned.
  absl::Status Drain(base::Duration limit);

 private:
  absl::Status StartPart(const Part& part, const std::function<bool(base::Duration)>& pause);

  telemetry::Logger& logger_;
  const base::Clock& clock_;
  std::vector<Part> parts_;
  size_t started_ = 0;
};

// Starts, waits for the signal, drains and closes under a watchdog (limit + 5 s, then the process
// ends with status 70). A signal ends a start that waits for a server. `close` is called in any
// case, last; may be empty. The first error of the start, or else of the drain.
absl::Status RunUntilStopped(Lifecycle& lifecycle, StopSignal& signal, telemetry::Logger& logger,
                             base::Duration drain_limit, const std::function<void()>& close = {});

}  // namespace centralita::app
