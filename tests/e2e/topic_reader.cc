#include "tests/e2e/topic_reader.h"

#include <fmt/format.h>

#include <string>

#include "centralita/base/status_macros.h"
#include "centralita/base/strings.h"

namespace centralita::e2e {
namespace {

constexpr base::Duration kPoll{1'000};
constexpr int kSilentPolls = 30;

absl::Status ReadPartition(eventlog::EventLog& log, const eventlog::TopicPartition& partition,
                           const Visit& visit) {
  ABSL_ASSIGN_OR_RETURN(const auto range, log.Offsets(partition));
  if (range.begin == range.end) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const auto reader, log.Read({partition}, {}));
  ABSL_RETURN_IF_ERROR(reader->Seek(partition, range.begin));
  int silent = 0;
  for (uint64_t next = range.begin; next < range.end;) {
    ABSL_ASSIGN_OR_RETURN(const auto result, reader->Poll(kPoll));
    silent = result.batches.empty() ? silent + 1 : 0;
    if (silent == kSilentPolls) {
      return absl::UnavailableError(
          base::ToAbsl(fmt::format("{} partition {} gives nothing at {} of {}", partition.topic,
                                   partition.partition, next, range.end)));
    }
    for (const auto& batch : result.batches) {
      for (const auto& record : batch.records()) {
        if (record.offset < range.end) visit(partition.partition, record);
        next = record.offset + 1;
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadTopic(eventlog::EventLog& log, std::string_view topic, const Visit& visit) {
  ABSL_ASSIGN_OR_RETURN(const auto info, log.Describe(std::string(topic)));
  for (uint32_t p = 0; p < info.spec.partitions; ++p) {
    ABSL_RETURN_IF_ERROR(ReadPartition(log, {std::string(topic), p}, visit));
  }
  return absl::OkStatus();
}

}  // namespace centralita::e2e
