// What stages count, for Prometheus: centralita_stage_*{stage="route"}.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "centralita/stage/stage_runner.h"
#include "centralita/telemetry/metrics.h"

namespace centralita::stage {

// Exposed until the result is destroyed; `stats` is asked at each exposition, on its thread.
[[nodiscard]] std::shared_ptr<void> ExposeStats(telemetry::Metrics& metrics,
                                                const std::string& stage,
                                                std::function<StageStats()> stats);

}  // namespace centralita::stage
