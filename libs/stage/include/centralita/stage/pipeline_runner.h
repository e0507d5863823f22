// Runs a stateless step over a topic: consume, process, emit in order with an origin, commit what
// is acknowledged. At-least-once; readers drop repeats by the origin. The classifier's roles are
// such steps, and so are projections into the store (which emit nothing and are idempotent).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "centralita/base/clock.h"
#include "centralita/base/state_machine.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/stage/stage_runner.h"

namespace centralita::stage {

// Takes the outputs of one batch. Records are to be handled in order; outputs of record i before
// those of i + 1.
class PipelineOutputs {
 public:
  virtual ~PipelineOutputs() = default;
  // `value` without its origin. `topic` may be any topic; partition by key. Index counts per record
  // from 0.
  virtual void Emit(size_t record_index, std::string_view topic, std::string_view key,
                    const google::protobuf::MessageLite& value) = 0;
  // The record cannot be processed: to `dead-letter`, with its bytes and coordinates. `messages`:
  // see deadletter.proto.
  virtual void DeadLetter(size_t record_index, std::string_view reason, std::string_view detail,
                          uint32_t messages) = 0;
};

class PipelineLogic {
 public:
  virtual ~PipelineLogic() = default;
  // Handles a batch of one partition. UNAVAILABLE: nothing of it took effect, try the same batch
  // again (with backoff). Any other error stops the runner.
  virtual absl::Status Process(const eventlog::RecordBatch& batch, uint32_t log_epoch,
                               PipelineOutputs& outputs) = 0;
};

struct PipelineOptions {
  // Origin of outputs.
  StageId stage = StageId::kClassifier;
  std::string group;
  std::string member = "0";
  // InputTopicOf(stage); anything else is INVALID_ARGUMENT.
  std::string input_topic;
  base::Duration commit_interval{500};
  size_t max_unacknowledged = 200'000;
  // Records in one batch.
  size_t max_batch = 1000;
  // How long a record may wait in the log for others (eventlog::ConsumerOptions).
  base::Duration patience{0};
  // Told of what the runner gets over by itself, when it begins and not again while it lasts: the
  // log or what the logic needs is away, an append failed. May be null; outlives the runner.
  telemetry::Logger* logger = nullptr;
};

struct PipelineStats {
  uint64_t processed = 0;
  uint64_t outputs = 0;
  uint64_t dead_letters = 0;
  uint64_t retries = 0;
  // Polls that found the log away.
  uint64_t poll_failures = 0;
};

// Same rules of threads as StageRunner.
class PipelineRunner {
 public:
  static absl::StatusOr<std::unique_ptr<PipelineRunner>> Create(PipelineOptions options,
                                                                eventlog::EventLog& log,
                                                                const base::Clock& clock,
                                                                PipelineLogic& logic);
  virtual ~PipelineRunner() = default;
  virtual absl::StatusOr<size_t> Step(base::Duration max_wait) = 0;
  virtual absl::Status Drain(base::Duration limit) = 0;
  virtual void Wake() = 0;
  // Its group.
  virtual const std::string& Name() const = 0;
  virtual PipelineStats Stats() const = 0;
  virtual absl::Status Health() const = 0;
  // True once the group has given it its partitions and each has been processed up to where the log
  // ended when it was assigned. Who is given none has nothing to catch up with.
  virtual bool CaughtUp() const = 0;
};

class PipelineThread {
 public:
  static std::unique_ptr<PipelineThread> Start(std::unique_ptr<PipelineRunner> runner);
  virtual ~PipelineThread() = default;
  virtual PipelineRunner& runner() = 0;
  virtual absl::Status Stop(base::Duration drain_limit) = 0;
};

}  // namespace centralita::stage
