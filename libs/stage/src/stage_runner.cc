// Above 350 lines: the turn of a runner is one thing, and its parts (outputs, checkpoints, loading, ticks) share the
// partition's state; what stands alone is in files of its own.
#include "centralita/stage/stage_runner.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <google/protobuf/message_lite.h>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/base/uuid.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/deadletter/v1/deadletter.pb.h"
#include "centralita/routing/v1/routing.pb.h"
#include "checkpoint.h"
#include "origin.h"
#include "output_queue.h"
#include "owned_partition.h"
#include "snapshots.h"
#include "worker.h"

namespace centralita::stage {
namespace {

// The format of entries and header that this binary writes and reads.
constexpr uint32_t kFormat = 1;
constexpr base::Duration kStoreRetry{200};
constexpr base::Duration kRevokeLimit{2000};
constexpr base::Duration kAckWait{20};
constexpr int kCheckpointsPerCommit = 5;

std::string TickFor(StageId stage) {
  if (stage == StageId::kRoute) {
    routing::v1::RoutingRecord record;
    record.mutable_tick();
    return record.SerializeAsString();
  }
  commands::v1::Command command;
  command.mutable_tick();
  return command.SerializeAsString();
}

class Runner final : public StageRunner {
 public:
  Runner(StageOptions options, StageDeps deps, MachineFactory factory)
      : options_(std::move(options)), deps_(deps), factory_(std::move(factory)), tick_(TickFor(options_.stage)) {}

  ~Runner() override {
    // Jobs of the worker and acks of ticks refer to this.
    worker_.reset();
    if (ticks_ != nullptr) ticks_->Flush(kRevokeLimit).IgnoreError();
  }

  absl::Status Open() {
    if (options_.group.empty()) options_.group = std::string(StageName(options_.stage));
    ABSL_ASSIGN_OR_RETURN(input_, deps_.log.Describe(options_.input_topic));
    for (const base::OutputTopic topic :
         {base::OutputTopic::kRouting, base::OutputTopic::kCommands, base::OutputTopic::kEvents,
          base::OutputTopic::kOutbound, base::OutputTopic::kIdentity, base::OutputTopic::kProfiles,
          base::OutputTopic::kDeadLetter}) {
      const std::string name(base::topics::NameOf(topic));
      const auto info = deps_.log.Describe(name);
      // Not every stage writes everywhere: a topic that is missing is an error when it is written to.
      if (info.ok()) partitions_[topic] = info->spec.partitions;
    }
    ABSL_ASSIGN_OR_RETURN(outputs_, OutputQueue::Create(deps_.log, deps_.clock, options_.group));
    ABSL_ASSIGN_OR_RETURN(ticks_, deps_.log.NewProducer({.name = options_.group + "-ticks", .gapless = false}));
    ABSL_ASSIGN_OR_RETURN(consumer_, deps_.log.Join(options_.group, options_.member, {options_.input_topic}, {}));
    worker_ = std::make_unique<Worker>(options_.group + "-w");
    return absl::OkStatus();
  }

  absl::StatusOr<size_t> Step(base::Duration max_wait) override {
    if (absl::Status health = Health(); !health.ok()) return health;
    RunJobs();
    RunFinished();
    outputs_->Advance();
    const size_t before = stats_.applied;
    if (outputs_->size() >= options_.max_unacknowledged) {
      outputs_->WaitForAck(std::min(max_wait, kAckWait));
    } else {
      auto polled = consumer_->Poll(WaitTime(max_wait));
      if (!polled.ok()) return Stop(polled.status());
      for (const auto& revoked : polled->revoked) Revoke(revoked.partition);
      for (const auto& assigned : polled->assigned) {
        if (absl::Status status = Assign(assigned.partition.partition); !status.ok()) return Stop(status);
      }
      for (const auto& batch : polled->batches) {
        if (absl::Status status = ApplyBatch(batch); !status.ok()) return Stop(status);
      }
    }
    outputs_->Advance();
    for (auto& [number, owned] : owned_) {
      NoteCaughtUp(owned);
      Checkpoint(owned);
      Tick(owned);
    }
    Publish();
    return stats_.applied - before;
  }

