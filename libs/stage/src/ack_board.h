// Which of the outputs that were sent are durable: written by the log's threads, one mark each and
// without a lock, and read by the runner's thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "centralita/base/time.h"
#include "centralita/eventlog/eventlog.h"

namespace centralita::stage {

// Acks may come after its queue has gone, so they hold it: use through AckBoardPtr.
class AckBoard final {
 public:
  // At most `capacity` (a power of two) numbers are out at a time.
  explicit AckBoard(size_t capacity)
      : mask_(capacity - 1), marks_(std::make_unique<std::atomic<Mark>[]>(capacity)) {}

  // On the runner's thread.
  bool IsDurable(uint64_t number) const {
    return marks_[number & mask_].load(std::memory_order_acquire) == Mark::kDurable;
  }
  // To be called before the number goes out (again).
  void Clear(uint64_t number) { marks_[number & mask_].store(Mark::kOpen); }
  uint64_t answered() const { return answered_.load(); }
  bool failed() const { return failed_.load(); }
  // The first failure; forgets it.
  absl::Status TakeFailure();
  // Until that number is answered or one has failed, at most `limit`.
  void WaitFor(uint64_t number, base::Duration limit);
  // Until anything is answered, at most `limit`.
  void WaitForAny(base::Duration limit);

  // On any thread, once for each number that was sent.
  void Answer(uint64_t number, const absl::StatusOr<uint64_t>& offset);

  void Hold() { holders_.fetch_add(1, std::memory_order_relaxed); }
  void Release() {
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  enum class Mark : uint8_t { kOpen, kDurable, kFailed };

  ~AckBoard() = default;

  const uint64_t mask_;
  const std::unique_ptr<std::atomic<Mark>[]> marks_;
  std::atomic<uint64_t> answered_{0};
  std::atomic<bool> failed_{false};
  std::atomic<bool> waited_for_{false};
  std::atomic<uint64_t> holders_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  absl::Status failure_;
};

// As small as a pointer, so that an ack that holds one and a number needs no memory of its own.
class AckBoardPtr final {
 public:
  explicit AckBoardPtr(AckBoard* board) : board_(board) { board_->Hold(); }
  AckBoardPtr(const AckBoardPtr& other) : AckBoardPtr(other.board_) {}
  AckBoardPtr(AckBoardPtr&& other) noexcept : board_(std::exchange(other.board_, nullptr)) {}
  AckBoardPtr& operator=(const AckBoardPtr&) = delete;
  AckBoardPtr& operator=(AckBoardPtr&&) = delete;
  ~AckBoardPtr() {
    if (board_ != nullptr) board_->Release();
  }
  AckBoard* operator->() const { return board_; }

 private:
  AckBoard* board_;
};

}  // namespace centralita::stage
