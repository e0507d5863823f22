// Full states of stages in the topic `snapshots`: written as a copy of the store's checkpoint, read
// when the store has none.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/store/store.h"
#include "checkpoint.h"
#include "snapshot_shelf.h"

namespace centralita::stage {

struct SnapshotTask {
  std::string group;
  uint32_t partition = 0;
  // The checkpoint that is to be copied.
  std::string header;
  // None is written while the newest complete one is younger.
  base::Duration interval{0};
  // As in StageOptions.
  int days = 0;
};

// How things stand after a task.
struct SnapshotState {
  // False: nothing was to be done.
  bool written = false;
  // The newest complete snapshot is a copy of the task's checkpoint.
  bool copied = false;
  // When it was written, by its writer's clock.
  int64_t written_unix_ms = 0;
};

// Kept by an owner between its tasks, so that what lies on the shelf is read once; empty at first.
using KeptShelf = std::optional<SnapshotShelf>;

// Copies the checkpoint if that is due, and then deletes what need not be kept: all complete
// snapshots of this partition but the two newest and the first of each of the last days (UTC, by
// append time), and what is left of incomplete ones. ABORTED if the checkpoint changed meanwhile,
// CANCELLED if `cancel` was set; nothing of the copy counts then. Blocks; for a thread apart.
absl::StatusOr<SnapshotState> WriteSnapshot(eventlog::EventLog& log, store::Store& store,
                                            const base::Clock& clock, const SnapshotTask& task,
                                            const std::atomic<bool>& cancel, KeptShelf& shelf);

// Those with a manifest, oldest first. Reads the whole place.
absl::StatusOr<std::vector<ShelvedSnapshot>> ListSnapshots(eventlog::EventLog& log,
                                                           const std::string& group,
                                                           uint32_t partition);

// Gives its entries, sorted by key. DATA_LOSS if it is not whole; some were given by then.
absl::Status ReadSnapshot(eventlog::EventLog& log, const std::string& group, uint32_t partition,
                          const ShelvedSnapshot& snapshot, const LoadEntry& load);

}  // namespace centralita::stage
