// Collects what a pipeline makes of one batch. Nothing of it goes out before the whole batch has
// been processed, so that one that is tried again leaves nothing behind.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/stage/pipeline_runner.h"
#include "output_buffer.h"

namespace centralita::stage {

// Partitions of topics, asked for once. Not thread-safe.
class TopicSizes final {
 public:
  explicit TopicSizes(const eventlog::EventLog& log) : log_(log) {}
  struct Topic {
    // Lives as long as this.
    std::string_view name;
    uint32_t partitions = 1;
  };
  absl::StatusOr<Topic> Find(std::string_view topic);

 private:
  const eventlog::EventLog& log_;
  std::map<std::string, uint32_t, std::less<>> known_;
};

// Not thread-safe.
class PipelineCollector final : public PipelineOutputs {
 public:
  PipelineCollector(StageId stage, uint32_t log_epoch, uint32_t attempts,
                    const eventlog::RecordBatch& batch, TopicSizes& topics)
      : stage_(stage), log_epoch_(log_epoch), attempts_(attempts), batch_(batch), topics_(topics) {}

  void Emit(size_t record_index, std::string_view topic, std::string_view key,
            const google::protobuf::MessageLite& value) override;
  void DeadLetter(size_t record_index, std::string_view reason, std::string_view detail,
                  uint32_t messages) override;

  // Not OK if something could not be emitted: UNAVAILABLE (try again), NOT_FOUND (no such topic),
  // INTERNAL (out of order).
  const absl::Status& status() const { return status_; }
  uint64_t dead_letters() const { return dead_letters_; }
  OutputBuffer& outputs() { return outputs_; }

 private:
  const StageId stage_;
  const uint32_t log_epoch_;
  const uint32_t attempts_;
  const eventlog::RecordBatch& batch_;
  TopicSizes& topics_;
  OutputBuffer outputs_;
  size_t record_index_ = 0;
  uint32_t next_index_ = 0;
  uint64_t dead_letters_ = 0;
  absl::Status status_;
};

}  // namespace centralita::stage
