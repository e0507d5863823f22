#include "rate_limit.h"

#include <algorithm>
#include <cmath>

namespace centralita::ingest {

RateLimit::Grant RateLimit::Take(std::string_view tenant, uint32_t per_second, size_t wanted) {
  if (per_second == 0) return {.granted = wanted};
  const double rate = per_second;
  const auto now = clock_.Monotonic();
  std::lock_guard lock(mutex_);
  auto found = buckets_.find(tenant);
  if (found == buckets_.end())
    found = buckets_.try_emplace(std::string(tenant), Bucket{rate, now}).first;
  Bucket& bucket = found->second;
  const double elapsed = std::chrono::duration<double>(now - bucket.filled).count();
  bucket.tokens = std::min(rate, bucket.tokens + elapsed * rate);
  bucket.filled = now;
  const size_t granted = std::min(wanted, static_cast<size_t>(bucket.tokens));
  bucket.tokens -= static_cast<double>(granted);
  if (granted == wanted) return {.granted = granted};
  const double missing = std::min(rate, static_cast<double>(wanted - granted)) - bucket.tokens;
  return {.granted = granted,
          .retry_after = base::Duration(static_cast<int64_t>(std::ceil(1000 * missing / rate)))};
}

}  // namespace centralita::ingest
