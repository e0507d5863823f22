// The conservation equation for Prometheus: centralita_messages{state="queued"}, over all tenants.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "centralita/base/clock.h"
#include "centralita/metrics/app.h"
#include "centralita/metrics/v1/metrics.pb.h"
#include "centralita/telemetry/metrics.h"

namespace centralita::metrics {

// Exposes as long as it lives; the app outlives it. All states of one exposition come from one
// look.
class Exposition final {
 public:
  Exposition(telemetry::Metrics& metrics, MetricsApp& app, const base::Clock& clock);

 private:
  v1::Conservation Look();

  MetricsApp& app_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point looked_{};
  v1::Conservation seen_;
  std::vector<std::shared_ptr<void>> exposed_;
};

}  // namespace centralita::metrics
