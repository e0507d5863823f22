#include "centralita/stage/pipeline_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <mutex>
#include <utility>

#include "backoff.h"
#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "output_queue.h"
#include "pipeline_outputs.h"
#include "stage_id.h"
#include "trouble.h"

namespace centralita::stage {
namespace {

constexpr base::Duration kRevokeLimit{2000};
constexpr base::Duration kLookAgain{20};

class Runner final : public PipelineRunner {
 public:
  Runner(PipelineOptions options, eventlog::EventLog& log, const base::Clock& clock,
         PipelineLogic& logic)
      : options_(WithGroup(std::move(options))),
        log_(log),
        clock_(clock),
        logic_(logic),
        teller_(options_.group, options_.logger, nullptr),
        topics_(log) {}

  absl::Status Open() {
    ABSL_RETURN_IF_ERROR(CheckInputTopic(options_.stage, options_.input_topic));
    ABSL_ASSIGN_OR_RETURN(input_, log_.Describe(options_.input_topic));
    ABSL_ASSIGN_OR_RETURN(
        outputs_, OutputQueue::Create(log_, clock_, options_.group, options_.max_unacknowledged));
    eventlog::ConsumerOptions consumer;
    consumer.max_records = options_.max_batch;
    consumer.patience = options_.patience;
    ABSL_ASSIGN_OR_RETURN(
        consumer_, log_.Join(options_.group, options_.member, {options_.input_topic}, consumer));
    return absl::OkStatus();
  }

  absl::StatusOr<size_t> Step(base::Duration max_wait) override {
    if (!fatal_.ok()) return fatal_;
    const uint64_t before = stats_.processed;
    outputs_->Advance();
    if (outputs_->full()) {
      outputs_->WaitForAck(std::min(max_wait, kLookAgain));
    } else if (absl::Status status = Poll(max_wait); !status.ok()) {
      return Fail(status);
    }
    if (absl::Status status = ProcessWaiting(); !status.ok()) return Fail(status);
    outputs_->Advance();
    if (clock_.Monotonic() - committed_at_ >= options_.commit_interval) Commit();
    Publish();
    return stats_.processed - before;
  }

  absl::Status Drain(base::Duration limit) override {
    const bool all = outputs_->Finish(limit);
    Commit();
    owned_.clear();
    waiting_.clear();
    consumer_->Close();
    Publish();
    if (all) return Health();
    return base::Error(absl::StatusCode::kDeadlineExceeded, "not_drained",
                       fmt::format("{}: {} outputs were not acknowledged in {}; their records are "
                                   "processed again after the next start. The log said: {}",
                                   options_.group, outputs_->size(), base::FormatDuration(limit),
                                   outputs_->last_error().ToString()));
  }

  void Wake() override { consumer_->Wake(); }
  const std::string& Name() const override { return options_.group; }
  PipelineStats Stats() const override {
    const std::scoped_lock lock(mutex_);
    return published_;
  }
  absl::Status Health() const override {
    const std::scoped_lock lock(mutex_);
    return health_;
  }
  bool CaughtUp() const override {
    const std::scoped_lock lock(mutex_);
    return caught_up_;
  }

 private:
  using Monotonic = std::chrono::steady_clock::time_point;

  static PipelineOptions WithGroup(PipelineOptions options) {
    if (options.group.empty()) options.group = std::string(StageName(options.stage));
    return options;
  }

  struct Owned {
    uint64_t processed = 0;
    bool stopped = false;
    uint64_t catch_up_to = 0;
    uint64_t committable = 0;
    uint64_t committed = 0;
    // (next offset, number of the first output behind it): committable when all before are durable.
    std::deque<std::pair<uint64_t, uint64_t>> unacknowledged;
  };

  absl::Status Poll(base::Duration max_wait) {
    if (clock_.Monotonic() < poll_at_) {
      // In short turns: acks and batches that wait do not wait for the log's consumer.
      outputs_->WaitForAck(std::min(WaitTime(max_wait), kLookAgain));
      return absl::OkStatus();
    }
    auto polled = consumer_->Poll(WaitTime(max_wait));
    if (absl::IsOutOfRange(polled.status())) return FindThoseOutOfRange(polled.status());
    if (absl::IsUnavailable(polled.status())) return LogIsAway(polled.status());
    ABSL_RETURN_IF_ERROR(polled.status());
    settled_ = polled->settled;
    if (!polled->revoked.empty()) Revoke(polled->revoked);
    std::ranges::move(polled->assigned, std::back_inserter(assigned_));
    for (auto& batch : polled->batches) {
      if (!batch.records().empty()) waiting_.push_back(std::move(batch));
    }
    while (!assigned_.empty()) {
      const absl::Status status = Assign(assigned_.front());
      if (absl::IsUnavailable(status)) return LogIsAway(status);
      ABSL_RETURN_IF_ERROR(status);
      assigned_.pop_front();
    }
    poll_trouble_.Note(absl::OkStatus(), teller_);
    failed_polls_ = 0;
    return absl::OkStatus();
  }

