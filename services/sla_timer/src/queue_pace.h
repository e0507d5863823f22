// How long who waits in a queue has still to wait, out of what its events say.
//
// expected wait = (conversations ahead + 1) x mean time between two that agents take: the
// queue-length predictor of W. Whitt, "Predicting Queueing Delays" (Management Science 45, 1999).
// Of the time between two counts only what the second of them has waited, so a queue with idle
// agents has short waits however few come, and whoever waits for a skill that nobody has makes it
// no slower. A mean forgets: the newest of sixteen weighs a sixteenth. One that has seen fewer than
// eight says nothing, and neither does a queue from which nobody was taken for an hour: its agents
// have gone home.
//
// Whoever sees every n-th conversation of a queue, as a partition of `events` does, sees an n-th of
// the length and n times the time between two, and so expects the same.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace centralita::sla_timer {

// Of durations. A value.
class FadingMean final {
 public:
  static constexpr int64_t kWeight = 16;
  static constexpr int64_t kEnough = 8;

  FadingMean() = default;
  FadingMean(int64_t observed, int64_t mean_us)
      : observed_(std::clamp<int64_t>(observed, 0, kWeight)), mean_us_(mean_us) {}

  void Observe(int64_t ms) {
    observed_ = std::min(observed_ + 1, kWeight);
    mean_us_ += (ms * 1000 - mean_us_) / observed_;
  }
  // nullopt if too few were seen.
  std::optional<int64_t> Milliseconds() const { return AtLeast(0); }
  // With one that is not over and has lasted `ms`.
  std::optional<int64_t> AtLeast(int64_t ms) const {
    if (observed_ < kEnough) return std::nullopt;
    return (mean_us_ + std::max<int64_t>(0, ms * 1000 - mean_us_) / kWeight) / 1000;
  }

  int64_t observed() const { return observed_; }
  int64_t mean_us() const { return mean_us_; }

 private:
  int64_t observed_ = 0;
  int64_t mean_us_ = 0;
};

// Times are milliseconds of the log. An order is a conversation's place, as Queued.due_unix_ms. Not
// thread-safe.
class QueuePace final {
 public:
  // From which on nobody seems to work.
  static constexpr int64_t kStillMs = 3'600'000;

  void Join(int64_t order);
  // One of that order goes, without being taken.
  void Leave(int64_t order);
  // One of that order, who has waited since then, goes to an agent.
  void Take(int64_t order, int64_t since, int64_t now);

  // Of who has that order and waits since then; nullopt if too little is known. Changes nothing, so
  // `now` may be an estimate.
  std::optional<int64_t> ExpectedWait(int64_t order, int64_t since, int64_t now);

  size_t waiting() const { return waiting_; }
  // When the last was taken; 0 if none was.
  int64_t taken_at() const { return taken_at_; }
  const FadingMean& between() const { return between_; }
  // What was kept of it; who waits joins anew.
  void Restore(const FadingMean& between, int64_t taken_at);

 private:
  // Those of earlier minutes, and half of the others of the same.
  int64_t Ahead(int64_t order, int64_t now);

  FadingMean between_;
  int64_t taken_at_ = 0;
  size_t waiting_ = 0;
  // By minute of the order.
  std::map<int64_t, int64_t> minutes_;
  // Minutes with the sum of those before, as of a moment ago.
  std::vector<std::pair<int64_t, int64_t>> before_;
  int64_t summed_at_ = INT64_MIN;
};

}  // namespace centralita::sla_timer
