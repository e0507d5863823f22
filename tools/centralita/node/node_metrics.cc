#include "node/node_metrics.h"

#include <functional>
#include <utility>

#include "centralita/metrics/v1/metrics.pb.h"

namespace centralita::node {

NodeMetrics::NodeMetrics(telemetry::Metrics& metrics, router::RouterApp& router,
                         gateway::GatewayApp& gateway, sla_timer::SlaTimerApp& sla_timer,
                         metrics::MetricsApp& counts) {
  AddStage(metrics, "route", [&router] { return router.RouteStats(); });
  AddStage(metrics, "dispatch", [&router] { return router.DispatchStats(); });
  AddStage(metrics, "sla_timer", [&sla_timer] { return sla_timer.Stats().stage; });
  exposed_.push_back(
      metrics.AddGaugeCallback("centralita_gateway_sessions", "Agents who are connected here.", {},
                               [&gateway] { return static_cast<double>(gateway.Sessions()); }));
  exposed_.push_back(metrics.AddGaugeCallback(
      "centralita_sla_timer_clocks", "Clocks that are running.", {},
      [&sla_timer] { return static_cast<double>(sla_timer.Stats().live_clocks); }));
  exposed_.push_back(metrics.AddGaugeCallback(
      "centralita_sla_timer_alarms_sent", "Alarms sent since the start.", {},
      [&sla_timer] { return static_cast<double>(sla_timer.Stats().alarms_sent); }));
  AddConservation(metrics, counts);
}

void NodeMetrics::AddStage(telemetry::Metrics& metrics, const char* stage,
                           std::function<stage::StageStats()> stats) {
  const auto add = [&](const char* name, const char* help, uint64_t stage::StageStats::*field) {
    exposed_.push_back(metrics.AddGaugeCallback(name, help, {{"stage", stage}}, [stats, field] {
      return static_cast<double>(stats().*field);
    }));
  };
  add("centralita_stage_applied", "Records applied since the start.", &stage::StageStats::applied);
  add("centralita_stage_repeats", "Records dropped as repeats.", &stage::StageStats::repeats);
  add("centralita_stage_undecodable", "Records that became dead letters.",
      &stage::StageStats::undecodable);
  add("centralita_stage_outputs", "Records emitted.", &stage::StageStats::outputs);
  add("centralita_stage_checkpoints", "Checkpoints written.", &stage::StageStats::checkpoints);
  add("centralita_stage_checkpoint_failures",
      "Checkpoints that found their condition broken or the store away.",
      &stage::StageStats::checkpoint_failures);
  add("centralita_stage_snapshots", "Snapshots written.", &stage::StageStats::snapshots);
}

void NodeMetrics::AddConservation(telemetry::Metrics& metrics, metrics::MetricsApp& counts) {
  using metrics::v1::Conservation;
  const auto add = [&](const char* state, std::function<double(const Conservation&)> read) {
    exposed_.push_back(metrics.AddGaugeCallback(
        "centralita_messages", "Messages by state; in_flight must return to 0.", {{"state", state}},
        [&counts, read = std::move(read)] {
          const auto overview = counts.Overview("");
          return overview.ok() ? read(overview->messages()) : 0;
        }));
  };
  add("accepted", [](const Conservation& m) { return static_cast<double>(m.accepted()); });
  add("in_flight", [](const Conservation& m) { return static_cast<double>(m.in_flight()); });
  add("duplicate", [](const Conservation& m) { return static_cast<double>(m.duplicates()); });
  add("queued", [](const Conservation& m) { return static_cast<double>(m.queued()); });
  add("offered", [](const Conservation& m) { return static_cast<double>(m.offered()); });
  add("active", [](const Conservation& m) { return static_cast<double>(m.active()); });
  add("waiting", [](const Conservation& m) { return static_cast<double>(m.waiting()); });
  add("resolved", [](const Conservation& m) { return static_cast<double>(m.resolved()); });
  add("dead_lettered",
      [](const Conservation& m) { return static_cast<double>(m.dead_lettered()); });
}

}  // namespace centralita::node
