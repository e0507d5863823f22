// Sends frames of messages over IngestService.SubmitStream and sends again what got no answer: a
// sender as a channel's adapter would be. Frames are re-sent in order, so a customer's messages
// keep theirs.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "centralita/base/clock.h"
#include "centralita/ingest/v1/ingest.pb.h"
#include "client/endpoint.h"

namespace centralita::client {

struct Frame {
  ingest::v1::SubmitStreamRequest request;
  // When it was due, wall clock; latency counts from here.
  int64_t due_unix_ms = 0;
  std::chrono::steady_clock::time_point due;
  // Of this frame's first message among all that this sender sends.
  uint64_t first_order = 0;
};

// `response` is null when the frame's answer got lost; the frame will be sent again.
using FrameDone =
    std::function<void(const Frame& frame, const ingest::v1::SubmitStreamResponse* response)>;

// Send() belongs to one thread; `done` is called on threads of the stream, one call at a time.
class FrameStream final {
 public:
  FrameStream(const Endpoint& endpoint, const base::Clock& clock, size_t max_in_flight,
              FrameDone done);
  ~FrameStream();

  // Waits while too many are in flight. False once Stop() was called.
  bool Send(Frame frame);
  // Waits until all have been answered, at most `limit`; then ends. Returns how many frames got no
  // answer.
  size_t Finish(base::Duration limit);
  uint64_t reconnects() const { return reconnects_; }
  // Why the last connection ended.
  absl::Status last_error() const;

 private:
  void Run();
  // One connection's life; returns when it breaks or all is done.
  void Converse();

  const Endpoint endpoint_;
  const base::Clock& clock_;
  const size_t max_in_flight_;
  const FrameDone done_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // The first `written_` of them have been written on the present connection.
  std::deque<Frame> frames_;
  size_t written_ = 0;
  uint64_t next_frame_ = 1;
  bool finishing_ = false;
  bool stop_ = false;
  bool broken_ = false;
  absl::Status last_error_;
  std::atomic<uint64_t> reconnects_{0};
  std::thread thread_;
};

}  // namespace centralita::client
