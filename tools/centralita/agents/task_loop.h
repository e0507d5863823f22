// One thread that runs tasks, now or later, in order of time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "centralita/base/clock.h"

namespace centralita::agents {

// Thread-safe. Tasks that are left at the end are not run.
class TaskLoop final {
 public:
  explicit TaskLoop(const base::Clock& clock);
  ~TaskLoop();
  TaskLoop(const TaskLoop&) = delete;
  TaskLoop& operator=(const TaskLoop&) = delete;

  void Post(std::function<void()> task) { After(base::Duration(0), std::move(task)); }
  void After(base::Duration delay, std::function<void()> task);
  // Ends the thread; later tasks are dropped. Not from within a task.
  void Stop();

 private:
  void Run();

  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  uint64_t next_ = 0;
  std::map<std::pair<std::chrono::steady_clock::time_point, uint64_t>, std::function<void()>>
      tasks_;
  std::thread thread_;
};

}  // namespace centralita::agents
