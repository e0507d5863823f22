#include "queue_pace.h"

#include <cstdlib>

namespace centralita::sla_timer {
namespace {

// Of a queue whose places are spread over more minutes, sums may be so old.
constexpr size_t kFewMinutes = 64;
constexpr int64_t kSumEveryMs = 1000;

int64_t MinuteOf(int64_t order) { return order / 60'000; }

}  // namespace

void QueuePace::Restore(const FadingMean& between, int64_t taken_at) {
  between_ = between;
  taken_at_ = taken_at;
}

void QueuePace::Join(int64_t order) {
  ++minutes_[MinuteOf(order)];
  ++waiting_;
}

void QueuePace::Leave(int64_t order) {
  const auto found = minutes_.find(MinuteOf(order));
  if (found == minutes_.end()) return;
  --waiting_;
  if (--found->second == 0) minutes_.erase(found);
}

void QueuePace::Take(int64_t order, int64_t since, int64_t now) {
  const int64_t waited = now - std::max(taken_at_, since);
  if (waited <= kStillMs) between_.Observe(std::max<int64_t>(0, waited));
  taken_at_ = std::max(taken_at_, now);
  Leave(order);
}

int64_t QueuePace::Ahead(int64_t order, int64_t now) {
  if (summed_at_ == INT64_MIN || minutes_.size() <= kFewMinutes ||
      std::abs(now - summed_at_) >= kSumEveryMs) {
    before_.clear();
    int64_t sum = 0;
    for (const auto& [minute, count] : minutes_) {
      before_.emplace_back(minute, sum);
      sum += count;
    }
    before_.emplace_back(INT64_MAX, sum);
    summed_at_ = now;
  }
  const int64_t minute = MinuteOf(order);
  const auto at = std::lower_bound(before_.begin(), before_.end(), std::pair(minute, INT64_MIN));
  const auto same = minutes_.find(minute);
  const int64_t others = same == minutes_.end() ? 0 : std::max<int64_t>(0, same->second - 1);
  return at->second + others / 2;
}

std::optional<int64_t> QueuePace::ExpectedWait(int64_t order, int64_t since, int64_t now) {
  const int64_t waited = now - std::max(taken_at_, since);
  if (waited > kStillMs) return std::nullopt;
  const auto between = between_.AtLeast(waited);
  if (!between.has_value()) return std::nullopt;
  return *between * (Ahead(order, now) + 1);
}

}  // namespace centralita::sla_timer
