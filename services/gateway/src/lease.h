// This gateway's lease in the store. While it holds, shards trust the sessions' silence.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "centralita/base/clock.h"
#include "centralita/base/periodic.h"
#include "centralita/store/store.h"
#include "centralita/telemetry/log.h"

namespace centralita::gateway {

// Renews it; calls `at_risk` when it could not for so long that it would soon end: the streams must
// be closed first.
class GatewayLease final {
 public:
  GatewayLease(store::Store& store, const base::Clock& clock, telemetry::Logger& logger,
               std::string incarnation, std::function<void()> at_risk);
  // Gives it up.
  ~GatewayLease();

 private:
  void Renew();

  store::Store& store_;
  const base::Clock& clock_;
  telemetry::Logger& logger_;
  const std::string incarnation_;
  const std::function<void()> at_risk_;
  std::chrono::steady_clock::time_point renewed_;
  std::unique_ptr<base::Periodic> periodic_;
};

}  // namespace centralita::gateway