  absl::Status LogIsAway(const absl::Status& status) {
    ++stats_.poll_failures;
    poll_trouble_.Note(status, teller_);
    poll_at_ = clock_.Monotonic() +
               BackoffOf(failed_polls_++, base::StableHash(options_.group + options_.member));
    return absl::OkStatus();
  }

  // While a batch is to be tried again nothing more is read, and the group still hears of us.
  base::Duration WaitTime(base::Duration longest) const {
    if (waiting_.empty()) {
      const bool look_again = !outputs_->empty() || !outputs_->last_error().ok();
      return look_again ? std::min(longest, kLookAgain) : longest;
    }
    const auto left = std::chrono::ceil<base::Duration>(retry_at_ - clock_.Monotonic());
    return std::clamp(left, base::Duration(0), longest);
  }

  void SetPaused(bool paused) {
    if (paused_ == paused) return;
    paused_ = paused;
    for (const auto& [number, owned] : owned_) {
      if (owned.stopped) continue;
      const eventlog::TopicPartition place{options_.input_topic, number};
      (paused ? consumer_->Pause(place) : consumer_->Resume(place)).IgnoreError();
    }
  }

  void Revoke(const std::vector<eventlog::TopicPartition>& revoked) {
    outputs_->Finish(kRevokeLimit);
    Commit();
    for (const auto& place : revoked) {
      owned_.erase(place.partition);
      std::erase_if(assigned_, [&](const auto& assigned) { return assigned.partition == place; });
      std::erase_if(waiting_, [&](const auto& batch) { return batch.source() == place; });
    }
  }

  absl::Status Assign(const eventlog::Assignment& assigned) {
    ABSL_ASSIGN_OR_RETURN(const auto range, log_.Offsets(assigned.partition));
    const uint32_t number = assigned.partition.partition;
    Owned& owned = owned_[number];
    owned = Owned();
    // Compaction and a first start may begin above 0; below what was committed nothing may be
    // missing.
    const bool from_begin = assigned.committed == 0 || input_.spec.compacted;
    const uint64_t next =
        from_begin ? std::max(assigned.committed, range.begin) : assigned.committed;
    owned.processed = owned.committable = owned.committed = next;
    owned.catch_up_to = range.end;
    if (IsOutside(range, next)) {
      StopPartition(number, owned, range);
      return absl::OkStatus();
    }
    ABSL_RETURN_IF_ERROR(consumer_->Seek(assigned.partition, next));
    return paused_ ? consumer_->Pause(assigned.partition) : absl::OkStatus();
  }

  static bool IsOutside(const eventlog::OffsetRange& range, uint64_t offset) {
    return offset < range.begin || offset > range.end;
  }

  // The others go on. It is kept, so that no other member stumbles over it too.
  void StopPartition(uint32_t number, Owned& owned, const eventlog::OffsetRange& range) {
    owned.stopped = true;
    consumer_->Pause({options_.input_topic, number}).IgnoreError();
    const absl::Status why = base::Error(
        absl::StatusCode::kOutOfRange, "offset_out_of_range",
        fmt::format("{}: partition {} must go on at offset {} of {}, and the log keeps {} to {}. "
                    "Restore the log; going on elsewhere would lose records.",
                    options_.group, number, owned.processed, options_.input_topic, range.begin,
                    range.end));
    teller_.Tell(why);
    const std::scoped_lock lock(mutex_);
    health_.Update(why);
  }

  // What has not been read yet.
  uint64_t NextOf(uint32_t number, const Owned& owned) const {
    uint64_t next = owned.processed;
    for (const auto& batch : waiting_) {
      if (batch.source().partition == number) next = batch.records().back().offset + 1;
    }
    return next;
  }

  // If the log does not say which it is, all go on where they were.
  absl::Status FindThoseOutOfRange(const absl::Status& status) {
    bool any = false;
    for (auto& [number, owned] : owned_) {
      if (owned.stopped) continue;
      const eventlog::TopicPartition place{options_.input_topic, number};
      const auto range = log_.Offsets(place);
      if (range.ok() && IsOutside(*range, NextOf(number, owned))) {
        StopPartition(number, owned, *range);
        any = true;
      }
    }
    // What a failed poll had read is lost with it.
    for (auto& [number, owned] : owned_) {
      if (!owned.stopped)
        consumer_->Seek({options_.input_topic, number}, NextOf(number, owned)).IgnoreError();
    }
    return any ? absl::OkStatus() : LogIsAway(status);
  }

