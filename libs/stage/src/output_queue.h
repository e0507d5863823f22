// Outputs on their way to the log: sent in order, acknowledged, and after a failure sent again from
// the first that is not acknowledged, in order, by a new producer.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ack_board.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "output_buffer.h"

namespace centralita::stage {

// One thread uses it; acks come on the log's.
class OutputQueue final {
 public:
  // Not more than about `max_unacknowledged` outputs are with the log at a time.
  static absl::StatusOr<std::unique_ptr<OutputQueue>> Create(eventlog::EventLog& log,
                                                             const base::Clock& clock,
                                                             std::string name,
                                                             size_t max_unacknowledged);

  void Push(OutputBuffer&& outputs);
  // Takes in acks; sends what waits, or sends again what failed when its backoff is over.
  void Advance();
  // Waits until the first unacknowledged output is answered, at most `limit`.
  void WaitForAck(base::Duration limit);
  // Advances until all is acknowledged; false if that takes longer than `limit`.
  bool Finish(base::Duration limit);

  // Outputs pushed so far have numbers below next(); those below first_unacknowledged() are
  // durable.
  uint64_t next() const { return next_; }
  uint64_t first_unacknowledged() const { return first_; }
  size_t size() const { return next_ - first_; }
  bool empty() const { return next_ == first_; }
  // Whoever makes outputs should wait: the log takes no more for now, or too much is out.
  bool full() const { return sent_ < next_ || size() >= max_unacknowledged_; }
  uint64_t resent() const { return resent_; }
  // Why the last append failed; OK since the last success.
  const absl::Status& last_error() const { return last_error_; }

 private:
  struct Part {
    // Number of its first output.
    uint64_t first = 0;
    OutputBuffer outputs;
  };

  OutputQueue(eventlog::EventLog& log, const base::Clock& clock, std::string name,
              size_t max_unacknowledged);
  void TakeAcks();
  void Send();
  void Fail(const absl::Status& status);
  void Recover();

  eventlog::EventLog& log_;
  const base::Clock& clock_;
  const std::string name_;
  const size_t max_unacknowledged_;
  const size_t capacity_;
  AckBoardPtr board_;
  std::unique_ptr<eventlog::Producer> producer_;
  std::deque<Part> parts_;
  // Numbers: the first unacknowledged, the first not yet sent, the next to be pushed.
  uint64_t first_ = 0;
  uint64_t sent_ = 0;
  uint64_t next_ = 0;
  // Which part holds sent_.
  size_t sending_part_ = 0;
  // How many appends were taken, first ones and repeats.
  uint64_t taken_ = 0;
  bool failed_ = false;
  int failures_ = 0;
  std::chrono::steady_clock::time_point retry_at_;
  uint64_t resent_ = 0;
  absl::Status last_error_;
};

}  // namespace centralita::stage
