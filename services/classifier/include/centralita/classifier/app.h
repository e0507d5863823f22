// The classifier as a service: both roles, each on a thread of its own.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/classifier/policy_source.h"
#include "centralita/classifier/profile_reader.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/store/store.h"
#include "centralita/telemetry/log.h"
#include "centralita/telemetry/metrics.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace centralita::classifier {

struct ClassifierOptions {
  // Stable across restarts of this replica.
  std::string member = "0";
  // Records in one batch of a role.
  size_t max_batch = 1000;
  ProfileReaderOptions profiles = {};
};

// All outlive the app. `policies` should have what the log holds before Start
// (PolicyWatcher::WaitLoaded): a message of a tenant that it does not know becomes a dead letter.
struct ClassifierDeps {
  eventlog::EventLog& log;
  store::Store& store;
  const base::Clock& clock;
  const PolicySource& policies;
  const Access& access;
  telemetry::Metrics& metrics;
  telemetry::Logger& logger;
};

// Thread-safe.
class ClassifierApp {
 public:
  // Fills an empty profile store if it can (if not, messages go on `degraded` until it can), then
  // starts both roles. NOT_FOUND if topics were not created.
  static absl::StatusOr<std::unique_ptr<ClassifierApp>> Start(const ClassifierOptions& options,
                                                              ClassifierDeps deps);
  virtual ~ClassifierApp() = default;

  // ClassifierService; valid as long as this object.
  virtual grpc::Service& service() = 0;
  // OK when both roles have caught up with what the log held when they started.
  virtual absl::Status Ready() const = 0;
  // Why a role has stopped, if one has.
  virtual absl::Status Health() const = 0;
  // Stops intake, waits until all outputs are acknowledged and committed, ends the threads.
  // DEADLINE_EXCEEDED after `limit`; what was not acknowledged is done again after the next start.
  // Once.
  virtual absl::Status Drain(base::Duration limit) = 0;
};

}  // namespace centralita::classifier
