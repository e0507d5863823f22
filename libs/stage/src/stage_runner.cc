// Above 350 lines: a turn is one thing, and its parts share the partitions' state. What stands
// alone is in files of its own: loading, checkpoints and snapshots, outputs, ticks.
#include "centralita/stage/stage_runner.h"

#include <fmt/format.h>
#include <google/protobuf/message_lite.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "backoff.h"
#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/telemetry/log.h"
#include "checkpointer.h"
#include "dead_letters.h"
#include "emitter.h"
#include "loader.h"
#include "origin.h"
#include "output_queue.h"
#include "owned_partition.h"
#include "stage_id.h"
#include "ticker.h"
#include "trouble.h"

namespace centralita::stage {
namespace {

constexpr base::Duration kLookAgain{20};
constexpr base::Duration kCommitInterval{5000};
constexpr base::Duration kTickRetry{100};
// A clock that is wrong by a ten-thousandth is off by 6 ms then.
constexpr base::Duration kTimeHolds{60'000};
// Outputs are given to the log in portions, so that it works while the rest is applied.
constexpr size_t kPortionRecords = 256;
constexpr size_t kPortionBytes = 256 << 10;

// A server that is full now has room again later.
bool IsTransient(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsAborted(status) ||
         absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status);
}

class Runner final : public StageRunner {
 public:
  Runner(StageOptions options, StageDeps deps, MachineFactory factory)
      : options_(WithGroup(std::move(options))),
        deps_(deps),
        factory_(std::move(factory)),
        teller_(options_.group, deps.logger,
                [observer = deps.observer](const absl::Status& problem) {
                  if (observer != nullptr) observer->OnProblem(problem);
                }) {}

  absl::Status Open() {
    ABSL_RETURN_IF_ERROR(CheckInputTopic(options_.stage, options_.input_topic));
    eventlog::EventLog& log = deps_.log;
    ABSL_ASSIGN_OR_RETURN(input_, log.Describe(options_.input_topic));
    if (options_.ticks) {
      ABSL_ASSIGN_OR_RETURN(ticker_, Ticker::Create(log, options_.group, options_.input_topic));
    }
    ABSL_ASSIGN_OR_RETURN(emitter_, Emitter::Create(log));
    ABSL_ASSIGN_OR_RETURN(outputs_, OutputQueue::Create(log, deps_.clock, options_.group,
                                                        options_.max_unacknowledged));
    eventlog::ConsumerOptions consumer;
    consumer.patience = options_.patience;
    ABSL_ASSIGN_OR_RETURN(
        consumer_, log.Join(options_.group, options_.member, {options_.input_topic}, consumer));
    checkpointer_ = std::make_unique<Checkpointer>(options_, deps_, input_.epoch,
                                                   [this] { consumer_->Wake(); });
    return absl::OkStatus();
  }

  absl::StatusOr<size_t> Step(base::Duration max_wait) override {
    if (!fatal_.ok()) return fatal_;
    const uint64_t before = stats_.applied;
    RunJobs();
    TakeResults();
    outputs_->Advance();
    LoadDue();
    if (outputs_->full()) {
      outputs_->WaitForAck(std::min(max_wait, kLookAgain));
    } else if (absl::Status status = Poll(WaitTime(max_wait)); !status.ok()) {
      return Fail(status);
    }
    LoadDue();
    outputs_->Advance();
    for (auto& [number, owned] : owned_) {
      if (owned.phase != Phase::kRunning) continue;
      NoteCaughtUp(owned);
      checkpointer_->Turn(owned, *outputs_);
      Tick(owned);
    }
    CommitForLag();
    Publish();
    return stats_.applied - before;
  }

