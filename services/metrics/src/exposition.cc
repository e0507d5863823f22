#include "exposition.h"

#include <functional>
#include <utility>

namespace centralita::metrics {
namespace {

// Far below the time between two scrapes, far above that of one.
constexpr base::Duration kOneLook{50};

}  // namespace

Exposition::Exposition(telemetry::Metrics& metrics, MetricsApp& app, const base::Clock& clock)
    : app_(app), clock_(clock) {
  const auto add = [&](const char* state, auto read) {
    exposed_.push_back(metrics.AddGaugeCallback(
        "centralita_messages", "Messages by state; in_flight must return to 0.", {{"state", state}},
        [this, read] { return static_cast<double>(std::invoke(read, Look())); }));
  };
  add("accepted", &v1::Conservation::accepted);
  add("in_flight", &v1::Conservation::in_flight);
  add("duplicate", &v1::Conservation::duplicates);
  add("queued", &v1::Conservation::queued);
  add("offered", &v1::Conservation::offered);
  add("active", &v1::Conservation::active);
  add("waiting", &v1::Conservation::waiting);
  add("resolved", &v1::Conservation::resolved);
  add("dead_lettered", &v1::Conservation::dead_lettered);
}

v1::Conservation Exposition::Look() {
  const std::scoped_lock lock(mutex_);
  const auto now = clock_.Monotonic();
  if (looked_ == std::chrono::steady_clock::time_point{} || now - looked_ >= kOneLook) {
    // What does not answer in time is shown as it was.
    if (const auto overview = app_.Overview(""); overview.ok()) seen_ = overview->messages();
    looked_ = now;
  }
  return seen_;
}

}  // namespace centralita::metrics
