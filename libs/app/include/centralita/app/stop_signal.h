// SIGTERM and SIGINT as something to wait for: the first asks for a drain, the second ends the
// process at once.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/status/statusor.h"
#include "centralita/base/time.h"

namespace centralita::app {

// Thread-safe.
class StopSignal final {
 public:
  // Before any other thread is made, since threads inherit which signals they block. `on_second`
  // replaces the exit with 128 + signal. One at a time in a process.
  static absl::StatusOr<std::unique_ptr<StopSignal>> Install(
      std::function<void(int signal)> on_second = {});
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // Returns after the first signal, or Trigger().
  void Wait();
  // False if nothing came within `limit`.
  bool WaitFor(base::Duration limit);
  // As a first signal does.
  void Trigger();

 private:
  StopSignal(int signal_fd, int end_fd, std::function<void(int)> on_second);
  void Run();

  const int signal_fd_;
  const int end_fd_;
  const std::function<void(int)> on_second_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool triggered_ = false;
  std::thread thread_;
};

}  // namespace centralita::app
