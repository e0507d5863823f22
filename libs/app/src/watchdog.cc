#include "centralita/app/watchdog.h"

#include <utility>

namespace centralita::app {

Watchdog::Watchdog(base::Duration limit, std::function<void()> on_expired)
    : thread_([this, limit, on_expired = std::move(on_expired)] {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, limit, [this] { return done_; })) on_expired();
      }) {}

Watchdog::~Watchdog() {
  {
    std::lock_guard lock(mutex_);
    done_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

}  // namespace centralita::app
