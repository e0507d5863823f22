// A stage partition's checkpoint in the store (docs/adr/0002-stages.md): header, entries, watermarks.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "centralita/snapshot/v1/snapshot.pb.h"
#include "centralita/store/store.h"
#include "entries.h"

namespace centralita::stage {

// "stage/<group>/<partition>".
std::string StorePartitionOf(std::string_view group, uint32_t partition);

struct StoredCheckpoint {
  snapshot::v1::CheckpointHeader header;
  // As stored: the condition of the next checkpoint.
  std::string header_bytes;
};

// Where loaded entries go, by their whole key ("e/..." or "w/...").
using LoadEntry = std::function<absl::Status(std::string_view key, std::string_view value)>;

// nullopt if there is none. DATA_LOSS if the header cannot be read.
absl::StatusOr<std::optional<StoredCheckpoint>> ReadHeader(store::Store& store, const std::string& partition);

// Reads all entries. ABORTED if another checkpoint was written meanwhile: begin again.
absl::Status ReadEntries(store::Store& store, const std::string& partition, const StoredCheckpoint& checkpoint,
                         const LoadEntry& load);

// Writes the changes and the new header if the header is still `previous` (nullopt: absent; everything that lies there
// is then deleted first). ABORTED if it is not. A commit whose answer got lost counts as written when the header says so.
absl::Status WriteCheckpoint(store::Store& store, const std::string& partition,
                             const std::optional<std::string>& previous, const std::string& header,
                             const ChangeSet& changes);

}  // namespace centralita::stage
