#include "centralita/base/clock.h"

namespace centralita::base {

TimePoint SystemClock::Now() const {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

std::chrono::steady_clock::time_point SystemClock::Monotonic() const {
  return std::chrono::steady_clock::now();
}

}  // namespace centralita::base
