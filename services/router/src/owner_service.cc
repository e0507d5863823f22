#include "owner_service.h"

#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace centralita::router {
namespace {

// What may wait for a slow gateway, in updates, before it is made to resynchronise.
constexpr int kMaxWaitingUpdates = 100'000;
// Frames are merged up to here while a write is under way.
constexpr int kMaxMergedUpdates = 500;

// Held by gRPC (through `self_` until OnDone) and by the hub.
class WatchStream final : public grpc::ServerWriteReactor<owner::v1::WatchResponse>,
                          public Watcher,
                          public std::enable_shared_from_this<WatchStream> {
 public:
  explicit WatchStream(OwnerHub& hub) : hub_(hub) {}

  void Open(const owner::v1::WatchRequest& request) {
    self_ = shared_from_this();
    hub_.Add(request, self_);
  }

  bool Send(owner::v1::WatchResponse frame) override {
    const std::scoped_lock lock(mutex_);
    if (ended_) return true;
    waiting_updates_ += frame.updates_size();
    if (waiting_updates_ > kMaxWaitingUpdates) return false;
    if (CanMerge(frame)) {
      auto& last = waiting_.back();
      last.set_offset(frame.offset());
      for (auto& update : *frame.mutable_updates()) *last.add_updates() = std::move(update);
    } else {
      waiting_.push_back(std::move(frame));
    }
    WriteNext();
    return true;
  }

  void End(const absl::Status& status) override {
    const std::scoped_lock lock(mutex_);
    if (ended_) return;
    ended_ = true;
    const auto code = status.code() == absl::StatusCode::kFailedPrecondition
                          ? grpc::StatusCode::FAILED_PRECONDITION
                          : grpc::StatusCode::UNAVAILABLE;
    Finish(grpc::Status(code, std::string(status.message())));
  }

  void OnWriteDone(bool ok) override {
    const std::scoped_lock lock(mutex_);
    writing_ = false;
    if (ok && !ended_) WriteNext();
  }

  void OnCancel() override {
    hub_.Remove(this);
    End(absl::CancelledError("The gateway has gone."));
  }

  void OnDone() override {
    hub_.Remove(this);
    const auto last = std::move(self_);
  }

 private:
  bool CanMerge(const owner::v1::WatchResponse& frame) const {
    // A resync says what an agent has at one offset: nothing is added to it.
    return !waiting_.empty() && !frame.resync() && !waiting_.back().resync() &&
           waiting_.back().partition() == frame.partition() &&
           waiting_.back().updates_size() < kMaxMergedUpdates;
  }

  void WriteNext() {
    if (writing_ || waiting_.empty()) return;
    writing_ = true;
    current_ = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_updates_ -= current_.updates_size();
    StartWrite(&current_);
  }

  OwnerHub& hub_;
  std::shared_ptr<WatchStream> self_;
  std::mutex mutex_;
  std::deque<owner::v1::WatchResponse> waiting_;
  owner::v1::WatchResponse current_;
  int waiting_updates_ = 0;
  bool writing_ = false;
  bool ended_ = false;
};

}  // namespace

grpc::ServerWriteReactor<owner::v1::WatchResponse>* OwnerService::Watch(
    grpc::CallbackServerContext* context, const owner::v1::WatchRequest* request) {
  const auto stream = std::make_shared<WatchStream>(hub_);
  stream->Open(*request);
  return stream.get();
}

}  // namespace centralita::router
