// Replies that one caller waits for. It may leave before they have come.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "handle.h"

namespace centralita::store::redis {

using Instant = std::chrono::steady_clock::time_point;

// Thread-safe; shared by the caller and the loop.
class Batch final {
 public:
  explicit Batch(size_t size) : left_(size), answers_(size) {
    for (auto& answer : answers_) answer = Reply();
  }

  // Each index once.
  void Answer(size_t index, absl::StatusOr<Reply> answer) {
    const std::lock_guard lock(mutex_);
    if (gone_) return;
    answers_[index] = std::move(answer);
    if (--left_ == 0) complete_.notify_one();
  }

  // All answers in order; `late` for those that have not come within `patience`.
  std::vector<absl::StatusOr<Reply>> Wait(Instant::duration patience, const absl::Status& late) {
    std::unique_lock lock(mutex_);
    complete_.wait_for(lock, patience, [this] { return left_ == 0; });
    gone_ = true;
    if (left_ > 0) {
      for (auto& answer : answers_) {
        if (answer.ok() && *answer == nullptr) answer = late;
      }
    }
    return std::move(answers_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable complete_;
  size_t left_;
  bool gone_ = false;
  // Null: not there yet.
  std::vector<absl::StatusOr<Reply>> answers_;
};

// One command on its way. Its bytes are shared, so that sending it again copies nothing.
struct Request {
  std::string head;
  std::shared_ptr<const std::string> body;
  // Replies that come before the one that counts (that of ASKING).
  int skip = 0;
  std::shared_ptr<Batch> batch;
  size_t index = 0;

  size_t bytes() const { return head.size() + body->size(); }
};

}  // namespace centralita::store::redis
