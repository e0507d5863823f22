// What operators and Kubernetes ask of every process: /metrics, /healthz (alive: restart me if
// not), /readyz (send me work). The last two answer 200 or 503 with a sentence.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "centralita/http/server.h"

namespace centralita::http {

struct AdminCallbacks {
  // Prometheus' text format.
  std::function<std::string()> metrics;
  std::function<absl::Status()> health;
  std::function<absl::Status()> ready;
};

// Serves on its own thread. The callbacks are called there, and must outlive the server and not
// block.
absl::StatusOr<std::unique_ptr<Server>> StartAdminServer(const ServerOptions& options,
                                                         AdminCallbacks callbacks);

}  // namespace centralita::http
