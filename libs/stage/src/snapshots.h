// Full states of stages in the topic `snapshots`: written as a copy of the store's checkpoint, read when the store has
// none.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/snapshot/v1/snapshot.pb.h"
#include "centralita/store/store.h"
#include "checkpoint.h"

namespace centralita::stage {

// Copies the checkpoint whose header is `checkpoint`, then deletes all but the two newest complete snapshots of this
// partition. ABORTED if the checkpoint changed meanwhile; nothing of the copy counts then. Blocks; for a thread apart.
absl::Status WriteSnapshot(eventlog::EventLog& log, store::Store& store, const base::Clock& clock,
                           const std::string& group, uint32_t partition, const StoredCheckpoint& checkpoint);

// Loads the newest complete and undamaged snapshot of that epoch. `begin` is called before the entries of each one that
// is tried. Returns its header; nullopt if there is none.
absl::StatusOr<std::optional<snapshot::v1::CheckpointHeader>> LoadSnapshot(
    eventlog::EventLog& log, const std::string& group, uint32_t partition, uint32_t log_epoch,
    const std::function<void()>& begin, const LoadEntry& load);

}  // namespace centralita::stage
