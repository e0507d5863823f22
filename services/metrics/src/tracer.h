// The life of a message or a conversation, out of the logs.
#pragma once

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/metrics/v1/metrics.pb.h"

namespace centralita::metrics {

// Thread-safe.
class Tracer final {
 public:
  Tracer(eventlog::EventLog& log, const base::Clock& clock) : log_(log), clock_(clock) {}
  // NOT_FOUND if no event names the id; INVALID_ARGUMENT if neither or both ids are given.
  absl::StatusOr<v1::TraceResponse> Trace(const v1::TraceRequest& request);

 private:
  absl::Status FindConversation(const v1::TraceRequest& request, v1::TraceResponse& found,
                                uint32_t& partition);
  absl::Status CollectEvents(const v1::TraceRequest& request, uint32_t partition,
                             v1::TraceResponse& found);
  absl::Status FindInbound(v1::TraceResponse& found, const std::string& tenant);

  eventlog::EventLog& log_;
  const base::Clock& clock_;
};

}  // namespace centralita::metrics
