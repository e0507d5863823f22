// What the services count, for Prometheus.
#pragma once

#include <memory>
#include <vector>

#include "centralita/gateway/app.h"
#include "centralita/metrics/app.h"
#include "centralita/router/app.h"
#include "centralita/sla_timer/app.h"
#include "centralita/telemetry/metrics.h"

namespace centralita::node {

// Exposes as long as it lives; the services outlive it.
class NodeMetrics final {
 public:
  NodeMetrics(telemetry::Metrics& metrics, router::RouterApp& router, gateway::GatewayApp& gateway,
              sla_timer::SlaTimerApp& sla_timer, metrics::MetricsApp& counts);

 private:
  void AddStage(telemetry::Metrics& metrics, const char* stage,
                std::function<stage::StageStats()> stats);
  void AddConservation(telemetry::Metrics& metrics, metrics::MetricsApp& counts);

  std::vector<std::shared_ptr<void>> exposed_;
};

}  // namespace centralita::node
