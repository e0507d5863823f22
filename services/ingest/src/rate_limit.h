// Messages a second per tenant: a bucket of tokens that holds one second's worth.
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>

#include "centralita/base/clock.h"
#include "centralita/base/strings.h"

namespace centralita::ingest {

// Thread-safe.
class RateLimit final {
 public:
  explicit RateLimit(const base::Clock& clock) : clock_(clock) {}

  struct Grant {
    size_t granted = 0;
    // When the rest may come, if not all was granted.
    base::Duration retry_after{0};
  };
  // Takes up to `wanted`; `per_second` 0: no limit.
  Grant Take(std::string_view tenant, uint32_t per_second, size_t wanted);

 private:
  struct Bucket {
    double tokens = 0;
    std::chrono::steady_clock::time_point filled;
  };
  const base::Clock& clock_;
  std::mutex mutex_;
  // Tenants are those of the policy, so there are few.
  base::StringMap<Bucket> buckets_;
};

}  // namespace centralita::ingest
