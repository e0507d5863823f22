// What agents resolved with another intent than the classifier's, with what the customer had
// written, out of the logs: `events` says what was corrected and by which messages, `inbound` still
// has their texts while they are kept.
//
// The texts are personal data. They are read as the classifier reads them: without quoted history
// and signatures.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/metrics/v1/metrics.pb.h"

namespace centralita::metrics {

struct CorrectionLimits {
  // Of one answer, in memory at once. Beyond: RESOURCE_EXHAUSTED ("too_many_corrections").
  size_t conversations = 50'000;
  size_t text_bytes = 64 << 20;
  // Of one conversation; the rest is left out.
  size_t messages = 20;
  size_t bytes_per_conversation = 8 << 10;
  // For reading one partition.
  base::Duration scan{10 * 60'000};
};

// Thread-safe.
class Corrections final {
 public:
  Corrections(eventlog::EventLog& log, const base::Clock& clock, CorrectionLimits limits = {})
      : log_(log), clock_(clock), limits_(limits) {}

  // False: nobody wants more.
  using Give = std::function<bool(const v1::ExportCorrectionsResponse&)>;
  // Of `tenant` alone; of each conversation the last correction within the request's span, with
  // what was said from its opening, or last reopening, until the first answer. By the time of the
  // correction. CANCELLED if `give` says so or `wanted` is false.
  absl::Status Export(const std::string& tenant, const v1::ExportCorrectionsRequest& request,
                      const std::function<bool()>& wanted, const Give& give) const;

 private:
  class Run;

  eventlog::EventLog& log_;
  const base::Clock& clock_;
  const CorrectionLimits limits_;
};

}  // namespace centralita::metrics
