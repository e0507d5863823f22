// Restores a stage partition: from the store's checkpoint, else the newest usable snapshot, else
// from the beginning of its log.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/stage/stage_runner.h"
#include "centralita/store/store.h"
#include "owned_partition.h"

namespace centralita::stage {

// The format of entries and header that this binary writes and reads.
inline constexpr uint32_t kFormat = 1;

struct LoadPlace {
  std::string group;
  std::string input_topic;
  uint32_t log_epoch = 0;
  uint32_t partition = 0;
};

struct Loaded {
  StageState state;
  std::optional<std::string> stored_header;
  // The store's checkpoint was not used; the next one must be the whole state.
  bool write_whole = false;
  // The store is to be filled again at once.
  bool from_snapshot = false;
  uint64_t log_end = 0;
  // When the last complete snapshot that is known was written; 0 if none is.
  int64_t last_snapshot_unix_ms = 0;
  // What a new machine knows; a level above it is refused.
  uint32_t engine_level = 0;
  // What was got over, for the operator.
  std::vector<absl::Status> problems;
};

// UNAVAILABLE, ABORTED, DEADLINE_EXCEEDED: try again later. Anything else stops the partition and
// says what to do: FAILED_PRECONDITION (another epoch, a newer binary's state), OUT_OF_RANGE (what
// must be replayed is no longer kept).
absl::StatusOr<Loaded> LoadStage(eventlog::EventLog& log, store::Store& store,
                                 const LoadPlace& place, const MachineFactory& factory);

// What to say when the log does not keep the offset `next` any more, or does not have it yet.
absl::Status OffsetNotKept(const LoadPlace& place, uint64_t next, eventlog::OffsetRange range);

}  // namespace centralita::stage
