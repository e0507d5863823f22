#include "loop.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "centralita/base/thread.h"

namespace centralita::store::redis {
namespace {

constexpr std::chrono::milliseconds kLongestPoll{1'000};

absl::Status Closed() { return absl::UnavailableError("the store's client is closed"); }

}  // namespace

Loop::Loop(const base::Clock& clock)
    : clock_(clock),
      wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      thread_([this] { Run(); }) {}

Loop::~Loop() {
  stop_ = true;
  Wake();
  thread_.join();
  ::close(wake_fd_);
}

void Loop::Add(std::shared_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    added_.push_back(std::move(connection));
  }
  Wake();
}

void Loop::Wake() {
  if (!asleep_.exchange(false)) return;
  const uint64_t one = 1;
  // It fails only if it is full of wake-ups already.
  [[maybe_unused]] const ssize_t written = ::write(wake_fd_, &one, sizeof(one));
}

void Loop::ClearWakeUps() const {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(wake_fd_, &count, sizeof(count));
}

void Loop::Prepare(Instant now) {
  {
    const std::lock_guard lock(mutex_);
    std::move(added_.begin(), added_.end(), std::back_inserter(connections_));
    added_.clear();
  }
  std::erase_if(connections_, [](const auto& connection) {
    if (connection->closed()) connection->FailAll(Closed());
    return connection->closed();
  });
  for (const auto& connection : connections_) connection->Prepare(now);
}

int Loop::PollTimeout(Instant now) const {
  Instant until = now + kLongestPoll;
  for (const auto& connection : connections_) {
    if (const auto due = connection->NextDue()) until = std::min(until, *due);
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
  return static_cast<int>(std::max<int64_t>(left, 0));
}

void Loop::Run() {
  base::NameThread("redis");
  std::vector<pollfd> polled;
  std::vector<Connection*> whose;
  while (!stop_) {
    asleep_ = true;
    if (stop_) break;
    const Instant now = clock_.Monotonic();
    Prepare(now);
    polled.assign(1, pollfd{.fd = wake_fd_, .events = POLLIN, .revents = 0});
    whose.assign(1, nullptr);
    for (const auto& connection : connections_) {
      if (connection->fd() < 0) continue;
      polled.push_back({.fd = connection->fd(), .events = connection->PollEvents(), .revents = 0});
      whose.push_back(connection.get());
    }
    ::poll(polled.data(), polled.size(), PollTimeout(now));
    asleep_ = false;
    if (polled[0].revents != 0) ClearWakeUps();
    const Instant then = clock_.Monotonic();
    for (size_t i = 1; i < polled.size(); ++i) whose[i]->OnEvents(polled[i].revents, then);
  }
  for (const auto& connection : connections_) connection->FailAll(Closed());
}

}  // namespace centralita::store::redis
