#include "log_scan.h"

#include <fmt/format.h>

#include "centralita/base/status_macros.h"

namespace centralita::metrics {
namespace {

constexpr base::Duration kPollWait{100};

}  // namespace

absl::Status ScanPartition(eventlog::EventLog& log, const base::Clock& clock,
                           const eventlog::TopicPartition& partition, base::Duration limit,
                           const std::function<bool(const eventlog::Record&)>& visit) {
  ABSL_ASSIGN_OR_RETURN(const eventlog::OffsetRange range, log.Offsets(partition));
  if (range.begin == range.end) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const auto reader, log.Read({partition}, {}));
  ABSL_RETURN_IF_ERROR(reader->Seek(partition, range.begin));
  const auto until = clock.Monotonic() + limit;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const eventlog::PollResult result, reader->Poll(kPollWait));
    for (const eventlog::RecordBatch& batch : result.batches) {
      for (const eventlog::Record& record : batch.records()) {
        if (record.offset >= range.end) return absl::OkStatus();
        if (!record.tombstone && !visit(record)) return absl::OkStatus();
        if (record.offset + 1 == range.end) return absl::OkStatus();
      }
    }
    if (clock.Monotonic() > until) {
      return absl::DeadlineExceededError(fmt::format("Reading {} partition {} took too long.",
                                                     partition.topic, partition.partition));
    }
  }
}

}  // namespace centralita::metrics
