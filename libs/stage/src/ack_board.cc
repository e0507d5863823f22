#include "ack_board.h"

#include <utility>

namespace centralita::stage {

void AckBoard::Answer(uint64_t number, const absl::StatusOr<uint64_t>& offset) {
  if (offset.ok()) {
    marks_[number & mask_].store(Mark::kDurable, std::memory_order_release);
  } else {
    marks_[number & mask_].store(Mark::kFailed, std::memory_order_release);
    const std::scoped_lock lock(mutex_);
    failure_.Update(offset.status());
    failed_.store(true);
  }
  // Sequentially consistent, as is the waiter's store: either it sees this answer, or this sees it.
  answered_.fetch_add(1);
  if (waited_for_.load()) {
    const std::scoped_lock lock(mutex_);
    changed_.notify_all();
  }
}

absl::Status AckBoard::TakeFailure() {
  const std::scoped_lock lock(mutex_);
  failed_.store(false);
  return std::exchange(failure_, absl::OkStatus());
}

void AckBoard::WaitFor(uint64_t number, base::Duration limit) {
  std::unique_lock lock(mutex_);
  waited_for_.store(true);
  changed_.wait_for(lock, limit,
                    [&] { return failed_.load() || marks_[number & mask_].load() != Mark::kOpen; });
  waited_for_.store(false);
}

void AckBoard::WaitForAny(base::Duration limit) {
  std::unique_lock lock(mutex_);
  waited_for_.store(true);
  changed_.wait_for(lock, limit, [&, before = answered_.load()] { return answered_ != before; });
  waited_for_.store(false);
}

}  // namespace centralita::stage
