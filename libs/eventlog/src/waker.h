// How a consumer waits for whatever it may have to look at.
#pragma once

#include <condition_variable>
#include <mutex>

#include "centralita/base/time.h"

namespace centralita::eventlog {

// Lets one consumer wait. Thread-safe, with a lock of its own under which nothing is called.
class Waker final {
 public:
  // New records or partitions.
  void Signal();
  // Consumer::Wake().
  void Interrupt();
  // Forgets the signals so far: call it before looking for work.
  void Clear();
  // False if time ran out.
  bool Wait(base::Duration limit);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool signalled_ = false;
  bool interrupted_ = false;
};

}  // namespace centralita::eventlog
