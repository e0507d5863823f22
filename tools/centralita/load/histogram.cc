#include "load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace centralita::load {

size_t Histogram::BucketOf(uint64_t us) {
  if (us < (1U << kSubBits)) return us;
  const int exponent = std::bit_width(us) - kSubBits - 1;
  return (static_cast<size_t>(exponent + 1) << kSubBits) +
         ((us >> exponent) & ((1U << kSubBits) - 1));
}

uint64_t Histogram::UpperBound(size_t bucket) {
  if (bucket < (1U << kSubBits)) return bucket;
  const auto exponent = (bucket >> kSubBits) - 1;
  const uint64_t base = (1ULL << kSubBits) + (bucket & ((1U << kSubBits) - 1));
  return ((base + 1) << exponent) - 1;
}

void Histogram::Add(std::chrono::nanoseconds value) {
  const auto us = static_cast<uint64_t>(std::max<int64_t>(0, value.count() / 1000));
  ++buckets_[std::min(BucketOf(us), buckets_.size() - 1)];
  ++count_;
  max_us_ = std::max(max_us_, us);
}

void Histogram::Merge(const Histogram& other) {
  for (size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_us_ = std::max(max_us_, other.max_us_);
}

double Histogram::QuantileMs(double q) const {
  if (count_ == 0) return 0;
  const auto rank = static_cast<uint64_t>(std::ceil(q * static_cast<double>(count_)));
  uint64_t seen = 0;
  for (size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= std::max<uint64_t>(rank, 1)) {
      return static_cast<double>(std::min(UpperBound(i), max_us_)) / 1000.0;
    }
  }
  return MaxMs();
}

}  // namespace centralita::load
