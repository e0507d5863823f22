// Timers as bytes: snapshot.v1.TimerSegment.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "centralita/snapshot/v1/sla_timer_state.pb.h"
#include "timer_table.h"

namespace centralita::sla_timer {

// Collects timers of one table.
class SegmentWriter final {
 public:
  // `table` outlives it.
  explicit SegmentWriter(const TimerTable& table) : table_(table) {}

  void Add(const Timer& timer);
  size_t size() const { return static_cast<size_t>(segment_.flags_size()); }
  // Well below what an entry may have.
  bool full() const { return size() >= kMaxTimers || bytes_ >= kMaxBytes; }
  // The bytes; empty again.
  std::string Take(int64_t now);

 private:
  static constexpr size_t kMaxTimers = 4096;
  static constexpr size_t kMaxBytes = 256 << 10;

  const TimerTable& table_;
  snapshot::v1::TimerSegment segment_;
  // From the table's numbers to places in the segment.
  absl::flat_hash_map<uint32_t, uint32_t> places_;
  absl::flat_hash_map<uint32_t, uint32_t> specs_;
  // Of what is not a number of fixed width.
  size_t bytes_ = 0;
};

// What a segment says of one timer.
struct WrittenTimer {
  const Place& place;
  const clocks::v1::ClockSpec& spec;
  std::string_view conversation;
  // id, named, place, spec and what belongs to wheel and log are not set. `due` of what does not
  // run: when it is forgotten.
  Timer timer;
};

// Calls `take` for each, in order. DATA_LOSS if the bytes are no segment.
absl::Status ReadSegment(std::string_view bytes, int64_t& now,
                         const std::function<void(const WrittenTimer&)>& take);

}  // namespace centralita::sla_timer
