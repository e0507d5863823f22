#include "sweeper.h"

#include <algorithm>

#include "centralita/base/status_macros.h"

namespace centralita::eventlog {
namespace {

// At most 16 MiB of batches a slice.
constexpr int kBatchesPerSlice = 64;
constexpr int kTombstonesPerSlice = 500;

}  // namespace

Sweeper::Sweeper(LogState& state, Writer& writer)
    : state_(state), writer_(writer), thread_(state.options.sweep_interval, [this] { Sweep(); }) {}

void Sweeper::Sweep() {
  std::vector<Partition*> partitions;
  {
    const std::lock_guard lock(state_.mutex);
    partitions = state_.AllPartitions();
  }
  for (Partition* partition : partitions) {
    while (SweepSlice(*partition)) {
    }
  }
}

bool Sweeper::SweepSlice(Partition& partition) {
  StoredPartition after;
  bool sweep = false;
  base::TimePoint cutoff;
  {
    const std::lock_guard lock(state_.mutex);
    const base::Duration keep =
        partition.compacted ? state_.options.tombstone_retention : partition.retention;
    sweep = keep.count() > 0 && partition.stored.begin < partition.stored.end;
    cutoff = state_.clock.Now() - keep;
  }
  if (!sweep) return false;
  const int limit = partition.compacted ? kTombstonesPerSlice : kBatchesPerSlice;
  int deleted = 0;
  const absl::Status status = writer_.Run(
      [&](LogFile& file) -> absl::Status {
        after = partition.stored;
        ABSL_ASSIGN_OR_RETURN(deleted, partition.compacted
                                           ? file.DeleteTombstones(after, cutoff, limit)
                                           : file.DeleteOlder(after, cutoff, limit));
        return absl::OkStatus();
      },
      [&] { partition.stored.begin = after.begin; });
  return status.ok() && deleted == limit;
}

}  // namespace centralita::eventlog
