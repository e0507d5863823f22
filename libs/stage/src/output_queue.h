// Outputs on their way to the log: sent in order, acknowledged, and after a failure sent again from the first that is
// not acknowledged, in order, by a new producer.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"

namespace centralita::stage {

// One thread uses it; acks come on the log's.
class OutputQueue final {
 public:
  static absl::StatusOr<std::unique_ptr<OutputQueue>> Create(eventlog::EventLog& log, const base::Clock& clock,
                                                             std::string name);
  // Waits for no ack.
  ~OutputQueue() = default;

  void Push(eventlog::Outgoing record);
  // Takes in acks; sends what waits, or sends again what failed when its backoff is over.
  void Advance();
  // Waits for an ack, at most `limit`.
  void WaitForAck(base::Duration limit);

  // All outputs pushed so far have numbers below next(); those below first_unacknowledged() are durable.
  uint64_t next() const { return first_ + items_.size(); }
  uint64_t first_unacknowledged() const { return first_; }
  size_t size() const { return items_.size(); }
  uint64_t resent() const { return resent_; }
  // Why the last append failed; OK since the last success.
  const absl::Status& last_error() const { return last_error_; }

 private:
  struct Item {
    eventlog::Outgoing record;
    bool acknowledged = false;
  };
  // Shared with callbacks that may come after this object has gone.
  struct Acks {
    std::mutex mutex;
    std::condition_variable changed;
    // Numbers of outputs that are durable.
    std::vector<uint64_t> good;
    size_t outstanding = 0;
    absl::Status error;
  };

  OutputQueue(eventlog::EventLog& log, const base::Clock& clock, std::string name)
      : log_(log), clock_(clock), name_(std::move(name)) {}
  void TakeAcks();
  void Send();
  void Recover();

  eventlog::EventLog& log_;
  const base::Clock& clock_;
  const std::string name_;
  std::unique_ptr<eventlog::Producer> producer_;
  std::shared_ptr<Acks> acks_ = std::make_shared<Acks>();
  std::deque<Item> items_;
  // Number of items_.front(), and how many of items_ have been handed to the producer.
  uint64_t first_ = 0;
  size_t sent_ = 0;
  bool failed_ = false;
  int failures_ = 0;
  std::chrono::steady_clock::time_point retry_at_;
  uint64_t resent_ = 0;
  absl::Status last_error_;
};

}  // namespace centralita::stage
