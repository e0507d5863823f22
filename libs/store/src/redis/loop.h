// The thread that does all reading and writing of a store's connections.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "centralita/base/clock.h"
#include "connection.h"

namespace centralita::store::redis {

// Thread-safe.
class Loop final {
 public:
  // `clock` outlives it.
  explicit Loop(const base::Clock& clock);
  // All requests that are under way fail.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Served until it is closed.
  void Add(std::shared_ptr<Connection> connection);
  // After something was submitted, added or closed.
  void Wake();

 private:
  void Run();
  void Prepare(Instant now);
  int PollTimeout(Instant now) const;
  void ClearWakeUps() const;

  const base::Clock& clock_;
  int wake_fd_;
  std::atomic<bool> stop_{false};
  // Whoever submits something while it may be asleep writes to wake_fd_.
  std::atomic<bool> asleep_{false};

  std::mutex mutex_;
  std::vector<std::shared_ptr<Connection>> added_;

  std::vector<std::shared_ptr<Connection>> connections_;
  std::thread thread_;
};

}  // namespace centralita::store::redis
