// A stage partition's checkpoint in the store (docs/adr/0002-stages.md): header, entries,
// watermarks.
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

// Where loaded entries go, by their whole key ("e/..." or "w/...").
using LoadEntry = std::function<absl::Status(std::string_view key, std::string_view value)>;

// The header as stored: the condition of the next checkpoint. nullopt if there is none.
absl::StatusOr<std::optional<std::string>> ReadHeader(store::Store& store,
                                                      const std::string& partition);

// Reads all entries of the checkpoint with that header, sorted by key. ABORTED if another one was
// written meanwhile: begin again.
absl::Status ReadEntries(store::Store& store, const std::string& partition,
                         const std::string& header, const LoadEntry& load);

struct CheckpointWrite {
  // What the store must hold now.
  std::optional<std::string> previous;
  std::string header;
  Changes changes;
  // `changes` is the whole state: whatever else lies there is deleted.
  bool whole = false;
};

// All or nothing. ABORTED if the store holds another header than `previous`. A commit whose answer
// got lost counts as written when the header says so.
absl::Status WriteCheckpoint(store::Store& store, const std::string& partition,
                             const CheckpointWrite& write);

}  // namespace centralita::stage
