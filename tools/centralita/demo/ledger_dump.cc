#include "demo/ledger_dump.h"

#include <functional>
#include <string>

#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/metrics/v1/metrics.pb.h"

namespace centralita::demo {
namespace {

using Visit = std::function<void(uint32_t partition, const eventlog::Record& record)>;

absl::Status ReadTopic(eventlog::EventLog& log, std::string_view topic, const Visit& visit) {
  ABSL_ASSIGN_OR_RETURN(const auto info, log.Describe(std::string(topic)));
  for (uint32_t p = 0; p < info.spec.partitions; ++p) {
    const eventlog::TopicPartition partition{std::string(topic), p};
    ABSL_ASSIGN_OR_RETURN(const auto range, log.Offsets(partition));
    if (range.begin == range.end) continue;
    ABSL_ASSIGN_OR_RETURN(const auto reader, log.Read({partition}, {}));
    ABSL_RETURN_IF_ERROR(reader->Seek(partition, range.begin));
    for (uint64_t next = range.begin; next < range.end;) {
      ABSL_ASSIGN_OR_RETURN(const auto result, reader->Poll(base::Duration(1000)));
      for (const auto& batch : result.batches) {
        for (const auto& record : batch.records()) {
          if (record.offset < range.end) visit(p, record);
          next = record.offset + 1;
        }
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status DumpLog(eventlog::EventLog& log, ledger::LedgerWriter& ledger) {
  ABSL_RETURN_IF_ERROR(ReadTopic(
      log, base::topics::kEvents, [&](uint32_t partition, const eventlog::Record& record) {
        metrics::v1::TracedEvent traced;
        if (!traced.mutable_event()->ParseFromArray(record.value.data(),
                                                    static_cast<int>(record.value.size())))
          return;
        traced.mutable_coordinates()->set_topic(std::string(base::topics::kEvents));
        traced.mutable_coordinates()->set_partition(partition);
        traced.mutable_coordinates()->set_offset(record.offset);
        traced.set_append_unix_ms(base::ToUnixMillis(record.append_time));
        ledger.Event(traced);
      }));
  return ReadTopic(log, base::topics::kDeadLetter,
                   [&](uint32_t partition, const eventlog::Record& record) {
                     ledger.DeadLetter(partition, record.offset,
                                       base::ToUnixMillis(record.append_time), record.value);
                   });
}

}  // namespace centralita::demo
