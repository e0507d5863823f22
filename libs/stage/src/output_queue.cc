#include "output_queue.h"

#include <algorithm>
#include <utility>

#include "centralita/base/status_macros.h"

namespace centralita::stage {
namespace {

constexpr base::Duration kFirstBackoff{20};
constexpr base::Duration kLongestBackoff{2000};

}  // namespace

absl::StatusOr<std::unique_ptr<OutputQueue>> OutputQueue::Create(eventlog::EventLog& log, const base::Clock& clock,
                                                                 std::string name) {
  auto queue = std::unique_ptr<OutputQueue>(new OutputQueue(log, clock, std::move(name)));
  ABSL_ASSIGN_OR_RETURN(queue->producer_, log.NewProducer({.name = queue->name_}));
  return queue;
}

void OutputQueue::Push(eventlog::Outgoing record) {
  items_.push_back({std::move(record), false});
  if (!failed_) Send();
}

void OutputQueue::Advance() {
  TakeAcks();
  if (failed_) Recover();
  if (!failed_) Send();
}

void OutputQueue::Send() {
  while (sent_ < items_.size()) {
    const uint64_t number = first_ + sent_;
    {
      const std::scoped_lock lock(acks_->mutex);
      ++acks_->outstanding;
    }
    const absl::Status taken =
        producer_->Append(items_[sent_].record, [acks = acks_, number](const absl::StatusOr<uint64_t>& offset) {
          const std::scoped_lock lock(acks->mutex);
          --acks->outstanding;
          if (offset.ok()) {
            acks->good.push_back(number);
          } else {
            acks->error.Update(offset.status());
          }
          acks->changed.notify_one();
        });
    if (taken.ok()) {
      ++sent_;
      continue;
    }
    const std::scoped_lock lock(acks_->mutex);
    --acks_->outstanding;
    // A full buffer empties by itself; anything else is a failure like a failed ack.
    if (!absl::IsResourceExhausted(taken)) acks_->error.Update(taken);
    return;
  }
}

void OutputQueue::TakeAcks() {
  std::vector<uint64_t> good;
  absl::Status error;
  {
    const std::scoped_lock lock(acks_->mutex);
    good.swap(acks_->good);
    std::swap(error, acks_->error);
  }
  for (const uint64_t number : good) {
    if (number >= first_) items_[number - first_].acknowledged = true;
  }
  if (!good.empty() && error.ok() && !failed_) {
    failures_ = 0;
    last_error_ = absl::OkStatus();
  }
  while (!items_.empty() && items_.front().acknowledged) {
    items_.pop_front();
    ++first_;
    if (sent_ > 0) --sent_;
  }
  if (!error.ok() && !failed_) {
    failed_ = true;
    last_error_ = error;
    const auto backoff = std::min(kLongestBackoff, kFirstBackoff * (1 << std::min(failures_++, 10)));
    retry_at_ = clock_.Monotonic() + backoff;
  }
}

// When every ack of the failed producer has come: all that is not acknowledged goes again, in order. What follows a
// failed record in its partition has failed too (a producer leaves no gaps), so nothing can overtake it.
void OutputQueue::Recover() {
  {
    const std::scoped_lock lock(acks_->mutex);
    if (acks_->outstanding > 0) return;
  }
  if (clock_.Monotonic() < retry_at_) return;
  TakeAcks();
  auto producer = log_.NewProducer({.name = name_});
  if (!producer.ok()) {
    last_error_ = producer.status();
    retry_at_ = clock_.Monotonic() + kLongestBackoff;
    return;
  }
  producer_ = *std::move(producer);
  resent_ += sent_;
  sent_ = 0;
  failed_ = false;
  {
    const std::scoped_lock lock(acks_->mutex);
    acks_->error = absl::OkStatus();
  }
  // Some behind the first unacknowledged one may be durable already, in other partitions; they are sent again, and
  // readers drop them.
  for (Item& item : items_) item.acknowledged = false;
}

void OutputQueue::WaitForAck(base::Duration limit) {
  std::unique_lock lock(acks_->mutex);
  acks_->changed.wait_for(lock, limit, [this] { return !acks_->good.empty() || !acks_->error.ok(); });
}

}  // namespace centralita::stage
