#include "client/frame_stream.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "centralita/ingest/v1/ingest.grpc.pb.h"
#include "centralita/rpc/status.h"

namespace centralita::client {
namespace {

constexpr base::Duration kReconnectWait{200};

}  // namespace

FrameStream::FrameStream(const Endpoint& endpoint, const base::Clock& clock, size_t max_in_flight,
                         FrameDone done)
    : endpoint_(endpoint),
      clock_(clock),
      max_in_flight_(max_in_flight),
      done_(std::move(done)),
      thread_([this] { Run(); }) {}

FrameStream::~FrameStream() { Finish(base::Duration(0)); }

bool FrameStream::Send(Frame frame) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stop_ || frames_.size() < max_in_flight_; });
  if (stop_) return false;
  frame.request.set_frame(next_frame_++);
  frames_.push_back(std::move(frame));
  changed_.notify_all();
  return true;
}

size_t FrameStream::Finish(base::Duration limit) {
  size_t left = 0;
  {
    std::unique_lock lock(mutex_);
    finishing_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, limit, [this] { return frames_.empty(); });
    left = frames_.size();
    stop_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  return left;
}

absl::Status FrameStream::last_error() const {
  const std::scoped_lock lock(mutex_);
  return last_error_;
}

void FrameStream::Run() {
  while (true) {
    Converse();
    std::vector<Frame> lost;
    std::unique_lock lock(mutex_);
    if (stop_ || (finishing_ && frames_.empty())) return;
    ++reconnects_;
    for (size_t i = 0; i < written_; ++i) lost.push_back(frames_[i]);
    written_ = 0;
    lock.unlock();
    for (const Frame& frame : lost) done_(frame, nullptr);
    lock.lock();
    changed_.wait_for(lock, kReconnectWait, [this] { return stop_; });
  }
}

void FrameStream::Converse() {
  grpc::ClientContext context;
  context.AddMetadata("x-tenant", endpoint_.tenant);
  context.AddMetadata("x-api-key", endpoint_.api_key);
  const auto stub = ingest::v1::IngestService::NewStub(endpoint_.Connect());
  const auto stream = stub->SubmitStream(&context);
  {
    const std::scoped_lock lock(mutex_);
    broken_ = false;
  }
  std::thread reader([this, &stream] {
    ingest::v1::SubmitStreamResponse response;
    while (stream->Read(&response)) {
      std::unique_lock lock(mutex_);
      const auto found = std::ranges::find(frames_, response.frame(),
                                           [](const Frame& f) { return f.request.frame(); });
      if (found == frames_.end()) continue;
      const Frame frame = std::move(*found);
      frames_.erase(found);
      if (written_ > 0) --written_;
      changed_.notify_all();
      lock.unlock();
      done_(frame, &response);
    }
    const std::scoped_lock lock(mutex_);
    broken_ = true;
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] {
      return stop_ || broken_ || written_ < frames_.size() || (finishing_ && frames_.empty());
    });
    if (stop_ || broken_ || frames_.empty()) break;
    const ingest::v1::SubmitStreamRequest request = frames_[written_++].request;
    lock.unlock();
    const bool ok = stream->Write(request);
    lock.lock();
    if (!ok) break;
  }
  const bool in_order = finishing_ && frames_.empty();
  lock.unlock();
  if (in_order) {
    stream->WritesDone();
  } else {
    context.TryCancel();
  }
  reader.join();
  const grpc::Status status = stream->Finish();
  lock.lock();
  last_error_ = in_order ? absl::OkStatus() : rpc::FromGrpc(status);
}

}  // namespace centralita::client