  absl::Status ProcessWaiting() {
    while (!waiting_.empty() && clock_.Monotonic() >= retry_at_) {
      const eventlog::RecordBatch& batch = waiting_.front();
      PipelineCollector outputs(options_.stage, input_.epoch, static_cast<uint32_t>(tries_ + 1),
                                batch, topics_);
      absl::Status status = logic_.Process(batch, input_.epoch, outputs);
      if (status.ok()) status = outputs.status();
      if (absl::IsUnavailable(status)) {
        ++stats_.retries;
        logic_trouble_.Note(status, teller_);
        retry_at_ = clock_.Monotonic() + BackoffOf(tries_++, stats_.retries);
        break;
      }
      ABSL_RETURN_IF_ERROR(status);
      tries_ = 0;
      logic_trouble_.Note(absl::OkStatus(), teller_);
      Owned& owned = owned_[batch.source().partition];
      stats_.outputs += outputs.outputs().size();
      stats_.dead_letters += outputs.dead_letters();
      stats_.processed += batch.records().size();
      outputs_->Push(std::move(outputs.outputs()));
      owned.processed = batch.records().back().offset + 1;
      owned.unacknowledged.emplace_back(owned.processed, outputs_->next());
      waiting_.pop_front();
    }
    SetPaused(!waiting_.empty());
    return absl::OkStatus();
  }

  // What is acknowledged downstream. One that fails is tried again with the next.
  void Commit() {
    committed_at_ = clock_.Monotonic();
    for (auto& [partition, owned] : owned_) {
      auto& waiting = owned.unacknowledged;
      while (!waiting.empty() && waiting.front().second <= outputs_->first_unacknowledged()) {
        owned.committable = waiting.front().first;
        waiting.pop_front();
      }
      if (owned.committable == owned.committed) continue;
      // One that fails took its time; the others are made good with the next.
      if (!consumer_->Commit({options_.input_topic, partition}, owned.committable).ok()) return;
      owned.committed = owned.committable;
    }
  }

  // Another member is to go on, rather than that the group waits for one that has stopped.
  absl::Status Fail(const absl::Status& status) {
    fatal_ = base::Error(status.code(), base::ReasonOf(status),
                         fmt::format("{} has stopped and left its group: {}", options_.group,
                                     std::string(status.message())));
    {
      const std::scoped_lock lock(mutex_);
      // Rather than of one partition that had stopped before.
      health_ = fatal_;
      caught_up_ = false;
    }
    if (options_.logger != nullptr) options_.logger->Error("stage_stopped", {{"error", fatal_}});
    owned_.clear();
    waiting_.clear();
    assigned_.clear();
    consumer_->Close();
    return fatal_;
  }

  void Publish() {
    output_trouble_.Note(outputs_->last_error(), teller_);
    const bool processed = std::ranges::all_of(owned_, [](const auto& entry) {
      return entry.second.processed >= entry.second.catch_up_to;
    });
    const std::scoped_lock lock(mutex_);
    published_ = stats_;
    caught_up_ = processed && assigned_.empty() && (settled_ || !owned_.empty());
  }

  const PipelineOptions options_;
  eventlog::EventLog& log_;
  const base::Clock& clock_;
  PipelineLogic& logic_;
  const Teller teller_;
  eventlog::TopicInfo input_;
  TopicSizes topics_;
  std::unique_ptr<OutputQueue> outputs_;
  std::unique_ptr<eventlog::Consumer> consumer_;
  std::map<uint32_t, Owned> owned_;
  // Given by the group, and not begun yet since the log was away.
  std::deque<eventlog::Assignment> assigned_;
  bool settled_ = false;
  // While the log is away: when it is asked again.
  Monotonic poll_at_;
  int failed_polls_ = 0;
  Trouble poll_trouble_;
  Trouble logic_trouble_;
  Trouble output_trouble_;
  std::deque<eventlog::RecordBatch> waiting_;
  bool paused_ = false;
  int tries_ = 0;
  Monotonic retry_at_;
  Monotonic committed_at_;
  PipelineStats stats_;
  absl::Status fatal_;

  mutable std::mutex mutex_;
  PipelineStats published_;
  absl::Status health_;
  bool caught_up_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PipelineRunner>> PipelineRunner::Create(PipelineOptions options,
                                                                       eventlog::EventLog& log,
                                                                       const base::Clock& clock,
                                                                       PipelineLogic& logic) {
  auto runner = std::make_unique<Runner>(std::move(options), log, clock, logic);
  ABSL_RETURN_IF_ERROR(runner->Open());
  return runner;
}

}  // namespace centralita::stage
