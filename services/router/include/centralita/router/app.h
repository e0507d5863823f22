// The router: runs the stages route and dispatch over the partitions that their groups give this
// process, and tells gateways what their agents are to see (OwnerService).
//
// Takes all dependencies by reference; they outlive it. The caller registers service() with its
// gRPC server, then calls Start(); Drain() writes last checkpoints and gives the partitions away.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/stage/stage_runner.h"
#include "centralita/store/store.h"
#include "centralita/telemetry/log.h"
#include "centralita/telemetry/metrics.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace centralita::router {

struct RouterOptions {
  bool route = true;
  bool dispatch = true;
  // Stable across restarts of this member of the groups.
  std::string member = "0";
  base::Duration checkpoint_interval{1000};
  base::Duration snapshot_interval{600'000};
};

struct RouterDeps {
  eventlog::EventLog& log;
  store::Store& store;
  const base::Clock& clock;
  telemetry::Logger& logger;
  telemetry::Metrics& metrics;
};

// Thread-safe.
class RouterApp {
 public:
  static absl::StatusOr<std::unique_ptr<RouterApp>> Create(const RouterOptions& options,
                                                           RouterDeps deps);
  virtual ~RouterApp() = default;

  // OwnerService; valid as long as this object.
  virtual grpc::Service& service() = 0;
  // `address`: where gateways reach service(), as they dial it.
  virtual absl::Status Start(const std::string& address) = 0;
  // Not OK when a partition has stopped for good: liveness and readiness fail with it.
  virtual absl::Status Health() const = 0;
  // How many partitions of `commands` this process owns and has caught up with.
  virtual size_t OwnedShardPartitions() const = 0;
  virtual stage::StageStats RouteStats() const = 0;
  virtual stage::StageStats DispatchStats() const = 0;
  virtual absl::Status Drain(base::Duration limit) = 0;
};

}  // namespace centralita::router
