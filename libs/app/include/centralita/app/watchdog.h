// Bounds something that must end: calls a function if it is not destroyed in time.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "centralita/base/time.h"

namespace centralita::app {

// Thread-safe.
class Watchdog final {
 public:
  // `on_expired` is called once, on a thread of its own, when `limit` has passed.
  Watchdog(base::Duration limit, std::function<void()> on_expired);
  // In time: nothing is called.
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace centralita::app
