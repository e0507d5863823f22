// A thread that calls a function at once and then again and again, for housekeeping such as leases.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "centralita/base/time.h"

namespace centralita::base {

// Calls `job` every `interval` (from end to start) until destroyed. Wake() calls it at once.
// Thread-safe.
class Periodic final {
 public:
  Periodic(Duration interval, std::function<void()> job);
  // Waits for a call that is under way.
  ~Periodic();
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

  void Wake();

 private:
  void Run();

  const Duration interval_;
  const std::function<void()> job_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  bool wake_ = false;
  std::thread thread_;
};

}  // namespace centralita::base
