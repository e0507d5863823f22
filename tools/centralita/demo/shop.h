// What the demo is played in: all services, in a process of its own or in a cluster that runs.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/telemetry/log.h"
#include "client/cluster.h"

namespace centralita::demo {

// host:port; several with commas between them share the calls.
struct Addresses {
  // Senders' gRPC.
  std::string ingest;
  // Agents' gRPC.
  std::string gateway;
  // Questions' gRPC.
  std::string metrics;
  // /metrics of whoever counts messages.
  std::string admin;
};

class Shop {
 public:
  virtual ~Shop() = default;
  virtual eventlog::EventLog& log() = 0;
  virtual const Addresses& addresses() const = 0;
  // Ends what was started for the demo, in good order.
  virtual void Stop() = 0;
};

// All services in this process, on a log and a store in `folder`, under the policy of that file. On
// the usual ports, or on free ones if those are taken. References outlive it.
absl::StatusOr<std::unique_ptr<Shop>> OpenOwnShop(const std::string& folder,
                                                  const std::string& policy_file,
                                                  telemetry::Logger& logger,
                                                  const base::Clock& clock);

// The services of a cluster that runs under the demo's policy, and that nothing was played in yet:
// what was accepted there before counts in the report.
absl::StatusOr<std::unique_ptr<Shop>> JoinCluster(const Addresses& addresses,
                                                  const client::ClusterOptions& options);

}  // namespace centralita::demo
