// All services in one process, on the embedded log and store: what `centralita up` and the demo
// run.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/telemetry/log.h"

namespace centralita::config {
class Config;
}  // namespace centralita::config

namespace centralita::node {

struct NodeOptions {
  // Created if it is not there. One process at a time.
  std::string data_dir = "centralita-data";
  // Policy files that are published at the start, if they differ from what is active.
  std::vector<std::string> policies;
  std::string host = "127.0.0.1";
  // 0: any that is free. Senders and agents have a server each, as they have a process each in a
  // cluster.
  uint16_t http_port = 7400;
  uint16_t ingest_port = 7401;
  uint16_t admin_port = 7402;
  uint16_t grpc_port = 7403;
  uint32_t partitions = 4;
  base::Duration checkpoint_interval{1000};
  base::Duration snapshot_interval{600'000};
  base::Duration drain_limit{30'000};
  // As the setting classifier.model.
  std::string model = "default";

  void Bind(config::Config& config);
};

// Thread-safe.
class Node {
 public:
  static std::unique_ptr<Node> Create(const NodeOptions& options, telemetry::Logger& logger,
                                      const base::Clock& clock);
  virtual ~Node() = default;

  // Opens everything, publishes the policies, starts the services in order; ready when it returns.
  virtual absl::Status Start() = 0;
  virtual absl::Status Health() const = 0;
  virtual absl::Status Ready() const = 0;
  // Not ready, stop intake, drain in reverse order. Also done by the destructor, with five seconds.
  virtual absl::Status Drain(base::Duration limit) = 0;

  // The actual ones.
  virtual uint16_t grpc_port() const = 0;
  virtual uint16_t ingest_port() const = 0;
  virtual uint16_t http_port() const = 0;
  virtual uint16_t admin_port() const = 0;
  virtual eventlog::EventLog& log() = 0;
};

}  // namespace centralita::node
