#include "centralita/app/stop_signal.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "centralita/base/error.h"

namespace centralita::app {
namespace {

sigset_t StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

absl::StatusOr<std::unique_ptr<StopSignal>> StopSignal::Install(
    std::function<void(int)> on_second) {
  const sigset_t set = StopSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  const int signal_fd = ::signalfd(-1, &set, SFD_CLOEXEC);
  const int end_fd = ::eventfd(0, EFD_CLOEXEC);
  if (signal_fd < 0 || end_fd < 0) {
    const int error = errno;
    if (signal_fd >= 0) ::close(signal_fd);
    if (end_fd >= 0) ::close(end_fd);
    return base::Error(absl::StatusCode::kUnavailable, "no_signal_handler",
                       fmt::format("Cannot wait for SIGTERM: {}.", std::strerror(error)));
  }
  if (!on_second) on_second = [](int signal) { std::_Exit(128 + signal); };
  return std::unique_ptr<StopSignal>(new StopSignal(signal_fd, end_fd, std::move(on_second)));
}

StopSignal::StopSignal(int signal_fd, int end_fd, std::function<void(int)> on_second)
    : signal_fd_(signal_fd),
      end_fd_(end_fd),
      on_second_(std::move(on_second)),
      thread_([this] { Run(); }) {}

StopSignal::~StopSignal() {
  const uint64_t one = 1;
  while (::write(end_fd_, &one, sizeof(one)) < 0 && errno == EINTR) {
  }
  thread_.join();
  ::close(signal_fd_);
  ::close(end_fd_);
  const sigset_t set = StopSignals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void StopSignal::Run() {
  bool first = true;
  while (true) {
    pollfd fds[] = {{signal_fd_, POLLIN, 0}, {end_fd_, POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0 && errno != EINTR) return;
    if (fds[1].revents != 0) return;
    signalfd_siginfo info{};
    if (fds[0].revents == 0 || ::read(signal_fd_, &info, sizeof(info)) != sizeof(info)) continue;
    if (std::exchange(first, false)) {
      Trigger();
    } else {
      on_second_(static_cast<int>(info.ssi_signo));
    }
  }
}

void StopSignal::Trigger() {
  {
    std::lock_guard lock(mutex_);
    triggered_ = true;
  }
  changed_.notify_all();
}

void StopSignal::Wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return triggered_; });
}

bool StopSignal::WaitFor(base::Duration limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [this] { return triggered_; });
}

}  // namespace centralita::app
