#include "connection.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "errors.h"

namespace centralita::store::redis {
namespace {

// Copies of a status share what it says, with a count that ThreadSanitizer does not see in the
// system's Abseil; so each thread gets its own.
absl::Status OwnCopy(const absl::Status& status) {
  absl::Status copy(status.code(), status.message());
  status.ForEachPayload([&copy](absl::string_view type, const absl::Cord& payload) {
    copy.SetPayload(type, absl::Cord(std::string(payload)));
  });
  return copy;
}

}  // namespace

Connection::Connection(const ConnectionSettings& settings, Endpoint endpoint, std::string address,
                       uint32_t seed)
    : settings_(settings),
      endpoint_(std::move(endpoint)),
      address_(std::move(address)),
      random_(seed) {}

void Connection::Submit(std::vector<Request> requests) {
  size_t bytes = 0;
  for (const Request& request : requests) bytes += request.bytes();
  const size_t calls = waiting_calls_.fetch_add(requests.size()) + requests.size();
  const size_t all_bytes = waiting_bytes_.fetch_add(bytes) + bytes;
  // One that is large alone may pass when nothing else waits.
  if (calls > settings_.options.max_waiting_calls ||
      (all_bytes > settings_.options.max_waiting_bytes && all_bytes > bytes)) {
    const absl::Status full = base::Error(
        absl::StatusCode::kResourceExhausted, "redis_queue_full",
        fmt::format("{} calls with {} bytes wait for Redis at {}: it is too slow for what is asked "
                    "of it. Ask less, or again later.",
                    calls - requests.size(), all_bytes - bytes, address_));
    for (Request& request : requests) Finish(request, full);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    if (!closed_) {
      if (inbox_.empty()) {
        inbox_ = std::move(requests);
      } else {
        std::move(requests.begin(), requests.end(), std::back_inserter(inbox_));
      }
      return;
    }
  }
  const absl::Status closed = ConnectionError("is no longer of the cluster", address_);
  for (Request& request : requests) Finish(request, closed);
}

void Connection::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void Connection::Finish(Request& request, absl::StatusOr<Reply> answer) {
  --waiting_calls_;
  waiting_bytes_ -= request.bytes();
  request.batch->Answer(request.index, std::move(answer));
}

void Connection::Prepare(Instant now) {
  if (state_ == State::kDown && now >= due_) StartConnecting(now);
  if ((state_ == State::kConnecting || state_ == State::kGreeting) && now >= due_) {
    Lose(ConnectionError("no answer within the connect timeout", address_), now);
  }
  if (state_ == State::kReady && !in_flight_.empty() &&
      now - last_progress_ >= settings_.stuck_after) {
    Lose(ConnectionError("no answer for a long time, connection given up", address_), now);
  }
  TakeInbox(now);
}

void Connection::StartConnecting(Instant now) {
  absl::StatusOr<Handle> handle = Handle::Connect(endpoint_, address_);
  if (!handle.ok()) {
    Lose(handle.status(), now);
    return;
  }
  handle_.emplace(*std::move(handle));
  state_ = State::kConnecting;
  due_ = now + settings_.options.connect_timeout;
}

void Connection::Greet() {
  handle_->Append(settings_.greeting);
  greeting_left_ = settings_.greeting_replies;
  state_ = State::kGreeting;
}

// Requests wait while it connects, and fail at once while it pauses between two attempts.
void Connection::TakeInbox(Instant now) {
  if (state_ == State::kConnecting || state_ == State::kGreeting) return;
  {
    const std::lock_guard lock(mutex_);
    if (inbox_.empty()) return;
    taken_.swap(inbox_);
  }
  if (state_ == State::kDown) {
    for (Request& request : taken_) Finish(request, OwnCopy(why_down_));
  } else {
    if (in_flight_.empty()) last_progress_ = now;
    for (Request& request : taken_) {
      handle_->Append(request.head);
      handle_->Append(*request.body);
      in_flight_.push_back(std::move(request));
    }
    if (const absl::Status status = handle_->Write(); !status.ok()) Lose(status, now);
  }
  taken_.clear();
}

short Connection::PollEvents() const {
  if (state_ == State::kConnecting) return POLLOUT;
  return static_cast<short>(POLLIN | (handle_->wants_to_send() ? POLLOUT : 0));
}

void Connection::OnEvents(short events, Instant now) {
  if (events == 0 || !handle_) return;
  absl::Status status;
  if (state_ == State::kConnecting) {
    status = handle_->CheckConnected();
    if (status.ok() && settings_.tls != nullptr) {
      status = handle_->StartTls(*settings_.tls, endpoint_.host);
    }
    if (status.ok()) Greet();
  } else if ((events & ~POLLOUT) != 0) {
    status = ReadReplies(now);
  }
  if (status.ok() && handle_ && handle_->has_unsent()) status = handle_->Write();
  if (!status.ok()) Lose(status, now);
}

absl::Status Connection::ReadReplies(Instant now) {
  // What has come before the end of the connection still counts.
  absl::Status status = handle_->Read();
  last_progress_ = now;
  while (true) {
    absl::StatusOr<Reply> reply = handle_->Next();
    if (!reply.ok()) return status.ok() ? reply.status() : status;
    if (*reply == nullptr) return status;
    if (state_ == State::kGreeting) {
      if (IsError(**reply)) return TranslateError(Text(**reply), address_);
      if (--greeting_left_ == 0) {
        state_ = State::kReady;
        down_ = false;
        failures_ = 0;
      }
      continue;
    }
    if (in_flight_.empty()) {
      if (IsError(**reply)) return TranslateError(Text(**reply), address_);
      return ConnectionError("answered what nobody asked", address_);
    }
    absl::Status demoted;
    if (IsError(**reply) && Text(**reply).starts_with("READONLY")) {
      demoted = TranslateError(Text(**reply), address_);
    }
    OnReply(*std::move(reply));
    // After a failover the address leads to another server; this connection would not.
    ABSL_RETURN_IF_ERROR(demoted);
  }
}

void Connection::OnReply(Reply reply) {
  Request& request = in_flight_.front();
  if (request.skip > 0) {
    --request.skip;
    return;
  }
  Finish(request, std::move(reply));
  in_flight_.pop_front();
}

void Connection::Lose(const absl::Status& status, Instant now) {
  handle_.reset();
  state_ = State::kDown;
  down_ = true;
  why_down_ = status;
  due_ = now + NextPause();
  FailAll(status);
}

void Connection::FailAll(const absl::Status& status) {
  std::vector<Request> unsent;
  {
    const std::lock_guard lock(mutex_);
    unsent.swap(inbox_);
  }
  for (Request& request : in_flight_) Finish(request, OwnCopy(status));
  in_flight_.clear();
  for (Request& request : unsent) Finish(request, OwnCopy(status));
}

// Doubled each time, up to the largest; of it, at random, the upper half: so that not all clients
// of a server that comes back are there at once.
base::Duration Connection::NextPause() {
  const base::Duration longest = settings_.options.max_backoff;
  base::Duration pause = settings_.options.min_backoff;
  for (int i = 0; i < failures_ && pause < longest; ++i) pause *= 2;
  ++failures_;
  pause = std::min(pause, longest);
  std::uniform_int_distribution<int64_t> part(pause.count() / 2, pause.count());
  return base::Duration(part(random_));
}

std::optional<Instant> Connection::NextDue() const {
  if (state_ != State::kReady) return due_;
  if (in_flight_.empty()) return std::nullopt;
  return last_progress_ + settings_.stuck_after;
}

}  // namespace centralita::store::redis
