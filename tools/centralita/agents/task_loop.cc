#include "agents/task_loop.h"

namespace centralita::agents {

TaskLoop::TaskLoop(const base::Clock& clock) : clock_(clock), thread_([this] { Run(); }) {}

TaskLoop::~TaskLoop() { Stop(); }

void TaskLoop::After(base::Duration delay, std::function<void()> task) {
  const auto due = clock_.Monotonic() + delay;
  {
    const std::scoped_lock lock(mutex_);
    if (stop_) return;
    tasks_.emplace(std::pair(due, next_++), std::move(task));
  }
  changed_.notify_one();
}

void TaskLoop::Stop() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void TaskLoop::Run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (tasks_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto now = clock_.Monotonic();
    const auto due = tasks_.begin()->first.first;
    if (due > now) {
      changed_.wait_for(lock, due - now);
      continue;
    }
    const auto task = std::move(tasks_.begin()->second);
    tasks_.erase(tasks_.begin());
    lock.unlock();
    task();
    lock.lock();
  }
}

}  // namespace centralita::agents
