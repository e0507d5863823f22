// One connection that many callers share: requests go out in the order in which they came, replies
// are matched in that order. It connects again by itself.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "batch.h"
#include "handle.h"
#include "settings.h"

namespace centralita::store::redis {

class Connection final {
 public:
  // `settings` outlives it.
  Connection(const ConnectionSettings& settings, Endpoint endpoint, std::string address,
             uint32_t seed);

  // Thread-safe. All or none are taken; those that are not get RESOURCE_EXHAUSTED.
  void Submit(std::vector<Request> requests);
  // Thread-safe. No more requests; those under way fail.
  void Close();
  bool closed() const { return closed_; }
  // Its last attempt to connect failed, or it was lost since.
  bool down() const { return down_; }
  const std::string& address() const { return address_; }

  // By the loop's thread. Connects, sends, and gives up, as is due.
  void Prepare(Instant now);
  int fd() const { return handle_ ? handle_->fd() : -1; }
  short PollEvents() const;
  void OnEvents(short events, Instant now);
  // When Prepare() is due at the latest.
  std::optional<Instant> NextDue() const;
  // Also what comes later, once it is closed.
  void FailAll(const absl::Status& status);

 private:
  enum class State { kDown, kConnecting, kGreeting, kReady };

  void StartConnecting(Instant now);
  void Greet();
  void TakeInbox(Instant now);
  absl::Status ReadReplies(Instant now);
  void OnReply(Reply reply);
  void Lose(const absl::Status& status, Instant now);
  void Finish(Request& request, absl::StatusOr<Reply> answer);
  base::Duration NextPause();

  const ConnectionSettings& settings_;
  const Endpoint endpoint_;
  const std::string address_;
  std::atomic<bool> closed_{false};
  std::atomic<bool> down_{false};

  std::mutex mutex_;
  std::vector<Request> inbox_;
  std::atomic<size_t> waiting_calls_{0};
  std::atomic<size_t> waiting_bytes_{0};

  // The loop's.
  State state_ = State::kDown;
  std::optional<Handle> handle_;
  std::vector<Request> taken_;
  std::deque<Request> in_flight_;
  int greeting_left_ = 0;
  Instant due_{};
  Instant last_progress_{};
  absl::Status why_down_;
  int failures_ = 0;
  std::mt19937 random_;
};

}  // namespace centralita::store::redis
