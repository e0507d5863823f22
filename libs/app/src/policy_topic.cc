#include "policy_topic.h"

#include <fmt/format.h>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"

namespace centralita::app {
namespace {

constexpr base::Duration kPollLimit{1000};
constexpr int kMaxEmptyPolls = 20;

}  // namespace

absl::StatusOr<PolicyAssembler> ReadPolicyTopic(eventlog::EventLog& log) {
  const eventlog::TopicPartition partition{std::string(base::topics::kPolicy), 0};
  ABSL_ASSIGN_OR_RETURN(const eventlog::OffsetRange range, log.Offsets(partition));
  ABSL_ASSIGN_OR_RETURN(auto consumer, log.Read({partition}, {}));
  ABSL_RETURN_IF_ERROR(consumer->Seek(partition, range.begin));
  PolicyAssembler assembler;
  uint64_t next = range.begin;
  int empty_polls = 0;
  while (next < range.end) {
    ABSL_ASSIGN_OR_RETURN(const eventlog::PollResult polled, consumer->Poll(kPollLimit));
    empty_polls = polled.batches.empty() ? empty_polls + 1 : 0;
    // Taking what was read so far for everything would publish an old version number again.
    if (empty_polls >= kMaxEmptyPolls) {
      return base::Error(absl::StatusCode::kUnavailable, "policy_unreadable",
                         fmt::format("The topic policy gave no records for {} although it has "
                                     "more; nothing was done, try again.",
                                     base::FormatDuration(kPollLimit * kMaxEmptyPolls)));
    }
    for (const eventlog::RecordBatch& batch : polled.batches) {
      for (const eventlog::Record& record : batch.records()) {
        // What is damaged is about to be written anew.
        assembler.Apply(record).IgnoreError();
        next = record.offset + 1;
      }
    }
  }
  return assembler;
}

}  // namespace centralita::app
