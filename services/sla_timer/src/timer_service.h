// TimerService over gRPC. Metadata of each call: "x-tenant" and "x-api-key"; the answer is of that
// tenant alone.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "centralita/sla_timer/app.h"
#include "centralita/timer/v1/timer.grpc.pb.h"
#include "timer_scan.h"

namespace centralita::sla_timer {

// The timers, as the service needs them. Thread-safe.
class Askable {
 public:
  virtual ~Askable() = default;
  // Steps the scan until it is done. DEADLINE_EXCEEDED "sla_timer_busy" if that takes too long; the
  // scan is not touched any more then.
  virtual absl::Status Ask(const std::shared_ptr<TimerScan>& scan) = 0;
};

// Thread-safe. What it is given outlives it.
class TimerService final : public timer::v1::TimerService::Service {
 public:
  TimerService(Askable& timers, const Access& access) : timers_(timers), access_(access) {}

  grpc::Status ListTimers(grpc::ServerContext* context, const timer::v1::ListTimersRequest* request,
                          timer::v1::ListTimersResponse* response) override;
  grpc::Status Peek(grpc::ServerContext* context, const timer::v1::PeekRequest* request,
                    timer::v1::PeekResponse* response) override;

 private:
  absl::StatusOr<timer::v1::ListTimersResponse> List(const std::string& tenant,
                                                     const timer::v1::ListTimersRequest& request);
  // Whose call it is. PERMISSION_DENIED if it asks for another tenant's.
  absl::StatusOr<std::string> Caller(const grpc::ServerContext& context,
                                     const std::string& asked) const;

  Askable& timers_;
  const Access& access_;
  // One question at a time: those who ask wait for each other, alarms for nobody.
  std::mutex mutex_;
};

}  // namespace centralita::sla_timer
