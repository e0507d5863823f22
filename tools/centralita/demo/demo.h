// The demo: a node of its own, simulated agents, the shop's afternoon played in real time, a live
// table, and a report made by the independent ledger check.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/cluster.h"
#include "demo/shop.h"

namespace centralita::app {
class StopSignal;
}  // namespace centralita::app

namespace centralita::demo {

struct DemoOptions {
  // Holds data/, ledger/, report.json and log.txt of the last demo; replaced by the next.
  std::string folder = "build/demo";
  std::string input = "deploy/demo";
  // Beside this program if empty.
  std::string checker;
  bool keep = false;
  uint64_t seed = 1;
  // Set: play in this cluster instead of a node of its own.
  std::optional<Addresses> join;
  client::ClusterOptions cluster;
  // How long to wait for the last work after the last message.
  int64_t settle_seconds = 45;
};

// Returns the exit code: 0 if the report is clean and almost everything was resolved.
absl::StatusOr<int> RunDemo(const DemoOptions& options, app::StopSignal& stop);

}  // namespace centralita::demo
