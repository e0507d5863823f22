// Metrics: follows `events`, `inbound` and `dead-letter`, keeps the conservation equation and
// counts, answers MetricsService (overview, queues, trace, explain, dead letters).
//
// Dependencies outlive it. Start(), then the caller registers service() with its gRPC server.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/store/store.h"
#include "centralita/telemetry/metrics.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace centralita::metrics::v1 {
class GetOverviewResponse;
}  // namespace centralita::metrics::v1

namespace centralita::metrics {

struct MetricsOptions {
  std::string member = "0";
};

// Who may ask what: a caller sees his own tenant and nothing of another. Thread-safe.
class Access {
 public:
  virtual ~Access() = default;
  // UNAUTHENTICATED unless the key is one of that tenant's.
  virtual absl::Status Check(const std::string& tenant, const std::string& api_key) const = 0;
};

struct MetricsDeps {
  eventlog::EventLog& log;
  store::Store& store;
  const base::Clock& clock;
  const Access& access;
  telemetry::Metrics& metrics;
};

// Thread-safe.
class MetricsApp {
 public:
  static absl::StatusOr<std::unique_ptr<MetricsApp>> Create(const MetricsOptions& options,
                                                            MetricsDeps deps);
  virtual ~MetricsApp() = default;
  virtual absl::Status Start() = 0;
  // MetricsService; valid as long as this object.
  virtual grpc::Service& service() = 0;
  virtual absl::Status Health() const = 0;
  // Of one tenant, or of all for the empty name. DEADLINE_EXCEEDED if a stage does not answer
  // within a second.
  virtual absl::StatusOr<v1::GetOverviewResponse> Overview(const std::string& tenant) = 0;
  virtual absl::Status Drain(base::Duration limit) = 0;
};

}  // namespace centralita::metrics
