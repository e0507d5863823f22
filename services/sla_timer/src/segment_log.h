// The timers of a table as entries of a checkpoint: a log of segments instead of an entry for each
// timer, so that a checkpoint is a few large writes however many timers have changed.
//
// A timer that changes is written anew into the next segment, one that goes leaves a line that says
// so. The oldest segments are cleaned, what lives in them being written anew, so that all segments
// together have at most about twice as many lines as there are timers: M. Rosenblum and
// J. K. Ousterhout, "The Design and Implementation of a Log-Structured File System" (SOSP 1991).
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "centralita/base/state_machine.h"
#include "segment_codec.h"
#include "timer_table.h"

namespace centralita::sla_timer {

// Not thread-safe.
class SegmentLog final {
 public:
  // `table` outlives it.
  explicit SegmentLog(TimerTable& table) : table_(table) {}

  // Something that is written of it has changed, or it is new.
  void Changed(uint32_t number);
  // It is about to be removed.
  void Removing(uint32_t number);

  // As StateMachine's. `now` is the log's.
  void TakeChanges(int64_t now, base::EntrySink& sink);
  void ForEachEntry(int64_t now, base::EntrySink& sink) const;

  static bool IsSegment(std::string_view key) { return key.starts_with("s/"); }
  // In any order, into an empty table; then LoadDone(). DATA_LOSS as StateMachine's.
  absl::Status Load(std::string_view key, std::string_view value);
  // Removes what is not there any more; timers are in no wheel yet. The newest time of a segment.
  absl::StatusOr<int64_t> LoadDone();

 private:
  struct Segment {
    // The timers that were written into it; those whose `segment` it still is live in it.
    std::vector<uint32_t> numbers;
    size_t lines = 0;
    size_t live = 0;
  };

  // What a timer remembers of a segment's number.
  static uint32_t Short(uint64_t segment) {
    return static_cast<uint32_t>(segment % Timer::kUnwritten);
  }
  // Of two short numbers, whether the first is newer or the same.
  static bool NotOlder(uint32_t a, uint32_t b);
  Segment& SegmentOf(const Timer& timer);
  bool LivesIn(uint32_t number, uint64_t segment) const;
  uint64_t end() const { return first_ + segments_.size(); }
  void Write(uint32_t number, Segment& segment, SegmentWriter& writer);
  // Closes `segment` if the writer is full, or holds anything and `last`.
  void Close(Segment& segment, SegmentWriter& writer, bool last, int64_t now,
             base::EntrySink& sink);
  void Clean(size_t limit, Segment& segment, SegmentWriter& writer, int64_t now,
             base::EntrySink& sink);
  void DropFirst(base::EntrySink& sink);

  TimerTable& table_;
  // Of the first of segments_; they are numbered without gaps.
  uint64_t first_ = 0;
  std::deque<Segment> segments_;
  size_t lines_ = 0;
  // Timers to write, each once, of which some may have gone meanwhile, and which those are.
  std::vector<uint32_t> changed_;
  std::vector<bool> is_changed_;
  // What went and was written.
  std::vector<Timer> removed_;
  // Loading: segments that were read with their lines, and the newest time.
  std::vector<std::pair<uint64_t, size_t>> loaded_;
  int64_t loaded_now_ = 0;
};

}  // namespace centralita::sla_timer
