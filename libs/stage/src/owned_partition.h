// One partition that a runner owns: its machine, and how far state, outputs and checkpoint have
// come.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "centralita/base/state_machine.h"
#include "checkpoint.h"
#include "snapshots.h"
#include "watermarks.h"

namespace centralita::stage {

// What a load gives, and applying goes on with.
struct StageState {
  std::unique_ptr<base::StateMachine> machine;
  Watermarks watermarks;
  uint64_t next_offset = 0;
  // `now` of the last record.
  base::TimePoint now;
};

// A checkpoint on its way: taken from the state at next_offset, written once all outputs up to
// there are durable.
struct PendingCheckpoint {
  std::shared_ptr<const CheckpointWrite> write;
  uint64_t next_offset = 0;
  // The number of the first output that is not in it.
  uint64_t outputs_before = 0;
  bool writing = false;
  std::chrono::steady_clock::time_point write_began;
  int failures = 0;
  std::chrono::steady_clock::time_point retry_at;
};

enum class Phase { kLoading, kRunning, kStopped };

struct OwnedPartition {
  using Monotonic = std::chrono::steady_clock::time_point;

  uint32_t partition = 0;
  // Told apart from an earlier ownership or load of the same partition.
  uint64_t ownership = 0;
  Phase phase = Phase::kLoading;
  // When the group gave it.
  Monotonic assigned_at;
  int load_failures = 0;
  Monotonic load_at;

  StageState state;
  // An estimate of the log's time: then, it was this.
  base::TimePoint base_now;
  Monotonic base_at;
  // Until then a record that says less is believed to have been read late.
  Monotonic base_until;

  // Where the log ended when it was loaded.
  uint64_t catch_up_to = 0;
  bool caught_up = false;
  // The observer has heard that it is lost.
  bool told_lost = false;

  // The header in the store: the condition of the next checkpoint.
  std::optional<std::string> stored_header;
  // What that header covers, and what of it the group committed.
  uint64_t stored_offset = 0;
  uint64_t committed_offset = 0;
  // The store has nothing of use: the next checkpoint is the whole state.
  bool write_whole = false;
  std::optional<PendingCheckpoint> pending;
  uint64_t applied_since_checkpoint = 0;
  Monotonic checkpointed_at;
  // The share of time that checkpoints may take (StageOptions).
  Monotonic checkpoint_not_before;
  // The checkpoint of which the last snapshot is a copy.
  std::string snapshot_of;
  // When that was, 0 if never; in this process's time, and moved so that the next one is due an
  // interval later.
  int64_t last_snapshot_unix_ms = 0;
  Monotonic snapshot_at;
  // For the thread that writes snapshots.
  std::shared_ptr<KeptShelf> shelf = std::make_shared<KeptShelf>();
  bool snapshotting = false;

  bool tick_outstanding = false;
  Monotonic tick_at;
};

}  // namespace centralita::stage
