#include "waker.h"

namespace centralita::eventlog {

void Waker::Signal() {
  {
    const std::lock_guard lock(mutex_);
    if (signalled_) return;
    signalled_ = true;
  }
  changed_.notify_one();
}

void Waker::Interrupt() {
  {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
  }
  changed_.notify_one();
}

void Waker::Clear() {
  const std::lock_guard lock(mutex_);
  signalled_ = false;
}

bool Waker::Wait(base::Duration limit) {
  std::unique_lock lock(mutex_);
  const bool woken = changed_.wait_for(lock, limit, [this] { return signalled_ || interrupted_; });
  interrupted_ = false;
  return woken;
}

}  // namespace centralita::eventlog
