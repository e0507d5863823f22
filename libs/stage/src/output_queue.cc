#include "output_queue.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "backoff.h"
#include "centralita/base/status_macros.h"

namespace centralita::stage {
namespace {

constexpr base::Duration kAckWait{20};

}  // namespace

OutputQueue::OutputQueue(eventlog::EventLog& log, const base::Clock& clock, std::string name,
                         size_t max_unacknowledged)
    : log_(log),
      clock_(clock),
      name_(std::move(name)),
      max_unacknowledged_(max_unacknowledged),
      capacity_(std::bit_ceil(std::max<size_t>(max_unacknowledged, 16))),
      board_(new AckBoard(capacity_)) {}

absl::StatusOr<std::unique_ptr<OutputQueue>> OutputQueue::Create(eventlog::EventLog& log,
                                                                 const base::Clock& clock,
                                                                 std::string name,
                                                                 size_t max_unacknowledged) {
  auto queue = std::unique_ptr<OutputQueue>(
      new OutputQueue(log, clock, std::move(name), max_unacknowledged));
  ABSL_ASSIGN_OR_RETURN(queue->producer_, log.NewProducer({.name = queue->name_}));
  return queue;
}

void OutputQueue::Push(OutputBuffer&& outputs) {
  if (outputs.empty()) return;
  const size_t count = outputs.size();
  parts_.push_back({.first = next_, .outputs = std::move(outputs)});
  next_ += count;
  if (!failed_) Send();
}

void OutputQueue::Advance() {
  TakeAcks();
  if (failed_) Recover();
  if (!failed_) Send();
}

void OutputQueue::Send() {
  while (sent_ < next_ && sent_ - first_ < capacity_) {
    Part& part = parts_[sending_part_];
    const size_t index = sent_ - part.first;
    if (index == part.outputs.size()) {
      ++sending_part_;
      continue;
    }
    const uint64_t number = sent_;
    board_->Clear(number);
    const absl::Status taken =
        producer_->Append(part.outputs.Record(index),
                          [board = board_, number](const absl::StatusOr<uint64_t>& offset) {
                            board->Answer(number, offset);
                          });
    if (!taken.ok()) {
      // A full buffer empties by itself; anything else is a failure like a failed ack.
      if (!absl::IsResourceExhausted(taken)) Fail(taken);
      return;
    }
    ++sent_;
    ++taken_;
  }
}

void OutputQueue::TakeAcks() {
  const uint64_t before = first_;
  while (first_ < sent_ && board_->IsDurable(first_)) ++first_;
  while (!parts_.empty() && parts_.front().first + parts_.front().outputs.size() <= first_) {
    parts_.pop_front();
    if (sending_part_ > 0) --sending_part_;
  }
  if (first_ > before && !failed_ && !board_->failed()) {
    failures_ = 0;
    last_error_ = absl::OkStatus();
  }
  if (board_->failed()) Fail(board_->TakeFailure());
}

void OutputQueue::Fail(const absl::Status& status) {
  last_error_ = status;
  if (failed_) return;
  failed_ = true;
  retry_at_ = clock_.Monotonic() + BackoffOf(failures_++, first_);
}

// When every ack of the failed producer has come: all that is not acknowledged goes again, in
// order. What follows a failed record in its partition has failed too (a producer leaves no gaps),
// so nothing can overtake it. What is durable behind the first that is not, in other partitions, is
// sent again as well; readers drop it.
void OutputQueue::Recover() {
  if (board_->answered() < taken_ || clock_.Monotonic() < retry_at_) return;
  TakeAcks();
  auto producer = log_.NewProducer({.name = name_});
  if (!producer.ok()) {
    last_error_ = producer.status();
    retry_at_ = clock_.Monotonic() + BackoffOf(failures_++, first_);
    return;
  }
  producer_ = *std::move(producer);
  resent_ += sent_ - first_;
  sent_ = first_;
  sending_part_ = 0;
  failed_ = false;
}

void OutputQueue::WaitForAck(base::Duration limit) {
  if (failed_) {
    const auto left = std::chrono::ceil<base::Duration>(retry_at_ - clock_.Monotonic());
    board_->WaitForAny(std::clamp(left, base::Duration(0), limit));
  } else if (first_ < sent_) {
    board_->WaitFor(first_, limit);
  } else if (sent_ < next_) {
    producer_->WaitForRoom(limit).IgnoreError();
  } else {
    board_->WaitForAny(limit);
  }
}

bool OutputQueue::Finish(base::Duration limit) {
  const auto until = clock_.Monotonic() + limit;
  // The clock may stand still, so rounds without progress are counted too.
  base::Duration waited{0};
  for (uint64_t before = first_; !empty(); before = first_) {
    Advance();
    if (empty()) break;
    if (clock_.Monotonic() >= until || waited >= limit) return false;
    WaitForAck(std::min(kAckWait, limit));
    waited = first_ == before ? waited + kAckWait : base::Duration(0);
  }
  return true;
}

}  // namespace centralita::stage