  absl::Status Drain(base::Duration limit) override {
    const auto until = deps_.clock.Monotonic() + limit;
    FinishOutputs(until);
    for (auto& [number, owned] : owned_) FinishCheckpoint(owned, until);
    const bool all = outputs_->size() == 0;
    while (!owned_.empty()) Forget(owned_.begin()->first);
    consumer_->Close();
    worker_.reset();
    Publish();
    return all ? absl::OkStatus()
               : absl::DeadlineExceededError(fmt::format(
                     "{}: {} outputs were not acknowledged in time; they are made again from the last checkpoint.",
                     options_.group, outputs_->size()));
  }

  void Post(std::function<void(std::vector<Partition>&)> job) override {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  void Wake() override { consumer_->Wake(); }
  const std::string& Name() const override { return options_.group; }
  StageStats Stats() const override {
    const std::scoped_lock lock(mutex_);
    return published_;
  }
  absl::Status Health() const override {
    const std::scoped_lock lock(mutex_);
    return health_;
  }

 private:
  // Gives what one record makes to the queue.
  class Collector final : public base::Outputs {
   public:
    Collector(Runner& runner, const OwnedPartition& owned, uint64_t offset)
        : runner_(runner), owned_(owned), offset_(offset) {}

    void Emit(base::OutputTopic topic, std::string_view key, const google::protobuf::MessageLite& value) override {
      const SourceId source{.stage = static_cast<uint32_t>(runner_.options_.stage),
                            .log_epoch = runner_.input_.epoch,
                            .partition = owned_.partition,
                            .offset = offset_,
                            .index = index_++};
      ++runner_.stats_.outputs;
      const auto partitions = runner_.partitions_.find(topic);
      const uint32_t count = partitions == runner_.partitions_.end() ? 1 : partitions->second;
      runner_.outputs_->Push({.topic = std::string(base::topics::NameOf(topic)),
                              .partition = base::PartitionOf(key, count),
                              .key = std::string(key),
                              .value = WithSource(source, value),
                              .tombstone = false});
    }

    void Notify(const google::protobuf::MessageLite& update) override {
      if (!owned_.caught_up || runner_.deps_.observer == nullptr) return;
      auto copy = std::unique_ptr<google::protobuf::MessageLite>(update.New());
      copy->CheckTypeAndMergeFrom(update);
      updates_.push_back(std::move(copy));
    }

    void Deliver() {
      if (!updates_.empty()) runner_.deps_.observer->OnNotified(owned_.partition, offset_, updates_);
    }

   private:
    Runner& runner_;
    const OwnedPartition& owned_;
    const uint64_t offset_;
    uint32_t index_ = 0;
    std::vector<std::unique_ptr<google::protobuf::MessageLite>> updates_;
  };

  // ---- applying

  absl::Status ApplyBatch(const eventlog::RecordBatch& batch) {
    const auto found = owned_.find(batch.source().partition);
    if (found == owned_.end()) return absl::OkStatus();
    OwnedPartition& owned = found->second;
    for (const eventlog::Record& record : batch.records()) {
      if (record.offset < owned.next_offset) continue;
      if (owned.machine->EngineLevel() > max_level_) return EngineTooNew(owned);
      ApplyOne(owned, record);
    }
    owned.applied_at = deps_.clock.Monotonic();
    return owned.machine->EngineLevel() > max_level_ ? EngineTooNew(owned) : absl::OkStatus();
  }

  void ApplyOne(OwnedPartition& owned, const eventlog::Record& record) {
    owned.now = std::max(owned.now, record.append_time);
    owned.next_offset = record.offset + 1;
    ++owned.applied_since_checkpoint;
    if (record.value == tick_) owned.tick_outstanding = false;
    const Origin origin = ReadOrigin(record.value);
    Collector outputs(*this, owned, record.offset);
    if (origin.kind != Origin::Kind::kDamaged) {
      if (!owned.watermarks.Advance(origin, owned.now)) {
        ++stats_.repeats;
        return;
      }
      const base::InputRecord input{.partition = owned.partition,
                                    .offset = record.offset,
                                    .now = owned.now,
                                    .key = record.key,
                                    .value = record.value};
      ++stats_.applied;
      if (owned.machine->Apply(input, outputs) == base::ApplyResult::kApplied) {
        outputs.Deliver();
        return;
      }
    }
    DeadLetter(owned, record, outputs);
  }

  void DeadLetter(const OwnedPartition& owned, const eventlog::Record& record, Collector& outputs) {
    ++stats_.undecodable;
    deadletter::v1::DeadLetterRecord letter;
    deadletter::v1::DeadLetter& out = *letter.mutable_letter();
    out.mutable_coordinates()->set_topic(options_.input_topic);
    out.mutable_coordinates()->set_partition(owned.partition);
    out.mutable_coordinates()->set_offset(record.offset);
    out.set_original_key(std::string(record.key));
    out.set_original_value(std::string(record.value));
    out.set_reason("undecodable");
    out.set_detail(fmt::format("These {} bytes are no record of {}.", record.value.size(), options_.input_topic));
    out.set_stage(std::string(StageName(options_.stage)));
    out.set_attempts(1);
    out.set_at_unix_ms(base::ToUnixMillis(owned.now));
    outputs.Emit(base::OutputTopic::kDeadLetter, record.key, letter);
  }

  absl::Status EngineTooNew(const OwnedPartition& owned) {
    return base::Error(absl::StatusCode::kFailedPrecondition, "engine_level",
                       fmt::format("{} partition {}: the log asks for engine level {}, and this binary knows {}. Run a "
                                   "newer version.",
                                   options_.group, owned.partition, owned.machine->EngineLevel(), max_level_));
  }

  // ---- owning

  absl::Status Assign(uint32_t partition) {
    OwnedPartition& owned = owned_[partition];
    owned = OwnedPartition();
    owned.partition = partition;
    owned.ownership = ++ownerships_;
    while (true) {
      const absl::Status status = Load(owned);
      if (status.ok()) break;
      if (!absl::IsUnavailable(status) && !absl::IsAborted(status) && !absl::IsDeadlineExceeded(status)) return status;
      std::unique_lock lock(mutex_);
      pause_.wait_for(lock, kStoreRetry);
    }
    const eventlog::TopicPartition place{options_.input_topic, partition};
    ABSL_ASSIGN_OR_RETURN(const auto range, deps_.log.Offsets(place));
    if (owned.next_offset < range.begin || owned.next_offset > range.end) {
      return base::Error(
          absl::StatusCode::kOutOfRange, "offset_out_of_range",
          fmt::format("{} partition {} must go on at offset {} of {}, and the log keeps {} to {}. Restore the log, or a "
                      "snapshot that fits it; skipping would lose records.",
                      options_.group, partition, owned.next_offset, options_.input_topic, range.begin, range.end));
    }
    owned.catch_up_to = range.end;
    owned.applied_at = deps_.clock.Monotonic();
    owned.checkpointed_at = owned.applied_at;
    owned.snapshot_at = owned.applied_at;
    return consumer_->Seek(place, owned.next_offset);
  }

  absl::Status Load(OwnedPartition& owned) {
    const std::string store_partition = StorePartitionOf(options_.group, owned.partition);
    const auto begin = [&] {
      owned.machine = factory_(owned.partition);
      owned.watermarks = Watermarks();
    };
    const LoadEntry load = [&](std::string_view key, std::string_view value) {
      if (key.starts_with(kMachinePrefix)) return owned.machine->Load(key.substr(kMachinePrefix.size()), value);
      return owned.watermarks.Load(key.substr(kWatermarkPrefix.size()), value);
    };
    begin();
    max_level_ = std::max(max_level_, owned.machine->EngineLevel());
    ABSL_ASSIGN_OR_RETURN(const auto stored, ReadHeader(deps_.store, store_partition));
    std::optional<snapshot::v1::CheckpointHeader> header;
    owned.stored_header.reset();
    if (stored.has_value()) {
      owned.stored_header = stored->header_bytes;
      header = stored->header;
      ABSL_RETURN_IF_ERROR(CheckHeader(owned.partition, *header));
      ABSL_RETURN_IF_ERROR(ReadEntries(deps_.store, store_partition, *stored, load));
    } else {
      ABSL_ASSIGN_OR_RETURN(header, LoadSnapshot(deps_.log, options_.group, owned.partition, input_.epoch, begin, load));
      if (header.has_value()) ABSL_RETURN_IF_ERROR(CheckHeader(owned.partition, *header));
      // All of it goes into the next checkpoint, since the store has nothing.
      owned.pending.emplace();
    }
    ABSL_RETURN_IF_ERROR(owned.machine->LoadDone());
    if (header.has_value()) {
      owned.next_offset = header->next_offset();
      owned.now = base::FromUnixMillis(header->now_unix_ms());
    } else {
      ABSL_ASSIGN_OR_RETURN(const auto range, deps_.log.Offsets({options_.input_topic, owned.partition}));
      if (range.begin > 0) owned.next_offset = 0;  // Assign() says what is missing.
      owned.now = base::TimePoint();
    }
    if (owned.pending.has_value()) {
      owned.pending.reset();
      if (header.has_value()) TakeWholeState(owned);
    }
    return absl::OkStatus();
  }

  absl::Status CheckHeader(uint32_t partition, const snapshot::v1::CheckpointHeader& header) const {
    const auto refuse = [&](std::string_view what) {
      return base::Error(absl::StatusCode::kFailedPrecondition, "checkpoint_mismatch",
                         fmt::format("{} partition {}: {}", options_.group, partition, what));
    };
    if (header.log_epoch() != input_.epoch) {
      return refuse(fmt::format("the checkpoint is of epoch {} of {}, and the log is of epoch {}. The log was created "
                                "anew: empty the store too, or restore the log that belongs to it.",
                                header.log_epoch(), options_.input_topic, input_.epoch));
    }
    if (header.format() > kFormat) return refuse("the checkpoint was written by a newer version. Run that one.");
    if (header.engine_level() > max_level_) return refuse("the checkpoint is of a higher engine level. Run a newer version.");
    return absl::OkStatus();
  }

  void Revoke(uint32_t partition) {
    const auto found = owned_.find(partition);
    if (found == owned_.end()) return;
    const auto until = deps_.clock.Monotonic() + kRevokeLimit;
    FinishOutputs(until);
    FinishCheckpoint(found->second, until);
    Forget(partition);
  }

  void Forget(uint32_t partition) {
    if (deps_.observer != nullptr) deps_.observer->OnLost(partition);
    owned_.erase(partition);
  }

  // Somebody else has written a checkpoint, or the store is another one: what the store says is taken.
  void Reload(uint32_t partition) {
    ++stats_.reloads;
    if (deps_.observer != nullptr) deps_.observer->OnLost(partition);
    if (absl::Status status = Assign(partition); !status.ok()) Stop(status).IgnoreError();
  }

  void NoteCaughtUp(OwnedPartition& owned) {
    if (owned.caught_up || owned.next_offset < owned.catch_up_to) return;
    owned.caught_up = true;
    if (deps_.observer == nullptr) return;
    Partition view = View(owned);
    deps_.observer->OnCaughtUp(view);
  }

  // ---- checkpoints

  void Checkpoint(OwnedPartition& owned) {
    if (owned.pending.has_value()) {
      WritePending(owned);
      return;
    }
    const auto now = deps_.clock.Monotonic();
    const bool due = now >= owned.checkpoint_not_before &&
                     (now - owned.checkpointed_at >= options_.checkpoint_interval ||
                      owned.applied_since_checkpoint >= options_.checkpoint_records);
    if (owned.snapshotting || !due || owned.applied_since_checkpoint == 0) {
      Snapshot(owned);
      return;
    }
    TakePending(owned);
    WritePending(owned);
  }

  void TakePending(OwnedPartition& owned) {
    PendingCheckpoint& pending = owned.pending.emplace();
    FillHeader(owned, pending.header);
    pending.outputs_before = outputs_->next();
    pending.changes.set_prefix(std::string(kMachinePrefix));
    owned.machine->TakeChanges(pending.changes);
    pending.changes.set_prefix(std::string(kWatermarkPrefix));
    owned.watermarks.TakeChanges(pending.changes);
    owned.applied_since_checkpoint = 0;
    owned.checkpointed_at = deps_.clock.Monotonic();
  }

  void TakeWholeState(OwnedPartition& owned) {
    PendingCheckpoint& pending = owned.pending.emplace();
    FillHeader(owned, pending.header);
    pending.outputs_before = outputs_->next();
    pending.changes.set_prefix(std::string(kMachinePrefix));
    owned.machine->ForEachEntry(pending.changes);
    pending.changes.set_prefix(std::string(kWatermarkPrefix));
    owned.watermarks.ForEachEntry(pending.changes);
  }

  void FillHeader(const OwnedPartition& owned, snapshot::v1::CheckpointHeader& header) const {
    header.set_stage(static_cast<common::v1::Stage>(options_.stage));
    header.set_partition(owned.partition);
    header.set_log_epoch(input_.epoch);
    header.set_next_offset(owned.next_offset);
    header.set_now_unix_ms(base::ToUnixMillis(owned.now));
    header.set_engine_level(owned.machine->EngineLevel());
    header.set_format(kFormat);
    header.set_nonce(base::RandomUuid());
  }

  bool MayWrite(const OwnedPartition& owned) const {
    return owned.pending.has_value() && !owned.pending->writing && !owned.snapshotting &&
           outputs_->first_unacknowledged() >= owned.pending->outputs_before;
  }

  void WritePending(OwnedPartition& owned) {
    if (!MayWrite(owned) || deps_.clock.Monotonic() < store_retry_at_) return;
    owned.pending->writing = true;
    owned.pending->write_began = deps_.clock.Monotonic();
    // The changes stay here until the store has them: the job gets what it needs by pointer, and the entry of owned_ is
    // not touched before the job's answer has been taken in.
    const auto changes = std::make_shared<ChangeSet>(std::move(owned.pending->changes));
    worker_->Run([this, partition = owned.partition, ownership = owned.ownership, previous = owned.stored_header,
                  header = owned.pending->header.SerializeAsString(), changes] {
      absl::Status status = WriteCheckpoint(deps_.store, StorePartitionOf(options_.group, partition), previous, header,
                                            *changes);
      Finished([this, partition, ownership, header, changes, status] {
        CheckpointWritten(partition, ownership, header, std::move(*changes), status);
      });
    });
  }

  void CheckpointWritten(uint32_t partition, uint64_t ownership, const std::string& header, ChangeSet changes,
                         const absl::Status& status) {
    const auto found = owned_.find(partition);
    if (found == owned_.end() || found->second.ownership != ownership) return;
    OwnedPartition& owned = found->second;
    if (status.ok()) {
      ++stats_.checkpoints;
      const auto now = deps_.clock.Monotonic();
      const auto took = now - owned.pending->write_began;
      owned.checkpoint_not_before = now + took * (100 / std::max(1, options_.checkpoint_duty_percent) - 1);
      owned.stored_header = header;
      owned.pending.reset();
      CommitForLag(owned, header);
      return;
    }
    ++stats_.checkpoint_failures;
    if (absl::IsAborted(status)) {
      Reload(partition);
      return;
    }
    // The store is away: the same checkpoint again, later. Newer changes wait in the machine, so memory stays bounded.
    owned.pending->changes = std::move(changes);
    owned.pending->writing = false;
    store_retry_at_ = deps_.clock.Monotonic() + kStoreRetry;
  }

  // The group's committed offset is for people who look at lag; an owner resumes from its checkpoint.
  void CommitForLag(OwnedPartition& owned, const std::string& header_bytes) {
    if (++checkpoints_since_commit_ < kCheckpointsPerCommit) return;
    checkpoints_since_commit_ = 0;
    snapshot::v1::CheckpointHeader header;
    if (!header.ParseFromString(header_bytes)) return;
    consumer_->Commit({options_.input_topic, owned.partition}, header.next_offset()).IgnoreError();
  }

  void Snapshot(OwnedPartition& owned) {
    const auto now = deps_.clock.Monotonic();
    if (owned.snapshotting || !owned.stored_header.has_value() || !owned.caught_up ||
        now - owned.snapshot_at < options_.snapshot_interval) {
      return;
    }
    owned.snapshot_at = now;
    owned.snapshotting = true;
    StoredCheckpoint checkpoint;
    checkpoint.header_bytes = *owned.stored_header;
    if (!checkpoint.header.ParseFromString(checkpoint.header_bytes)) return;
    worker_->Run([this, partition = owned.partition, ownership = owned.ownership, checkpoint] {
      const absl::Status status =
          WriteSnapshot(deps_.log, deps_.store, deps_.clock, options_.group, partition, checkpoint);
      Finished([this, partition, ownership, status] {
        const auto found = owned_.find(partition);
        if (status.ok()) ++stats_.snapshots;
        if (found != owned_.end() && found->second.ownership == ownership) found->second.snapshotting = false;
      });
    });
  }

  void FinishOutputs(std::chrono::steady_clock::time_point until) {
    while (outputs_->size() > 0 && deps_.clock.Monotonic() < until) {
      outputs_->Advance();
      if (outputs_->size() > 0) outputs_->WaitForAck(kAckWait);
    }
  }

  // Writes what is pending and then the present state, if there is time.
  void FinishCheckpoint(OwnedPartition& owned, std::chrono::steady_clock::time_point until) {
    const uint64_t reloads = stats_.reloads;
    const auto wait = [&] {
      while (owned.pending.has_value() && deps_.clock.Monotonic() < until && stats_.reloads == reloads) {
        outputs_->Advance();
        WritePending(owned);
        WaitFinished();
        RunFinished();
      }
    };
    wait();
    while (owned.snapshotting && deps_.clock.Monotonic() < until) {
      WaitFinished();
      RunFinished();
    }
    if (stats_.reloads != reloads || owned.pending.has_value() || owned.applied_since_checkpoint == 0) return;
    TakePending(owned);
    wait();
  }

  // ---- time

  base::TimePoint EstimatedNow(const OwnedPartition& owned) const {
    if (owned.next_offset == 0) return deps_.clock.Now();
    return owned.now + std::chrono::duration_cast<base::Duration>(deps_.clock.Monotonic() - owned.applied_at);
  }

  void Tick(OwnedPartition& owned) {
    if (!owned.caught_up) return;
    const base::TimePoint due = owned.machine->NextDue();
    if (due == base::kNever || due > EstimatedNow(owned)) return;
    const auto now = deps_.clock.Monotonic();
    if (now - owned.ticked_at < options_.min_tick_interval) return;
    owned.ticked_at = now;
    if (!options_.ticks) {
      if (deps_.observer == nullptr) return;
      Partition view = View(owned);
      deps_.observer->OnDue(view);
      return;
    }
    if (owned.tick_outstanding) return;
    owned.tick_outstanding = true;
    // One that is lost is found out by its ack, and sent again.
    const absl::Status taken = ticks_->Append(
        {.topic = options_.input_topic, .partition = owned.partition, .key = "", .value = tick_, .tombstone = false},
        [this, partition = owned.partition, ownership = owned.ownership](const absl::StatusOr<uint64_t>& offset) {
          if (offset.ok()) return;
          Finished([this, partition, ownership] {
            const auto found = owned_.find(partition);
            if (found != owned_.end() && found->second.ownership == ownership) found->second.tick_outstanding = false;
          });
        });
    if (!taken.ok()) owned.tick_outstanding = false;
    ++stats_.ticks;
  }

  base::Duration WaitTime(base::Duration longest) const {
    base::Duration wait = longest;
    for (const auto& [number, owned] : owned_) {
      if (!owned.caught_up) continue;
      const base::TimePoint due = owned.machine->NextDue();
      if (due == base::kNever) continue;
      wait = std::min(wait, std::max(due - EstimatedNow(owned), options_.min_tick_interval));
      if (owned.pending.has_value() && !owned.pending->writing) wait = std::min(wait, kAckWait);
    }
    return std::max(wait, base::Duration(0));
  }

  // ---- between threads

  Partition View(OwnedPartition& owned) {
    return {.partition = owned.partition,
            .next_offset = owned.next_offset,
            .now = EstimatedNow(owned),
            .machine = *owned.machine};
  }

  void RunJobs() {
    std::vector<std::function<void(std::vector<Partition>&)>> jobs;
    {
      const std::scoped_lock lock(mutex_);
      jobs.swap(jobs_);
    }
    if (jobs.empty()) return;
    std::vector<Partition> views;
    for (auto& [number, owned] : owned_) {
      if (owned.caught_up) views.push_back(View(owned));
    }
    for (const auto& job : jobs) job(views);
  }

  // Called on other threads: `then` runs on the stepping one.
  void Finished(std::function<void()> then) {
    {
      const std::scoped_lock lock(mutex_);
      finished_.push_back(std::move(then));
    }
    pause_.notify_all();
  }

  void RunFinished() {
    std::vector<std::function<void()>> finished;
    {
      const std::scoped_lock lock(mutex_);
      finished.swap(finished_);
    }
    for (const auto& then : finished) then();
  }

  void WaitFinished() {
    std::unique_lock lock(mutex_);
    pause_.wait_for(lock, kAckWait, [this] { return !finished_.empty(); });
  }

  absl::Status Stop(const absl::Status& status) {
    const std::scoped_lock lock(mutex_);
    health_.Update(status);
    return health_;
  }

  void Publish() {
    stats_.resent = outputs_->resent();
    const std::scoped_lock lock(mutex_);
    published_ = stats_;
  }

  StageOptions options_;
  const StageDeps deps_;
  const MachineFactory factory_;
  const std::string tick_;
  eventlog::TopicInfo input_;
  std::map<base::OutputTopic, uint32_t> partitions_;
  std::unique_ptr<OutputQueue> outputs_;
  std::unique_ptr<eventlog::Producer> ticks_;
  std::unique_ptr<eventlog::Consumer> consumer_;
  std::map<uint32_t, OwnedPartition> owned_;
  uint64_t ownerships_ = 0;
  // What a new machine knows; a level above it is refused.
  uint32_t max_level_ = 1;
  int checkpoints_since_commit_ = 0;
  std::chrono::steady_clock::time_point store_retry_at_;
  StageStats stats_;

  mutable std::mutex mutex_;
  std::condition_variable pause_;
  std::vector<std::function<void(std::vector<Partition>&)>> jobs_;
  std::vector<std::function<void()>> finished_;
  StageStats published_;
  absl::Status health_;
  // Last: its jobs use all of the above.
  std::unique_ptr<Worker> worker_;
};

}  // namespace

std::string_view StageName(StageId stage) {
  switch (stage) {
    case StageId::kClassifier: return "classifier";
    case StageId::kFacts: return "facts";
    case StageId::kRoute: return "route";
    case StageId::kDispatch: return "dispatch";
    case StageId::kSlaTimer: return "sla-timer";
    case StageId::kMetrics: return "metrics";
  }
  return "unknown";
}

absl::StatusOr<std::unique_ptr<StageRunner>> StageRunner::Create(StageOptions options, StageDeps deps,
                                                                 MachineFactory factory) {
  auto runner = std::make_unique<Runner>(std::move(options), deps, std::move(factory));
  ABSL_RETURN_IF_ERROR(runner->Open());
  return runner;
}

}  // namespace centralita::stage
