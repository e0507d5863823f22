#include "pipeline_outputs.h"

#include <fmt/format.h>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/strings.h"
#include "centralita/base/topics.h"
#include "dead_letters.h"

namespace centralita::stage {

absl::StatusOr<TopicSizes::Topic> TopicSizes::Find(std::string_view topic) {
  auto known = known_.find(topic);
  if (known == known_.end()) {
    ABSL_ASSIGN_OR_RETURN(const auto info, log_.Describe(std::string(topic)));
    known = known_.emplace(std::string(topic), info.spec.partitions).first;
  }
  return Topic{.name = known->first, .partitions = known->second};
}

void PipelineCollector::Emit(size_t record_index, std::string_view topic, std::string_view key,
                             const google::protobuf::MessageLite& value) {
  if (!status_.ok()) return;
  // A reader drops what is not above its watermark, so order is not a matter of taste.
  if (record_index < record_index_ || record_index >= batch_.records().size()) {
    status_ = base::Error(absl::StatusCode::kInternal, "outputs_out_of_order",
                          fmt::format("An output of record {} came after one of record {} in a "
                                      "batch of {}.",
                                      record_index, record_index_, batch_.records().size()));
    return;
  }
  const auto found = topics_.Find(topic);
  if (!found.ok()) {
    status_ = absl::Status(found.status().code(),
                           base::ToAbsl(fmt::format("Topic {} cannot be written to: {}", topic,
                                                    std::string(found.status().message()))));
    return;
  }
  if (record_index != record_index_) next_index_ = 0;
  record_index_ = record_index;
  outputs_.Add({.stage = static_cast<uint32_t>(stage_),
                .log_epoch = log_epoch_,
                .partition = batch_.source().partition,
                .offset = batch_.records()[record_index].offset,
                .index = next_index_++},
               found->name, base::PartitionOf(key, found->partitions), key, value);
}

void PipelineCollector::DeadLetter(size_t record_index, std::string_view reason,
                                   std::string_view detail, uint32_t messages) {
  if (record_index >= batch_.records().size()) return;
  ++dead_letters_;
  const eventlog::Record& record = batch_.records()[record_index];
  Emit(record_index, base::topics::kDeadLetter, record.key,
       MakeDeadLetter(batch_.source(), record,
                      {.reason = reason,
                       .detail = detail,
                       .stage = StageName(stage_),
                       .attempts = attempts_,
                       .at = record.append_time,
                       .messages = messages}));
}

}  // namespace centralita::stage
