// A service of a cluster as a process of its own: app::Process around one service, on Kafka and
// Redis, with /metrics, /healthz and /readyz. Only in builds with CENTRALITA_CLUSTER.
//
//   int main(int argc, char** argv) {
//     router::RouterOptions options;
//     return app::RunClusterService(
//         {"centralita-router", "..."}, argc, argv, [&](auto& config) { options.Bind(config); },
//         {.start = ..., .health = ..., .ready = ..., .drain = ..., .close = ...});
//   }
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "centralita/app/policy_watcher.h"
#include "centralita/app/process.h"
#include "centralita/base/clock.h"
#include "centralita/config/config.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/store/store.h"
#include "centralita/telemetry/log.h"
#include "centralita/telemetry/metrics.h"

namespace centralita::app {

// What a service is given; good until `close` has returned.
struct ClusterContext {
  eventlog::EventLog& log;
  store::Store& store;
  // Loaded.
  PolicyWatcher& policy;
  const base::Clock& clock;
  telemetry::Logger& logger;
  telemetry::Metrics& metrics;
  // Names this process among those of its service, and is the same after a restart.
  const std::string& member;
  // Address to listen on.
  const std::string& host;
};

// The service. `health` and `ready` are asked on another thread, once `start` has returned.
struct ClusterService {
  std::function<absl::Status(const ClusterContext& with)> start;
  std::function<absl::Status()> health;
  std::function<absl::Status()> ready;
  std::function<absl::Status(base::Duration limit)> drain;
  // Destroys what `start` has made, also when that failed.
  std::function<void()> close;
};

// `bind` adds the section of the service's own settings, whose variables outlive the call. Returns
// the exit status of the process.
int RunClusterService(const ProcessInfo& info, int argc, char** argv,
                      const std::function<void(config::Config&)>& bind,
                      const ClusterService& service);

}  // namespace centralita::app
