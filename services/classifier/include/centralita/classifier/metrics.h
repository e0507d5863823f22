// What the classifier counts.
#pragma once

#include "centralita/telemetry/metrics.h"

namespace centralita::classifier {

// Thread-safe; valid as long as `metrics`.
struct ClassifierMetrics {
  explicit ClassifierMetrics(telemetry::Metrics& metrics);

  telemetry::CounterFamily messages_by_intent;
  telemetry::CounterFamily messages_by_band;
  telemetry::CounterFamily messages_by_language;
  telemetry::Counter degraded;
  telemetry::Counter profile_cache_hits;
  telemetry::Counter profile_cache_misses;
  telemetry::Counter profile_deadlines_exceeded;
  telemetry::CounterFamily engine_failures_by_reason;
  telemetry::CounterFamily dead_letters_by_reason;
  telemetry::CounterFamily signals_by_kind;
  telemetry::Counter repeated_signals;
  telemetry::Counter amendments;
  telemetry::Counter damaged_profiles;
  telemetry::Counter profiles_loaded;
};

}  // namespace centralita::classifier
