#include "checkpointer.h"

#include <algorithm>
#include <utility>

#include "backoff.h"
#include "centralita/base/uuid.h"
#include "loader.h"
#include "snapshots.h"

namespace centralita::stage {
namespace {

// How soon acks and results that a checkpoint waits for are looked at again.
constexpr base::Duration kLookAgain{20};

class Nowhere final : public base::EntrySink {
 public:
  void Put(std::string_view key, std::string_view value) override {}
  void Erase(std::string_view key) override {}
};

}  // namespace

Checkpointer::Checkpointer(const StageOptions& options, const StageDeps& deps, uint32_t log_epoch,
                           std::function<void()> wake)
    : options_(options),
      deps_(deps),
      log_epoch_(log_epoch),
      wake_(std::move(wake)),
      worker_(deps.background == nullptr ? std::make_unique<Worker>(options.group + "-w")
                                         : nullptr),
      background_(worker_ != nullptr ? *worker_ : *deps.background) {}

Checkpointer::~Checkpointer() { CancelSnapshots(); }

void Checkpointer::Turn(OwnedPartition& owned, const OutputQueue& outputs) {
  if (!owned.pending.has_value() && !owned.snapshotting && Due(owned)) Take(owned, outputs);
  if (owned.pending.has_value()) {
    Write(owned, outputs);
  } else {
    Snapshot(owned);
  }
}

bool Checkpointer::Due(const OwnedPartition& owned) const {
  if (owned.applied_since_checkpoint == 0) return false;
  const auto now = deps_.clock.Monotonic();
  if (now < owned.checkpoint_not_before) return false;
  return owned.applied_since_checkpoint >= options_.checkpoint_records ||
         now - owned.checkpointed_at >= options_.checkpoint_interval;
}

std::string Checkpointer::HeaderOf(const OwnedPartition& owned) const {
  snapshot::v1::CheckpointHeader header;
  header.set_stage(static_cast<common::v1::Stage>(options_.stage));
  header.set_partition(owned.partition);
  header.set_log_epoch(log_epoch_);
  header.set_next_offset(owned.state.next_offset);
  header.set_now_unix_ms(base::ToUnixMillis(owned.state.now));
  header.set_engine_level(owned.state.machine->EngineLevel());
  header.set_format(kFormat);
  header.set_nonce(base::RandomUuid());
  header.set_last_snapshot_unix_ms(owned.last_snapshot_unix_ms);
  return header.SerializeAsString();
}

void Checkpointer::Take(OwnedPartition& owned, const OutputQueue& outputs) {
  if (owned.pending.has_value() || owned.applied_since_checkpoint == 0) return;
  auto write = std::make_shared<CheckpointWrite>();
  write->previous = owned.stored_header;
  write->header = HeaderOf(owned);
  write->whole = owned.write_whole;
  StageState& state = owned.state;
  ChangeSink machine(kMachinePrefix, write->changes);
  ChangeSink watermarks(kWatermarkPrefix, write->changes);
  if (owned.write_whole) {
    // The changes are among the whole; they are taken so that they do not come again.
    Nowhere nowhere;
    state.machine->TakeChanges(nowhere);
    state.watermarks.TakeChanges(nowhere);
    state.machine->ForEachEntry(machine);
    state.watermarks.ForEachEntry(watermarks);
  } else {
    state.machine->TakeChanges(machine);
    state.watermarks.TakeChanges(watermarks);
  }
  PendingCheckpoint& pending = owned.pending.emplace();
  pending.write = std::move(write);
  pending.next_offset = state.next_offset;
  pending.outputs_before = outputs.next();
  owned.applied_since_checkpoint = 0;
  owned.checkpointed_at = deps_.clock.Monotonic();
}

// The changes stay in `pending` until the store has them, and newer ones wait in the machine, which
// keeps a changed entry once however often it changes: memory is bounded by the state.
void Checkpointer::Write(OwnedPartition& owned, const OutputQueue& outputs) {
  PendingCheckpoint& pending = *owned.pending;
  if (pending.writing || owned.snapshotting || deps_.clock.Monotonic() < pending.retry_at ||
      outputs.first_unacknowledged() < pending.outputs_before) {
    return;
  }
  pending.writing = true;
  pending.write_began = deps_.clock.Monotonic();
  Submit({.partition = owned.partition,
          .ownership = owned.ownership,
          .snapshot = false,
          .header = pending.write->header,
          .status = {},
          .state = {}},
         [this, place = StorePartitionOf(options_.group, owned.partition), write = pending.write](
             Result& result) { result.status = WriteCheckpoint(deps_.store, place, *write); });
}

void Checkpointer::Snapshot(OwnedPartition& owned) {
  if (owned.snapshotting || !owned.stored_header.has_value() || owned.write_whole ||
      *owned.stored_header == owned.snapshot_of ||
      deps_.clock.Monotonic() - owned.snapshot_at < options_.snapshot_interval) {
    return;
  }
  owned.snapshotting = true;
  SnapshotTask task{.group = options_.group,
                    .partition = owned.partition,
                    .header = *owned.stored_header,
                    .interval = options_.snapshot_interval,
                    .days = options_.snapshot_days};
  Submit({.partition = owned.partition,
          .ownership = owned.ownership,
          .snapshot = true,
          .header = *owned.stored_header,
          .status = {},
          .state = {}},
         [this, task = std::move(task), shelf = owned.shelf](Result& result) {
           auto state = WriteSnapshot(deps_.log, deps_.store, deps_.clock, task, cancel_, *shelf);
           result.status = state.status();
           if (state.ok()) result.state = *state;
         });
}

void Checkpointer::Submit(Result result, std::function<void(Result&)> job) {
  background_.Run([this, results = results_, result = std::move(result), job = std::move(job)] {
    Result done = result;
    job(done);
    {
      const std::scoped_lock lock(results->mutex);
      results->results.push_back(std::move(done));
    }
    results->changed.notify_all();
    wake_();
  });
}

std::vector<uint32_t> Checkpointer::TakeResults(Owned& owned) {
  std::vector<Result> results;
  {
    const std::scoped_lock lock(results_->mutex);
    results.swap(results_->results);
  }
  std::vector<uint32_t> reload;
  for (const Result& result : results) {
    const auto found = owned.find(result.partition);
    const bool ours = found != owned.end() && found->second.ownership == result.ownership;
    if (result.snapshot) {
      if (result.state.written) ++snapshots_;
      if (ours) TakeSnapshot(found->second, result);
    } else if (ours && TakeCheckpoint(found->second, result)) {
      reload.push_back(result.partition);
    }
    last_error_ = absl::IsAborted(result.status) ? absl::OkStatus() : result.status;
  }
  return reload;
}

bool Checkpointer::TakeCheckpoint(OwnedPartition& owned, const Result& result) {
  if (result.status.ok()) {
    ++checkpoints_;
    const auto now = deps_.clock.Monotonic();
    const int percent = std::clamp(options_.checkpoint_duty_percent, 1, 100);
    const auto rest = (now - owned.pending->write_began) * (100 - percent) / percent;
    // One that took very long, or a clock that was moved, must not put the next one off for ever.
    owned.checkpoint_not_before = now + std::min<OwnedPartition::Monotonic::duration>(
                                            rest, 10 * options_.checkpoint_interval);
    owned.stored_header = result.header;
    owned.stored_offset = owned.pending->next_offset;
    owned.write_whole = false;
    owned.pending.reset();
    return false;
  }
  ++failures_;
  PendingCheckpoint& pending = *owned.pending;
  pending.writing = false;
  pending.retry_at =
      deps_.clock.Monotonic() + BackoffOf(pending.failures++, owned.state.next_offset);
  return absl::IsAborted(result.status);
}

void Checkpointer::TakeSnapshot(OwnedPartition& owned, const Result& result) {
  owned.snapshotting = false;
  if (result.status.ok()) {
    if (result.state.copied) owned.snapshot_of = result.header;
    NoteSnapshot(owned, result.state.written_unix_ms);
  } else {
    // Not at once, but long before the next one is due.
    owned.snapshot_at = deps_.clock.Monotonic() - options_.snapshot_interval +
                        std::max(options_.snapshot_interval / 10, base::Duration(1000));
  }
}

// By the age of the snapshot and not by that of this ownership: a process that is restarted more
// often than snapshots are due writes them all the same.
void Checkpointer::NoteSnapshot(OwnedPartition& owned, int64_t written_unix_ms) const {
  owned.last_snapshot_unix_ms = written_unix_ms;
  const auto age = deps_.clock.Now() - base::FromUnixMillis(written_unix_ms);
  const bool fresh =
      written_unix_ms != 0 && age >= base::Duration(0) && age < options_.snapshot_interval;
  owned.snapshot_at =
      deps_.clock.Monotonic() -
      (fresh ? std::chrono::duration_cast<base::Duration>(age) : options_.snapshot_interval);
}

void Checkpointer::WaitForResult(base::Duration limit) {
  background_.BeforeWaiting();
  std::unique_lock lock(results_->mutex);
  results_->changed.wait_for(lock, limit, [this] { return !results_->results.empty(); });
}

base::Duration Checkpointer::WaitTime(const OwnedPartition& owned, base::Duration longest) const {
  if (owned.pending.has_value()) {
    return owned.pending->writing ? longest : std::min(longest, kLookAgain);
  }
  if (owned.applied_since_checkpoint == 0 || owned.snapshotting) return longest;
  const auto due =
      std::max(owned.checkpointed_at + options_.checkpoint_interval, owned.checkpoint_not_before);
  const auto left = std::chrono::ceil<base::Duration>(due - deps_.clock.Monotonic());
  return std::clamp(left, base::Duration(0), std::max(longest, base::Duration(0)));
}

}  // namespace centralita::stage