  absl::Status Drain(base::Duration limit) override {
    const auto until = deps_.clock.Monotonic() + limit;
    checkpointer_->CancelSnapshots();
    LeaveAll();
    const bool all = outputs_->Finish(limit);
    for (auto& [number, owned] : owned_) FinishCheckpoint(owned, until, limit);
    committed_at_ -= kCommitInterval;
    if (deps_.clock.Monotonic() < until) CommitForLag();
    owned_.clear();
    consumer_->Close();
    Publish();
    if (!fatal_.ok() || all) return fatal_;
    return base::Error(
        absl::StatusCode::kDeadlineExceeded, "not_drained",
        fmt::format("{}: {} outputs were not acknowledged in {}; they are made again "
                    "from the last checkpoint. The log said: {}",
                    options_.group, outputs_->size(), base::FormatDuration(limit),
                    outputs_->last_error().ToString()));
  }

  void Post(std::function<void(std::vector<Partition>&)> job) override {
    {
      const std::scoped_lock lock(mutex_);
      if (left_) return;
      jobs_.push_back(std::move(job));
    }
    consumer_->Wake();
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
  using Monotonic = OwnedPartition::Monotonic;

  static StageOptions WithGroup(StageOptions options) {
    if (options.group.empty()) options.group = std::string(StageName(options.stage));
    return options;
  }

  // ---- records

  absl::Status Poll(base::Duration wait) {
    if (deps_.clock.Monotonic() < poll_at_) {
      // In short turns: what else is to be done does not wait for the log.
      checkpointer_->WaitForResult(std::min(wait, kLookAgain));
      return absl::OkStatus();
    }
    auto polled = consumer_->Poll(wait);
    // Which partition it is, the log is asked; if it does not say so, all go on where they were.
    const bool out_of_range = absl::IsOutOfRange(polled.status());
    const bool stopped = out_of_range && StopThoseOutOfRange();
    if (out_of_range) SeekAll();
    if (stopped) return absl::OkStatus();
    if (out_of_range || IsTransient(polled.status())) {
      ++stats_.poll_failures;
      poll_trouble_.Note(polled.status(), teller_);
      poll_at_ = deps_.clock.Monotonic() +
                 BackoffOf(failed_polls_++, base::StableHash(options_.group + options_.member));
      return absl::OkStatus();
    }
    ABSL_RETURN_IF_ERROR(polled.status());
    poll_trouble_.Note(absl::OkStatus(), teller_);
    failed_polls_ = 0;
    if (!polled->revoked.empty()) Revoke(polled->revoked);
    for (const auto& assigned : polled->assigned) Assign(assigned.partition.partition);
    for (const auto& batch : polled->batches) {
      const auto owned = owned_.find(batch.source().partition);
      // Of a partition that is loaded again, what was on its way is not what comes next.
      if (owned == owned_.end() || owned->second.phase != Phase::kRunning) continue;
      ApplyBatch(owned->second, batch);
      ABSL_RETURN_IF_ERROR(emitter_->status());
    }
    return absl::OkStatus();
  }

  void ApplyBatch(OwnedPartition& owned, const eventlog::RecordBatch& batch) {
    for (const eventlog::Record& record : batch.records()) {
      if (record.offset < owned.state.next_offset) continue;
      Apply(owned, batch.source(), record);
      if (owned.state.machine->EngineLevel() > known_level_) {
        StopPartition(owned, EngineTooNew(owned));
        break;
      }
      const OutputBuffer& made = emitter_->outputs();
      if (made.size() >= kPortionRecords || made.bytes() >= kPortionBytes) PushOutputs();
    }
    PushOutputs();
    NoteTime(owned);
  }

  void PushOutputs() { outputs_->Push(emitter_->TakeOutputs()); }

  void Apply(OwnedPartition& owned, const eventlog::TopicPartition& place,
             const eventlog::Record& record) {
    StageState& state = owned.state;
    state.now = std::max(state.now, record.append_time);
    state.next_offset = record.offset + 1;
    ++owned.applied_since_checkpoint;
    const Origin origin = ReadOrigin(record.value);
    if (origin.kind == Origin::Kind::kNone && ticker_ != nullptr && ticker_->IsTick(record.value)) {
      owned.tick_outstanding = false;
      // It was appended after this moment: an estimate that was beyond its time is ahead of the
      // log's.
      const auto since = std::chrono::duration_cast<base::Duration>(owned.tick_at - owned.base_at);
      if (owned.base_now + since > state.now) owned.base_until = owned.tick_at;
    }
    emitter_->Begin({.stage = static_cast<uint32_t>(options_.stage),
                     .log_epoch = input_.epoch,
                     .partition = owned.partition,
                     .offset = record.offset,
                     .index = 0},
                    owned.caught_up && deps_.observer != nullptr);
    if (origin.kind != Origin::Kind::kDamaged) {
      if (!state.watermarks.Advance(origin, state.now)) {
        ++stats_.repeats;
        return;
      }
      ++stats_.applied;
      const base::InputRecord input{.partition = owned.partition,
                                    .offset = record.offset,
                                    .now = state.now,
                                    .key = record.key,
                                    .value = record.value};
      if (state.machine->Apply(input, *emitter_) == base::ApplyResult::kApplied) {
        if (!emitter_->updates().empty()) {
          deps_.observer->OnNotified(owned.partition, record.offset, emitter_->TakeUpdates());
        }
        return;
      }
    }
    ++stats_.undecodable;
    const std::string detail = fmt::format("These {} bytes are no record of {}.",
                                           record.value.size(), options_.input_topic);
    emitter_->Emit(base::OutputTopic::kDeadLetter, record.key,
                   MakeDeadLetter(place, record,
                                  {.reason = "undecodable",
                                   .detail = detail,
                                   .stage = StageName(options_.stage),
                                   .attempts = 1,
                                   .at = state.now,
                                   .messages = 0}));
  }

  // ---- owning

  void Assign(uint32_t partition) {
    OwnedPartition& owned = owned_[partition];
    owned = OwnedPartition();
    owned.partition = partition;
    owned.ownership = ++ownerships_;
    owned.load_at = owned.assigned_at = deps_.clock.Monotonic();
  }

  // Somebody else has written a checkpoint, or the store is another one: what the store says is
  // taken.
  void Reload(uint32_t partition) {
    ++stats_.reloads;
    TellLost(owned_.at(partition));
    consumer_->Pause(PlaceOf(partition)).IgnoreError();
    Assign(partition);
  }

  void LoadDue() {
    for (auto& [number, owned] : owned_) {
      if (owned.phase == Phase::kLoading && deps_.clock.Monotonic() >= owned.load_at) Load(owned);
    }
  }

  void Load(OwnedPartition& owned) {
    auto loaded = LoadStage(deps_.log, deps_.store, LoadPlaceOf(owned.partition), factory_);
    absl::Status status = loaded.status();
    if (status.ok()) status = consumer_->Seek(PlaceOf(owned.partition), loaded->state.next_offset);
    if (status.ok()) status = consumer_->Resume(PlaceOf(owned.partition));
    if (IsTransient(status)) {
      load_trouble_.Note(status, teller_);
      owned.load_at = deps_.clock.Monotonic() + BackoffOf(owned.load_failures++, owned.partition);
      return;
    }
    if (!status.ok()) return StopPartition(owned, status);
    load_trouble_.Note(absl::OkStatus(), teller_);
    for (const absl::Status& problem : loaded->problems) teller_.Tell(problem);
    const Monotonic now = deps_.clock.Monotonic();
    owned.phase = Phase::kRunning;
    known_level_ = loaded->engine_level;
    owned.state = std::move(loaded->state);
    owned.stored_header = std::move(loaded->stored_header);
    owned.stored_offset = owned.committed_offset = owned.state.next_offset;
    owned.write_whole = loaded->write_whole;
    owned.applied_since_checkpoint = loaded->from_snapshot ? 1 : 0;
    owned.catch_up_to = loaded->log_end;
    owned.base_now = owned.state.now;
    owned.base_at = owned.checkpointed_at = now;
    checkpointer_->NoteSnapshot(owned, loaded->last_snapshot_unix_ms);
    owned.tick_at = now - options_.min_tick_interval;
  }

  void NoteCaughtUp(OwnedPartition& owned) {
    if (owned.caught_up || owned.state.next_offset < owned.catch_up_to) return;
    owned.caught_up = true;
    NoteGap(owned);
    // How long ago the last record was is not known, but for the clock.
    owned.base_now = std::max(owned.state.now, deps_.clock.Now());
    owned.base_at = owned.base_until = deps_.clock.Monotonic();
    if (deps_.observer == nullptr) return;
    Partition view = View(owned);
    deps_.observer->OnCaughtUp(view);
  }

  void NoteGap(const OwnedPartition& owned) {
    const auto gap =
        std::chrono::duration_cast<base::Duration>(deps_.clock.Monotonic() - owned.assigned_at);
    stats_.longest_gap_ms =
        std::max(stats_.longest_gap_ms, static_cast<uint64_t>(std::max<int64_t>(gap.count(), 0)));
    if (deps_.logger == nullptr) return;
    deps_.logger->Info(
        "partition_taken",
        {{"stage", options_.group}, {"partition", owned.partition}, {"gap_ms", gap.count()}});
  }

  // None of them acts any more from the beginning, and all are finished within one limit: whoever
  // gets them waits for that.
  void Revoke(const std::vector<eventlog::TopicPartition>& revoked) {
    const Monotonic until = deps_.clock.Monotonic() + options_.revoke_limit;
    std::vector<OwnedPartition*> leaving;
    for (const auto& place : revoked) {
      const auto found = owned_.find(place.partition);
      if (found != owned_.end()) leaving.push_back(&found->second);
    }
    for (OwnedPartition* const owned : leaving) TellLost(*owned);
    outputs_->Finish(options_.revoke_limit);
    for (OwnedPartition* const owned : leaving)
      FinishCheckpoint(*owned, until, options_.revoke_limit);
    for (const auto& place : revoked) owned_.erase(place.partition);
  }

  // Once; it acts no more.
  void TellLost(OwnedPartition& owned) {
    if (owned.phase != Phase::kRunning || std::exchange(owned.told_lost, true)) return;
    if (deps_.observer != nullptr) deps_.observer->OnLost(owned.partition);
  }

  // The others go on.
  void StopPartition(OwnedPartition& owned, const absl::Status& why) {
    TellLost(owned);
    owned.phase = Phase::kStopped;
    owned.caught_up = false;
    consumer_->Pause(PlaceOf(owned.partition)).IgnoreError();
    const std::scoped_lock lock(mutex_);
    health_.Update(why);
  }

  bool StopThoseOutOfRange() {
    bool any = false;
    for (auto& [number, owned] : owned_) {
      if (owned.phase != Phase::kRunning) continue;
      const auto range = deps_.log.Offsets(PlaceOf(number));
      const uint64_t next = owned.state.next_offset;
      if (!range.ok() || (next >= range->begin && next <= range->end)) continue;
      StopPartition(owned, OffsetNotKept(LoadPlaceOf(number), next, *range));
      any = true;
    }
    return any;
  }

  // What a failed poll had read is lost with it, and who was out of range gives nothing until
  // sought.
  void SeekAll() {
    for (auto& [number, owned] : owned_) {
      if (owned.phase == Phase::kRunning)
        consumer_->Seek(PlaceOf(number), owned.state.next_offset).IgnoreError();
    }
  }

  absl::Status EngineTooNew(const OwnedPartition& owned) const {
    return base::Error(
        absl::StatusCode::kFailedPrecondition, "engine_level",
        fmt::format(
            "{} partition {} has stopped: the log asks for engine level {}, and this binary "
            "knows {}. Run a newer version.",
            options_.group, owned.partition, owned.state.machine->EngineLevel(), known_level_));
  }

  eventlog::TopicPartition PlaceOf(uint32_t partition) const {
    return {options_.input_topic, partition};
  }
  LoadPlace LoadPlaceOf(uint32_t partition) const {
    return {.group = options_.group,
            .input_topic = options_.input_topic,
            .log_epoch = input_.epoch,
            .partition = partition};
  }

  // ---- checkpoints

  void TakeResults() {
    for (const uint32_t partition : checkpointer_->TakeResults(owned_)) Reload(partition);
    if (ticker_ == nullptr) return;
    for (const uint32_t partition : ticker_->TakeLost()) {
      const auto owned = owned_.find(partition);
      if (owned == owned_.end()) continue;
      owned->second.tick_outstanding = false;
      owned->second.tick_at = deps_.clock.Monotonic() + kTickRetry;
    }
  }

  // Writes what is pending and then the present state, as far as outputs are acknowledged and time
  // allows. The clock may stand still, so rounds are counted too.
  void FinishCheckpoint(OwnedPartition& owned, Monotonic until, base::Duration limit) {
    if (!fatal_.ok() || owned.phase != Phase::kRunning) return;
    const uint64_t ownership = owned.ownership;
    bool taken = false;
    for (auto rounds = limit / kLookAgain; rounds >= 0; --rounds) {
      outputs_->Advance();
      if (!owned.pending.has_value() && !owned.snapshotting) {
        if (std::exchange(taken, true)) return;
        checkpointer_->Take(owned, *outputs_);
        if (!owned.pending.has_value()) return;
      }
      checkpointer_->Turn(owned, *outputs_);
      if (deps_.clock.Monotonic() >= until) return;
      checkpointer_->WaitForResult(kLookAgain);
      TakeResults();
      // The store holds somebody else's checkpoint: ours is of no use.
      if (owned.ownership != ownership) return;
    }
  }

  // The group's committed offset is for people who look at lag; an owner resumes from its
  // checkpoint.
  void CommitForLag() {
    if (deps_.clock.Monotonic() - committed_at_ < kCommitInterval) return;
    committed_at_ = deps_.clock.Monotonic();
    for (auto& [number, owned] : owned_) {
      if (owned.stored_offset == owned.committed_offset) continue;
      // One that fails took its time; the others are made good with the next.
      if (!consumer_->Commit(PlaceOf(number), owned.stored_offset).ok()) return;
      owned.committed_offset = owned.stored_offset;
    }
  }

  // ---- time

  // A record was appended before it is read here, so each tells of a time that has passed, and the
  // latest of these is the closest. Not for ever: this clock may run faster than the log's.
  void NoteTime(OwnedPartition& owned) const {
    const Monotonic now = deps_.clock.Monotonic();
    if (now < owned.base_until && EstimatedNow(owned) >= owned.state.now) return;
    owned.base_now = owned.state.now;
    owned.base_at = now;
    owned.base_until = now + kTimeHolds;
  }

  base::TimePoint EstimatedNow(const OwnedPartition& owned) const {
    return owned.base_now +
           std::chrono::duration_cast<base::Duration>(deps_.clock.Monotonic() - owned.base_at);
  }

  void Tick(OwnedPartition& owned) {
    if (!owned.caught_up || owned.tick_outstanding) return;
    const base::TimePoint due = owned.state.machine->NextDue();
    const Monotonic now = deps_.clock.Monotonic();
    if (due == base::kNever || due > EstimatedNow(owned)) return;
    if (now - owned.tick_at < options_.min_tick_interval) return;
    owned.tick_at = now;
    if (ticker_ != nullptr) {
      owned.tick_outstanding = ticker_->Append(owned.partition);
      if (owned.tick_outstanding) ++stats_.ticks;
    } else if (deps_.observer != nullptr) {
      Partition view = View(owned);
      deps_.observer->OnDue(view);
    }
  }

  base::Duration WaitTime(base::Duration longest) const {
    base::Duration wait = longest;
    if (!outputs_->last_error().ok()) wait = std::min(wait, kLookAgain);
    const Monotonic now = deps_.clock.Monotonic();
    for (const auto& [number, owned] : owned_) {
      if (owned.phase == Phase::kLoading) {
        wait = std::min(wait, std::chrono::ceil<base::Duration>(owned.load_at - now));
      }
      if (owned.phase != Phase::kRunning) continue;
      wait = checkpointer_->WaitTime(owned, wait);
      if (!owned.caught_up || owned.tick_outstanding) continue;
      const base::TimePoint due = owned.state.machine->NextDue();
      if (due == base::kNever) continue;
      const auto spacing =
          std::chrono::ceil<base::Duration>(owned.tick_at + options_.min_tick_interval - now);
      wait = std::min(wait, std::max(due - EstimatedNow(owned), spacing));
    }
    return std::max(wait, base::Duration(0));
  }

  // ---- between threads and to the outside

  Partition View(OwnedPartition& owned) const {
    return {.partition = owned.partition,
            .next_offset = owned.state.next_offset,
            .now = EstimatedNow(owned),
            .machine = *owned.state.machine};
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

  // No partition acts any more, and nobody is called who waits for one.
  void LeaveAll() {
    for (auto& [number, owned] : owned_) TellLost(owned);
    const std::scoped_lock lock(mutex_);
    left_ = true;
    jobs_.clear();
  }

  // Another member is to go on with what this one can not: it leaves the group at once, rather than
  // to keep partitions that stand still.
  absl::Status Fail(const absl::Status& status) {
    fatal_ = base::Error(status.code(), base::ReasonOf(status),
                         fmt::format("{} has stopped and left its group: {}", options_.group,
                                     std::string(status.message())));
    {
      const std::scoped_lock lock(mutex_);
      health_.Update(fatal_);
    }
    if (deps_.logger != nullptr) deps_.logger->Error("stage_stopped", {{"error", fatal_}});
    LeaveAll();
    owned_.clear();
    consumer_->Close();
    return fatal_;
  }

  void Publish() {
    output_trouble_.Note(outputs_->last_error(), teller_);
    store_trouble_.Note(checkpointer_->last_error(), teller_);
    stats_.outputs = emitter_->emitted();
    stats_.resent = outputs_->resent();
    stats_.checkpoints = checkpointer_->checkpoints();
    stats_.checkpoint_failures = checkpointer_->failures();
    stats_.snapshots = checkpointer_->snapshots();
    const std::scoped_lock lock(mutex_);
    published_ = stats_;
  }

  const StageOptions options_;
  const StageDeps deps_;
  const MachineFactory factory_;
  const Teller teller_;
  eventlog::TopicInfo input_;
  std::unique_ptr<Ticker> ticker_;
  std::unique_ptr<Emitter> emitter_;
  std::unique_ptr<OutputQueue> outputs_;
  std::unique_ptr<eventlog::Consumer> consumer_;
  std::map<uint32_t, OwnedPartition> owned_;
  uint64_t ownerships_ = 0;
  // What a new machine knows; a level above it is refused.
  uint32_t known_level_ = 0;
  Monotonic committed_at_;
  StageStats stats_;
  absl::Status fatal_;
  // While the log is away: when it is asked again.
  Monotonic poll_at_;
  int failed_polls_ = 0;
  Trouble poll_trouble_;
  Trouble load_trouble_;
  Trouble output_trouble_;
  Trouble store_trouble_;

  mutable std::mutex mutex_;
  std::vector<std::function<void(std::vector<Partition>&)>> jobs_;
  // Jobs are taken no more.
  bool left_ = false;
  StageStats published_;
  absl::Status health_;
  // Last, and so gone first: its thread wakes the consumer.
  std::unique_ptr<Checkpointer> checkpointer_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<StageRunner>> StageRunner::Create(StageOptions options,
                                                                 StageDeps deps,
                                                                 MachineFactory factory) {
  auto runner = std::make_unique<Runner>(std::move(options), deps, std::move(factory));
  ABSL_RETURN_IF_ERROR(runner->Open());
  return runner;
}

}  // namespace centralita::stage
