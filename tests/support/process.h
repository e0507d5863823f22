// One simulated process: whatever it uses of the fakes stops when it crashes, at a point that the
// test chose.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace centralita::testing {

// What a process does to the world outside, in the fakes' words.
enum class Point {
  kBeforeAppend,  // the record is not stored
  kAfterAppend,   // stored, and the process never hears of it
  kAfterAck,      // stored, and acknowledged
  kBeforeCommit,  // the transaction is not stored
  kAfterCommit,   // stored, and the process never hears of it
};

// Thread-safe.
class Process final {
 public:
  // Crashes when `point` is reached for the `nth` time from now on (1: the next). `where` narrows
  // it down to a topic or to a partition of the store; empty for all.
  void CrashAt(Point point, uint64_t nth, std::string where = "") {
    const std::scoped_lock lock(mutex_);
    plan_ = {.armed = true, .any = false, .point = point, .where = std::move(where), .left = nth};
  }
  // Crashes at the `nth` point of any kind.
  void CrashAtStep(uint64_t nth) {
    const std::scoped_lock lock(mutex_);
    plan_ = {.armed = true, .any = true, .point = Point::kBeforeAppend, .where = "", .left = nth};
  }
  void Crash() {
    const std::scoped_lock lock(mutex_);
    crashed_ = true;
  }
  bool crashed() const {
    const std::scoped_lock lock(mutex_);
    return crashed_;
  }

  // Called by the fakes. True: go on; false: the process is no more.
  bool Reach(Point point, std::string_view where) {
    const std::scoped_lock lock(mutex_);
    if (crashed_) return false;
    if (!plan_.armed || (!plan_.any && plan_.point != point)) return true;
    if (!plan_.where.empty() && plan_.where != where) return true;
    if (--plan_.left == 0) crashed_ = true;
    return !crashed_;
  }

 private:
  struct Plan {
    bool armed = false;
    bool any = false;
    Point point = Point::kBeforeAppend;
    std::string where;
    uint64_t left = 0;
  };

  mutable std::mutex mutex_;
  Plan plan_;
  bool crashed_ = false;
};

}  // namespace centralita::testing
