// The gateway: agents' streams, their presence and actions to the shards, offers and confirmations
// back to them. Any replica serves any agent.
//
// All dependencies outlive it. Start(), then the caller registers service() with its gRPC server.
// Drain() closes the agents' streams (their work is kept for the pool's grace time) and gives the
// lease up.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/gateway/ports.h"
#include "centralita/store/store.h"
#include "centralita/telemetry/log.h"
#include "centralita/telemetry/metrics.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace centralita::gateway {

struct GatewayOptions {
  // Stable across restarts: a restarted gateway declares its previous incarnation lost.
  std::string member = "0";
  // Texts are kept for so long for agents to read.
  base::Duration history_lifetime{30LL * 24 * 3600 * 1000};
  // Streams at once.
  size_t max_agents = 20'000;
};

struct GatewayDeps {
  eventlog::EventLog& log;
  store::Store& store;
  const base::Clock& clock;
  telemetry::Logger& logger;
  const Directory& directory;
  RouterChannels& routers;
  telemetry::Metrics& metrics;
};

// Thread-safe.
class GatewayApp {
 public:
  static absl::StatusOr<std::unique_ptr<GatewayApp>> Create(const GatewayOptions& options,
                                                            GatewayDeps deps);
  virtual ~GatewayApp() = default;

  virtual absl::Status Start() = 0;
  // AgentGatewayService; valid as long as this object.
  virtual grpc::Service& service() = 0;
  virtual absl::Status Health() const = 0;
  // OK when every partition of `commands` is watched at its owner.
  virtual absl::Status Ready() const = 0;
  virtual size_t Sessions() const = 0;
  virtual absl::Status Drain(base::Duration limit) = 0;
};

}  // namespace centralita::gateway
