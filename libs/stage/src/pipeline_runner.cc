#include "centralita/stage/pipeline_runner.h"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/strings.h"
#include "centralita/base/topics.h"
#include "centralita/deadletter/v1/deadletter.pb.h"
#include "origin.h"
#include "output_queue.h"

namespace centralita::stage {
namespace {

constexpr base::Duration kAckWait{20};
constexpr base::Duration kFirstBackoff{50};
constexpr base::Duration kLongestBackoff{2000};

class Runner final : public PipelineRunner {
 public:
  Runner(PipelineOptions options, eventlog::EventLog& log, const base::Clock& clock, PipelineLogic& logic)
      : options_(std::move(options)), log_(log), clock_(clock), logic_(logic) {}

  absl::Status Open() {
    ABSL_ASSIGN_OR_RETURN(input_, log_.Describe(options_.input_topic));
    ABSL_ASSIGN_OR_RETURN(outputs_, OutputQueue::Create(log_, clock_, options_.group));
    eventlog::ConsumerOptions consumer;
    consumer.max_records = options_.max_batch;
    ABSL_ASSIGN_OR_RETURN(consumer_, log_.Join(options_.group, options_.member, {options_.input_topic}, consumer));
    return absl::OkStatus();
  }

  absl::StatusOr<size_t> Step(base::Duration max_wait) override {
    if (absl::Status health = Health(); !health.ok()) return health;
    outputs_->Advance();
    const uint64_t before = stats_.processed;
    if (waiting_.empty()) {
      if (outputs_->size() >= options_.max_unacknowledged) {
        outputs_->WaitForAck(std::min(max_wait, kAckWait));
      } else if (absl::Status status = Poll(max_wait); !status.ok()) {
        return Stop(status);
      }
    } else if (clock_.Monotonic() < retry_at_) {
      outputs_->WaitForAck(std::min<base::Duration>(
          max_wait, std::chrono::ceil<base::Duration>(retry_at_ - clock_.Monotonic())));
    }
    if (absl::Status status = ProcessWaiting(); !status.ok()) return Stop(status);
    outputs_->Advance();
    if (clock_.Monotonic() - committed_at_ >= options_.commit_interval) Commit();
    Publish();
    return stats_.processed - before;
  }

