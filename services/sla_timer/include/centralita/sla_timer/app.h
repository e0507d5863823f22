// The alarm of all clocks: follows the clocks that events carry and appends an Alarm to `commands`
// when a threshold is due by the log's time. Dispatch decides whether an alarm is effective; one
// that no event confirms is sent again.
//
// Dependencies outlive it.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/sla/spans.h"
#include "centralita/stage/stage_runner.h"
#include "centralita/store/store.h"
#include "centralita/telemetry/metrics.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace centralita::sla_timer {

// The calendars of the active policies. Thread-safe.
class Calendars {
 public:
  virtual ~Calendars() = default;
  // Never null: all day, every day for the empty name or an unknown one.
  virtual std::shared_ptr<const sla::Spans> Find(const std::string& tenant,
                                                 const std::string& name) const = 0;
  // Grows whenever Find() may give something else than before, of whatever tenant. Cheap; 0 for
  // ever where nothing changes.
  virtual uint64_t Version() const { return 0; }
  // The Version() since which Find() gives what it gives of this tenant.
  virtual uint64_t VersionOf(const std::string& /*tenant*/) const { return 0; }
};

// Who may ask what: a caller sees his own tenant and nothing of another. Thread-safe.
class Access {
 public:
  virtual ~Access() = default;
  // UNAUTHENTICATED unless the key is one of that tenant's.
  virtual absl::Status Check(const std::string& tenant, const std::string& api_key) const = 0;
};

struct SlaTimerOptions {
  std::string member = "0";
  // An alarm that no event has confirmed is sent again after so long, then after twice that, up to
  // 60 times that; at most `max_attempts` times (127), by default for an hour and a half.
  base::Duration resend_after{5000};
  int max_attempts = 20;
};

struct SlaTimerDeps {
  eventlog::EventLog& log;
  store::Store& store;
  const base::Clock& clock;
  const Calendars& calendars;
  const Access& access;
  telemetry::Metrics& metrics;
};

struct SlaTimerStats {
  stage::StageStats stage;
  uint64_t live_clocks = 0;
  uint64_t alarms_sent = 0;
  uint64_t alarms_resent = 0;
  // Clocks whose alarms nobody answered.
  uint64_t alarms_given_up = 0;
  // Clocks of which was told that they are going to be missed.
  uint64_t forecasts_sent = 0;
  // By how much the oldest alarm that is due and not sent is late.
  base::Duration behind{0};
};

class SlaTimerApp {
 public:
  static absl::StatusOr<std::unique_ptr<SlaTimerApp>> Create(const SlaTimerOptions& options,
                                                             SlaTimerDeps deps);
  virtual ~SlaTimerApp() = default;
  virtual absl::Status Start() = 0;
  // TimerService; valid as long as this object. Its server ends before Drain().
  virtual grpc::Service& service() = 0;
  virtual absl::Status Health() const = 0;
  virtual SlaTimerStats Stats() const = 0;
  virtual absl::Status Drain(base::Duration limit) = 0;
};

}  // namespace centralita::sla_timer
