#include "centralita/stage/stage_metrics.h"

#include <utility>
#include <vector>

namespace centralita::stage {

std::shared_ptr<void> ExposeStats(telemetry::Metrics& metrics, const std::string& stage,
                                  std::function<StageStats()> stats) {
  auto exposed = std::make_shared<std::vector<std::shared_ptr<void>>>();
  const auto add = [&](const char* name, const char* help, uint64_t StageStats::*field) {
    exposed->push_back(metrics.AddGaugeCallback(name, help, {{"stage", stage}}, [stats, field] {
      return static_cast<double>(stats().*field);
    }));
  };
  add("centralita_stage_applied", "Records applied since the start.", &StageStats::applied);
  add("centralita_stage_repeats", "Records dropped as repeats.", &StageStats::repeats);
  add("centralita_stage_undecodable", "Records that became dead letters.",
      &StageStats::undecodable);
  add("centralita_stage_outputs", "Records emitted.", &StageStats::outputs);
  add("centralita_stage_checkpoints", "Checkpoints written.", &StageStats::checkpoints);
  add("centralita_stage_checkpoint_failures",
      "Checkpoints that found their condition broken or the store away.",
      &StageStats::checkpoint_failures);
  add("centralita_stage_snapshots", "Snapshots written.", &StageStats::snapshots);
  exposed->push_back(metrics.AddGaugeCallback(
      "centralita_stage_longest_gap_seconds",
      "Longest time from when a partition was given to this process until it had caught up.",
      {{"stage", stage}}, [stats] { return static_cast<double>(stats().longest_gap_ms) / 1000; }));
  return exposed;
}

}  // namespace centralita::stage
