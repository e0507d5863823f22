// One partition that a runner owns: its machine, and how far state, outputs and checkpoint have come.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "centralita/base/state_machine.h"
#include "centralita/snapshot/v1/snapshot.pb.h"
#include "entries.h"
#include "watermarks.h"

namespace centralita::stage {

// A checkpoint on its way: taken from the state at next_offset, written once all outputs up to there are durable.
struct PendingCheckpoint {
  snapshot::v1::CheckpointHeader header;
  ChangeSet changes;
  // The number of the first output that is not in it.
  uint64_t outputs_before = 0;
  bool writing = false;
  std::chrono::steady_clock::time_point write_began;
};

struct OwnedPartition {
  uint32_t partition = 0;
  // Told apart from an earlier ownership of the same partition.
  uint64_t ownership = 0;
  std::unique_ptr<base::StateMachine> machine;
  Watermarks watermarks;
  uint64_t next_offset = 0;
  base::TimePoint now;
  std::chrono::steady_clock::time_point applied_at;

  // Where the log ended when it was assigned.
  uint64_t catch_up_to = 0;
  bool caught_up = false;

  // The header in the store: the condition of the next checkpoint.
  std::optional<std::string> stored_header;
  std::optional<PendingCheckpoint> pending;
  uint64_t applied_since_checkpoint = 0;
  std::chrono::steady_clock::time_point checkpointed_at;
  // The share of time that checkpoints may take (StageOptions).
  std::chrono::steady_clock::time_point checkpoint_not_before;
  std::chrono::steady_clock::time_point snapshot_at;
  bool snapshotting = false;

  bool tick_outstanding = false;
  std::chrono::steady_clock::time_point ticked_at;
};

}  // namespace centralita::stage