  absl::Status Drain(base::Duration limit) override {
    const auto until = clock_.Monotonic() + limit;
    FinishOutputs(until);
    Commit();
    consumer_->Close();
    Publish();
    return outputs_->size() == 0
               ? absl::OkStatus()
               : absl::DeadlineExceededError(fmt::format("{}: {} outputs were not acknowledged in time; their records "
                                                         "are processed again after the next start.",
                                                         options_.group, outputs_->size()));
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
  struct Owned {
    uint64_t processed = 0;
    uint64_t catch_up_to = 0;
    uint64_t committed = 0;
    // (next offset, number of the first output behind it): may be committed when that output's turn has come.
    std::deque<std::pair<uint64_t, uint64_t>> unacknowledged;
  };

  class Collector final : public PipelineOutputs {
   public:
    Collector(Runner& runner, const eventlog::RecordBatch& batch)
        : runner_(runner), batch_(batch), indexes_(batch.records().size(), 0) {}

    void Emit(size_t record_index, std::string_view topic, std::string_view key,
              const google::protobuf::MessageLite& value) override {
      const SourceId source{.stage = static_cast<uint32_t>(runner_.options_.stage),
                            .log_epoch = runner_.input_.epoch,
                            .partition = batch_.source().partition,
                            .offset = batch_.records()[record_index].offset,
                            .index = indexes_[record_index]++};
      taken_.push_back({.topic = std::string(topic),
                        .partition = base::PartitionOf(key, runner_.PartitionsOf(topic)),
                        .key = std::string(key),
                        .value = WithSource(source, value),
                        .tombstone = false});
    }

    void DeadLetter(size_t record_index, std::string_view reason, std::string_view detail, uint32_t messages) override {
      ++letters_;
      const eventlog::Record& record = batch_.records()[record_index];
      deadletter::v1::DeadLetterRecord letter;
      deadletter::v1::DeadLetter& out = *letter.mutable_letter();
      out.mutable_coordinates()->set_topic(batch_.source().topic);
      out.mutable_coordinates()->set_partition(batch_.source().partition);
      out.mutable_coordinates()->set_offset(record.offset);
      out.set_original_key(std::string(record.key));
      out.set_original_value(std::string(record.value));
      out.set_reason(std::string(reason));
      out.set_detail(std::string(detail));
      out.set_stage(std::string(StageName(runner_.options_.stage)));
      out.set_attempts(1);
      out.set_at_unix_ms(base::ToUnixMillis(record.append_time));
      out.set_messages(messages);
      Emit(record_index, base::topics::kDeadLetter, record.key, letter);
    }

    // Only once the whole batch has been processed: one that is tried again must leave nothing behind.
    void HandOver() {
      runner_.stats_.outputs += taken_.size();
      runner_.stats_.dead_letters += letters_;
      for (auto& record : taken_) runner_.outputs_->Push(std::move(record));
    }

   private:
    Runner& runner_;
    const eventlog::RecordBatch& batch_;
    std::vector<uint32_t> indexes_;
    std::vector<eventlog::Outgoing> taken_;
    uint64_t letters_ = 0;
  };

  absl::Status Poll(base::Duration max_wait) {
    ABSL_ASSIGN_OR_RETURN(eventlog::PollResult polled, consumer_->Poll(max_wait));
    if (!polled.revoked.empty()) {
      FinishOutputs(clock_.Monotonic() + kLongestBackoff);
      Commit();
      for (const auto& revoked : polled.revoked) owned_.erase(revoked.partition);
    }
    for (const auto& assigned : polled.assigned) {
      ABSL_ASSIGN_OR_RETURN(const auto range, log_.Offsets(assigned.partition));
      Owned& owned = owned_[assigned.partition.partition];
      owned = Owned();
      owned.processed = owned.committed = std::max(assigned.committed, assigned.committed == 0 ? range.begin : 0);
      owned.catch_up_to = range.end;
      ABSL_RETURN_IF_ERROR(consumer_->Seek(assigned.partition, owned.processed));
    }
    for (auto& batch : polled.batches) waiting_.push_back(std::move(batch));
    return absl::OkStatus();
  }

  absl::Status ProcessWaiting() {
    while (!waiting_.empty() && clock_.Monotonic() >= retry_at_) {
      const eventlog::RecordBatch& batch = waiting_.front();
      const auto found = owned_.find(batch.source().partition);
      if (found == owned_.end() || batch.records().empty()) {
        waiting_.pop_front();
        continue;
      }
      Collector outputs(*this, batch);
      const absl::Status status = logic_.Process(batch, input_.epoch, outputs);
      if (absl::IsUnavailable(status)) {
        ++stats_.retries;
        retry_at_ = clock_.Monotonic() + std::min(kLongestBackoff, kFirstBackoff * (1 << std::min(attempts_++, 6)));
        return absl::OkStatus();
      }
      ABSL_RETURN_IF_ERROR(status);
      attempts_ = 0;
      outputs.HandOver();
      stats_.processed += batch.records().size();
      found->second.processed = batch.records().back().offset + 1;
      found->second.unacknowledged.emplace_back(found->second.processed, outputs_->next());
      waiting_.pop_front();
    }
    return absl::OkStatus();
  }

  uint32_t PartitionsOf(std::string_view topic) {
    const auto known = partitions_.find(topic);
    if (known != partitions_.end()) return known->second;
    const auto info = log_.Describe(std::string(topic));
    // A topic that is not there is an error of the append, which tells it by name.
    return info.ok() ? partitions_.emplace(std::string(topic), info->spec.partitions).first->second : 1;
  }

  void FinishOutputs(std::chrono::steady_clock::time_point until) {
    while (outputs_->size() > 0 && clock_.Monotonic() < until) {
      outputs_->Advance();
      if (outputs_->size() > 0) outputs_->WaitForAck(kAckWait);
    }
  }

  // What is acknowledged downstream. One that fails is made good by a later one.
  void Commit() {
    committed_at_ = clock_.Monotonic();
    for (auto& [partition, owned] : owned_) {
      uint64_t next = owned.committed;
      while (!owned.unacknowledged.empty() &&
             owned.unacknowledged.front().second <= outputs_->first_unacknowledged()) {
        next = owned.unacknowledged.front().first;
        owned.unacknowledged.pop_front();
      }
      if (next == owned.committed) continue;
      if (consumer_->Commit({options_.input_topic, partition}, next).ok()) owned.committed = next;
    }
  }

  absl::Status Stop(const absl::Status& status) {
    const std::scoped_lock lock(mutex_);
    health_.Update(absl::Status(status.code(), base::ToAbsl(fmt::format("{}: {}", options_.group,
                                                                        std::string(status.message())))));
    return health_;
  }

  void Publish() {
    const std::scoped_lock lock(mutex_);
    published_ = stats_;
    caught_up_ = !owned_.empty() && std::ranges::all_of(owned_, [](const auto& entry) {
      return entry.second.processed >= entry.second.catch_up_to;
    });
  }

  const PipelineOptions options_;
  eventlog::EventLog& log_;
  const base::Clock& clock_;
  PipelineLogic& logic_;
  eventlog::TopicInfo input_;
  std::map<std::string, uint32_t, std::less<>> partitions_;
  std::unique_ptr<OutputQueue> outputs_;
  std::unique_ptr<eventlog::Consumer> consumer_;
  std::map<uint32_t, Owned> owned_;
  std::deque<eventlog::RecordBatch> waiting_;
  std::chrono::steady_clock::time_point retry_at_;
  std::chrono::steady_clock::time_point committed_at_;
  int attempts_ = 0;
  PipelineStats stats_;

  mutable std::mutex mutex_;
  PipelineStats published_;
  absl::Status health_;
  bool caught_up_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PipelineRunner>> PipelineRunner::Create(PipelineOptions options,
                                                                       eventlog::EventLog& log,
                                                                       const base::Clock& clock, PipelineLogic& logic) {
  auto runner = std::make_unique<Runner>(std::move(options), log, clock, logic);
  ABSL_RETURN_IF_ERROR(runner->Open());
  return runner;
}

}  // namespace centralita::stage
