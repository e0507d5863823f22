// Latencies in milliseconds with bounded relative error (about 3 %): buckets of 1/32 of a power of
// two of microseconds.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace centralita::load {

// Not thread-safe.
class Histogram final {
 public:
  void Add(std::chrono::nanoseconds value);
  void Merge(const Histogram& other);
  uint64_t count() const { return count_; }
  // `q` 0 to 1; 0 if nothing was added.
  double QuantileMs(double q) const;
  double MaxMs() const { return static_cast<double>(max_us_) / 1000.0; }

 private:
  static constexpr int kSubBits = 5;
  static size_t BucketOf(uint64_t us);
  static uint64_t UpperBound(size_t bucket);

  std::array<uint64_t, 64 << kSubBits> buckets_{};
  uint64_t count_ = 0;
  uint64_t max_us_ = 0;
};

}  // namespace centralita::load
