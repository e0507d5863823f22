// Takes checkpoints and snapshots of owned partitions when they are due, and has them written on a
// thread apart.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "centralita/stage/stage_runner.h"
#include "output_queue.h"
#include "owned_partition.h"
#include "snapshots.h"
#include "worker.h"

namespace centralita::stage {

// All methods belong to the runner's thread.
class Checkpointer final {
 public:
  using Owned = std::map<uint32_t, OwnedPartition>;

  // `wake` is called on another thread when something has been written or has failed.
  Checkpointer(const StageOptions& options, const StageDeps& deps, uint32_t log_epoch,
               std::function<void()> wake);
  ~Checkpointer();

  // Takes a checkpoint or a snapshot if one is due, and writes what may be written: a checkpoint
  // when all outputs before it are acknowledged.
  void Turn(OwnedPartition& owned, const OutputQueue& outputs);
  // Takes the present state, if nothing is on its way and it differs from the checkpoint.
  void Take(OwnedPartition& owned, const OutputQueue& outputs);
  // The last complete snapshot that is known of was written then; 0: none is known.
  void NoteSnapshot(OwnedPartition& owned, int64_t written_unix_ms) const;
  // How long until Turn() may have something to do, at most `longest`.
  base::Duration WaitTime(const OwnedPartition& owned, base::Duration longest) const;

  // Takes in what has been written. Returns the partitions whose checkpoint was refused since the
  // store holds another one: they are to be loaded again.
  std::vector<uint32_t> TakeResults(Owned& owned);
  // Waits for a result, at most `limit`.
  void WaitForResult(base::Duration limit);
  // Abandons a snapshot that is being written.
  void CancelSnapshots() { cancel_ = true; }

  uint64_t checkpoints() const { return checkpoints_; }
  uint64_t failures() const { return failures_; }
  uint64_t snapshots() const { return snapshots_; }
  // Why the last checkpoint or snapshot could not be written; OK since the last success.
  const absl::Status& last_error() const { return last_error_; }

 private:
  struct Result {
    uint32_t partition = 0;
    uint64_t ownership = 0;
    bool snapshot = false;
    std::string header;
    absl::Status status;
    // Of a snapshot, if `status` is OK.
    SnapshotState state;
  };
  // Shared with jobs that are still queued.
  struct Results {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Result> results;
  };

  bool Due(const OwnedPartition& owned) const;
  std::string HeaderOf(const OwnedPartition& owned) const;
  void Write(OwnedPartition& owned, const OutputQueue& outputs);
  void Snapshot(OwnedPartition& owned);
  void Submit(Result result, std::function<void(Result&)> job);
  // True if the partition is to be loaded again.
  bool TakeCheckpoint(OwnedPartition& owned, const Result& result);
  void TakeSnapshot(OwnedPartition& owned, const Result& result);

  const StageOptions& options_;
  const StageDeps& deps_;
  const uint32_t log_epoch_;
  const std::function<void()> wake_;
  uint64_t checkpoints_ = 0;
  uint64_t failures_ = 0;
  uint64_t snapshots_ = 0;
  absl::Status last_error_;
  std::atomic<bool> cancel_{false};
  const std::shared_ptr<Results> results_ = std::make_shared<Results>();
  // Last: its jobs use all of the above. Null if `background_` is somebody else's.
  const std::unique_ptr<Worker> worker_;
  Background& background_;
};

}  // namespace centralita::stage
