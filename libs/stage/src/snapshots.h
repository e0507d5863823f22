// Full states of stages in the topic `snapshots`: written as a copy of the store's checkpoint, read
// when the store has none.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/store/store.h"
#include "checkpoint.h"
#include "snapshot_shelf.h"

namespace centralita::stage {

// Copies the checkpoint with that header, then deletes all but the two newest complete snapshots of
// this partition. ABORTED if the checkpoint changed meanwhile, CANCELLED if `cancel` was set;
// nothing of the copy counts then. Blocks; for a thread apart.
absl::Status WriteSnapshot(eventlog::EventLog& log, store::Store& store, const base::Clock& clock,
                           const std::string& group, uint32_t partition, const std::string& header,
                           const std::atomic<bool>& cancel);

// Those with a manifest, oldest first.
absl::StatusOr<std::vector<ShelvedSnapshot>> ListSnapshots(eventlog::EventLog& log,
                                                           const std::string& group,
                                                           uint32_t partition);

// Gives its entries, sorted by key. DATA_LOSS if it is not whole; some were given by then.
absl::Status ReadSnapshot(eventlog::EventLog& log, const std::string& group, uint32_t partition,
                          const ShelvedSnapshot& snapshot, const LoadEntry& load);

}  // namespace centralita::stage
