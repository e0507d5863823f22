// Where time comes from. Injected into whatever needs it; pure libraries take `now` instead.
#pragma once

#include <atomic>

#include "centralita/base/time.h"

namespace centralita::base {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall clock; may jump in either direction.
  virtual TimePoint Now() const = 0;
  // Never goes back; only differences mean something.
  virtual std::chrono::steady_clock::time_point Monotonic() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint Now() const override;
  std::chrono::steady_clock::time_point Monotonic() const override;
};

// Moves only when told to; for tests and simulations. Wall and monotonic time can be moved apart.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(TimePoint start) : wall_ms_(ToUnixMillis(start)) {}
  TimePoint Now() const override { return FromUnixMillis(wall_ms_.load()); }
  std::chrono::steady_clock::time_point Monotonic() const override {
    return std::chrono::steady_clock::time_point(Duration(monotonic_ms_.load()));
  }
  void Advance(Duration d) {
    wall_ms_ += d.count();
    monotonic_ms_ += d.count();
  }
  // Sets the wall clock alone, as an operator or NTP would.
  void JumpTo(TimePoint t) { wall_ms_ = ToUnixMillis(t); }

 private:
  std::atomic<int64_t> wall_ms_;
  std::atomic<int64_t> monotonic_ms_{0};
};

}  // namespace centralita::base
