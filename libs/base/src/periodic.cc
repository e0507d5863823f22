#include "centralita/base/periodic.h"

#include <utility>

namespace centralita::base {

Periodic::Periodic(Duration interval, std::function<void()> job)
    : interval_(interval), job_(std::move(job)), thread_([this] { Run(); }) {}

Periodic::~Periodic() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Periodic::Wake() {
  {
    const std::scoped_lock lock(mutex_);
    wake_ = true;
  }
  changed_.notify_all();
}

void Periodic::Run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    wake_ = false;
    lock.unlock();
    job_();
    lock.lock();
    changed_.wait_for(lock, interval_, [this] { return stop_ || wake_; });
  }
}

}  // namespace centralita::base
