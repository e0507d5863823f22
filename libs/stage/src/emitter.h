// Takes what a machine makes of one record.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "centralita/base/state_machine.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/stage/stage_runner.h"
#include "output_buffer.h"

namespace centralita::stage {

// Not thread-safe. One serves all records of a runner, one after another.
class Emitter final : public base::Outputs {
 public:
  // Looks up where outputs go. Not every stage writes everywhere: a topic that is missing is an
  // error when it is written to.
  static absl::StatusOr<std::unique_ptr<Emitter>> Create(const eventlog::EventLog& log);

  // The next outputs are those of that record, numbered from `source.index` on; updates are dropped
  // unless `notify`.
  void Begin(const SourceId& source, bool notify);

  void Emit(base::OutputTopic topic, std::string_view key,
            const google::protobuf::MessageLite& value) override;
  void Notify(const google::protobuf::MessageLite& update) override;

  // What was emitted since the last call.
  OutputBuffer TakeOutputs();
  const OutputBuffer& outputs() const { return outputs_; }
  // Of the present record.
  const Updates& updates() const { return updates_; }
  // The same, to be taken; what is left of them goes with the next Begin().
  Updates&& TakeUpdates() { return std::move(updates_); }
  uint64_t emitted() const { return emitted_; }
  // NOT_FOUND once something was emitted to a topic that is missing.
  const absl::Status& status() const { return status_; }

 private:
  Emitter() = default;

  // Partitions by topic; 0: missing.
  std::array<uint32_t, 7> partitions_{};
  SourceId source_;
  bool notify_ = false;
  OutputBuffer outputs_;
  Updates updates_;
  uint64_t emitted_ = 0;
  absl::Status status_;
};

}  // namespace centralita::stage
