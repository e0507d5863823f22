#include "grpc_stream.h"

#include <deque>
#include <optional>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/rpc/status.h"
#include "grpc_bytes.h"
#include "wire.h"

namespace centralita::ingest {
namespace {

absl::Status Draining() {
  return base::Error(
      absl::StatusCode::kUnavailable, code::kDraining,
      "This server is leaving; open the stream again and send the frames that were not answered.");
}

}  // namespace

// Ends only when every frame that it took is answered, so an ack always finds it alive; on a broken
// connection, answers go nowhere. gRPC calls the On... methods, the log calls Answer(); `mutex_` is
// between them.
class FrameStream final : public StreamSet::Reactor {
 public:
  FrameStream(StreamSet& streams, StreamDeps deps) : streams_(streams), deps_(std::move(deps)) {
    deps_.metrics.streams.Add(1);
  }

  void Begin(bool ending) {
    std::unique_lock lock(mutex_);
    const auto caller = Authenticate(deps_.policy, deps_.credentials);
    if (!caller.ok()) Refuse(caller.status());
    if (ending) end_ = Draining();
    if (!end_) Read();
    FinishIfDone(lock);
  }

  // A read that is under way ends with the stream; what it may bring is not taken and so not
  // answered.
  void End(absl::Status why) {
    std::unique_lock lock(mutex_);
    if (!end_) end_ = std::move(why);
    FinishIfDone(lock);
  }

  void OnReadDone(bool ok) override {
    std::unique_lock lock(mutex_);
    reading_ = false;
    if (!ok && !end_) end_ = absl::OkStatus();
    if (end_) return FinishIfDone(lock);
    const auto caller = Authenticate(deps_.policy, deps_.credentials);
    auto frame =
        caller.ok() ? ReadStreamFrame(ToString(request_), deps_.max_items) : caller.status();
    if (!frame.ok()) {
      Refuse(frame.status());
      return FinishIfDone(lock);
    }
    ++in_flight_;
    taking_ = true;
    // Appending calls nothing of this stream but Answer(), possibly at once.
    lock.unlock();
    deps_.intake.Messages(*caller, std::move(frame->items),
                          [this, number = frame->frame](std::vector<ItemResult> results) {
                            Answer(number, std::move(results));
                          });
    lock.lock();
    taking_ = false;
    if (!end_ && in_flight_ < deps_.max_frames_in_flight) Read();
    FinishIfDone(lock);
  }

  void OnWriteDone(bool ok) override {
    std::unique_lock lock(mutex_);
    writing_ = false;
    if (!ok) broken_ = true;
    WriteNext();
    FinishIfDone(lock);
  }

  void OnCancel() override { End(absl::CancelledError("The client has cancelled the stream.")); }

  void OnDone() override {
    {
      std::lock_guard lock(streams_.mutex_);
      streams_.open_.erase(this);
    }
    deps_.metrics.streams.Add(-1);
    delete this;
  }

 private:
  void Refuse(absl::Status why) {
    deps_.metrics.refused.With(base::ReasonOf(why)).Add();
    end_ = std::move(why);
  }

  void Answer(uint64_t number, std::vector<ItemResult> results) {
    v1::SubmitStreamResponse response;
    response.set_frame(number);
    for (ItemResult& result : results) *response.add_results() = std::move(result);
    grpc::ByteBuffer bytes = ToBuffer(response);
    std::unique_lock lock(mutex_);
    --in_flight_;
    answers_.push_back(std::move(bytes));
    WriteNext();
    if (!end_ && !reading_ && !taking_ && in_flight_ < deps_.max_frames_in_flight) Read();
    FinishIfDone(lock);
  }

  void Read() {
    reading_ = true;
    StartRead(&request_);
  }

  void WriteNext() {
    if (broken_) answers_.clear();
    if (writing_ || answers_.empty()) return;
    writing_ = true;
    response_ = std::move(answers_.front());
    answers_.pop_front();
    StartWrite(&response_);
  }

  // The last touch of `this`: after Finish() gRPC may delete it.
  void FinishIfDone(std::unique_lock<std::mutex>& lock) {
    if (!end_ || in_flight_ > 0 || writing_ || !answers_.empty() || taking_ || finished_) return;
    finished_ = true;
    const grpc::Status status = rpc::ToGrpc(*end_);
    lock.unlock();
    Finish(status);
  }

  StreamSet& streams_;
  const StreamDeps deps_;
  std::mutex mutex_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  std::deque<grpc::ByteBuffer> answers_;
  size_t in_flight_ = 0;
  // gRPC has request_.
  bool reading_ = false;
  // While OnReadDone() gives a frame's items to intake without the lock.
  bool taking_ = false;
  bool writing_ = false;
  bool broken_ = false;
  bool finished_ = false;
  // Why it is to end; OK if the client has said all.
  std::optional<absl::Status> end_;
};

StreamSet::Reactor* StreamSet::Start(StreamSet& streams, StreamDeps deps) {
  auto* stream = new FrameStream(streams, std::move(deps));
  bool ending = false;
  {
    std::lock_guard lock(streams.mutex_);
    streams.open_.insert(stream);
    ending = streams.ending_;
  }
  stream->Begin(ending);
  return stream;
}

void StreamSet::EndAll() {
  std::lock_guard lock(mutex_);
  ending_ = true;
  for (FrameStream* stream : open_) stream->End(Draining());
}

}  // namespace centralita::ingest
