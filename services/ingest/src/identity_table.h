// Keeps the identity table in the store: fills it from the topic `identity`, says when it can be
// used, and notices when the store has lost it or a part of it.
//
// Each partition of the table bears a mark beside its entries: the generation of the filling that
// they come from. A mark goes when its entries go (Redis came back empty, a node of a Redis Cluster
// lost its slots), so a look-up that finds the right mark behind its entries has found them whole.
// A mark that is not right begins a new generation: the table is read again from the topic's start.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/base/periodic.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/stage/pipeline_runner.h"
#include "centralita/store/store.h"
#include "centralita/telemetry/log.h"
#include "centralita/telemetry/metrics.h"
#include "identity.h"
#include "identity_projection.h"

namespace centralita::ingest {

// The generation that is being filled, or was: all members use the same one. Begins a new one, with
// marks that say so, if there is none or if a mark is missing.
absl::StatusOr<std::string> AgreeOnGeneration(store::Store& store);
// What AgreeOnGeneration() gave has been read whole: marks it so. ABORTED if a partition was lost
// meanwhile.
absl::Status MarkFilled(store::Store& store, const std::string& generation);

// Thread-safe.
class IdentityTable final {
 public:
  // All outlive it.
  struct Deps {
    eventlog::EventLog& log;
    store::Store& store;
    const base::Clock& clock;
    telemetry::Logger& logger;
    Identity& identity;
    // Attempts to fill it that failed.
    telemetry::Counter failures;
  };
  // `member` names this process' consumer group: each member has its own, so that each one's cache
  // hears of every change.
  IdentityTable(const Deps& deps, std::string member);

  absl::Status Start();
  // OK when the table is whole; UNAVAILABLE while it is being filled.
  absl::Status Ready() const;
  // Not OK when its projection has stopped for good, or cannot be made for a reason that does not
  // pass.
  absl::Status Health() const;
  absl::Status Stop(base::Duration limit);

 private:
  absl::Status Open();
  void OpenAgain();
  void Turn();
  void LookForLoss();

  const Deps deps_;
  telemetry::Counter failures_;
  const std::string member_;
  IdentityProjection logic_;
  std::atomic<bool> whole_{false};
  std::atomic<bool> stopped_{false};
  // Used by the periodic thread alone, once that runs.
  std::string generation_;
  std::chrono::steady_clock::time_point look_at_;
  mutable std::mutex mutex_;
  // Of the last attempt to open it.
  absl::Status opened_;
  std::unique_ptr<stage::PipelineThread> projection_;
  std::unique_ptr<base::Periodic> periodic_;
};

}  // namespace centralita::ingest
