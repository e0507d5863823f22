// Reads the topic `policy` from its start and follows it: gives the newest whole version of each
// tenant.
//
// A version counts when its manifest and all sections that it names are there; until then the one
// before stays. Damaged records are logged and passed over.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "centralita/app/policy_snapshot.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/telemetry/log.h"

namespace centralita::app {

// Thread-safe.
class PolicyWatcher {
 public:
  using Callback = std::function<void(const std::shared_ptr<const PolicySnapshot>&)>;

  // Reads on a thread of its own. References outlive the watcher. NOT_FOUND if the topic was not
  // created.
  static absl::StatusOr<std::unique_ptr<PolicyWatcher>> Start(eventlog::EventLog& log,
                                                              telemetry::Logger& logger);
  virtual ~PolicyWatcher() = default;

  // Never null; empty before anything was read. Cheap.
  virtual std::shared_ptr<const PolicySnapshot> Current() const = 0;
  // True once everything that the topic held at the start was read.
  virtual bool Loaded() const = 0;
  virtual absl::Status WaitLoaded(base::Duration limit) const = 0;
  // Waits until the tenant has at least that version; DEADLINE_EXCEEDED after `limit`.
  virtual absl::Status WaitVersion(const std::string& tenant, uint64_t version,
                                   base::Duration limit) const = 0;
  // Calls `callback` now with Current(), and after each change on the watcher's thread, until the
  // result is destroyed (which waits for a call that is under way). It must not block, nor
  // subscribe or unsubscribe.
  [[nodiscard]] virtual std::shared_ptr<void> Subscribe(Callback callback) = 0;
};

}  // namespace centralita::app
