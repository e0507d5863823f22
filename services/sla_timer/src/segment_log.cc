#include "segment_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"

namespace centralita::sla_timer {
namespace {

// Segments may have so many lines more than twice the timers.
constexpr size_t kSlack = 16'384;

std::string KeyOf(uint64_t segment) { return fmt::format("s/{:016x}", segment); }

absl::Status Damaged(std::string_view what) {
  return base::Error(absl::StatusCode::kDataLoss, "damaged_entry",
                     fmt::format("The timers' state is damaged: {}.", what));
}

}  // namespace

bool SegmentLog::NotOlder(uint32_t a, uint32_t b) {
  const uint32_t ahead = a >= b ? a - b : a + (Timer::kUnwritten - b);
  return ahead < Timer::kUnwritten / 2;
}

SegmentLog::Segment& SegmentLog::SegmentOf(const Timer& timer) {
  const uint32_t first = Short(first_);
  const uint32_t at =
      timer.segment >= first ? timer.segment - first : timer.segment + (Timer::kUnwritten - first);
  return segments_[at];
}

bool SegmentLog::LivesIn(uint32_t number, uint64_t segment) const {
  const Timer& timer = table_[number];
  return timer.state != TimerState::kRemoved && timer.segment == Short(segment);
}

void SegmentLog::Changed(uint32_t number) {
  Timer& timer = table_[number];
  if (timer.segment != Timer::kUnwritten) --SegmentOf(timer).live;
  timer.segment = Timer::kUnwritten;
  if (number >= is_changed_.size()) is_changed_.resize(table_.end());
  if (is_changed_[number]) return;
  is_changed_[number] = true;
  changed_.push_back(number);
}

void SegmentLog::Removing(uint32_t number) {
  Timer& timer = table_[number];
  if (timer.segment != Timer::kUnwritten) --SegmentOf(timer).live;
  timer.segment = Timer::kUnwritten;
  if (!timer.written) return;
  Timer key = table_.TakeKey(number);
  key.state = TimerState::kRemoved;
  removed_.push_back(key);
}

void SegmentLog::Write(uint32_t number, Segment& segment, SegmentWriter& writer) {
  Timer& timer = table_[number];
  if (timer.segment != Timer::kUnwritten) --SegmentOf(timer).live;
  timer.segment = Short(end());
  timer.written = true;
  writer.Add(timer);
  segment.numbers.push_back(number);
  ++segment.live;
}

void SegmentLog::Close(Segment& segment, SegmentWriter& writer, bool last, int64_t now,
                       base::EntrySink& sink) {
  if (writer.size() == 0 || (!last && !writer.full())) return;
  segment.lines = writer.size();
  lines_ += segment.lines;
  sink.Put(KeyOf(end()), writer.Take(now));
  segment.numbers.shrink_to_fit();
  segments_.push_back(std::exchange(segment, {}));
}

void SegmentLog::TakeChanges(int64_t now, base::EntrySink& sink) {
  SegmentWriter writer(table_);
  Segment segment;
  // What went comes first: a timer of the same name may have come since.
  for (const Timer& key : removed_) {
    writer.Add(key);
    table_.GiveKey(key);
    Close(segment, writer, false, now, sink);
  }
  for (const uint32_t number : changed_) {
    is_changed_[number] = false;
    const Timer& timer = table_[number];
    if (timer.state == TimerState::kRemoved || timer.segment != Timer::kUnwritten) continue;
    Write(number, segment, writer);
    Close(segment, writer, false, now, sink);
  }
  const size_t changes = removed_.size() + changed_.size();
  changed_.clear();
  removed_.clear();
  // Cleaning takes no more than twice what the changes took, so a checkpoint is never long because
  // of it, and it is always faster than lines come.
  Clean(2 * changes, segment, writer, now, sink);
  Close(segment, writer, true, now, sink);
  while (!segments_.empty() && segments_.front().live == 0) DropFirst(sink);
}

void SegmentLog::Clean(size_t limit, Segment& segment, SegmentWriter& writer, int64_t now,
                       base::EntrySink& sink) {
  const size_t enough = 2 * table_.size() + kSlack;
  for (size_t cleaned = 0; cleaned < limit && lines_ > enough && !segments_.empty();) {
    const std::vector<uint32_t> numbers = std::move(segments_.front().numbers);
    cleaned += segments_.front().lines;
    for (const uint32_t number : numbers) {
      if (!LivesIn(number, first_)) continue;
      Write(number, segment, writer);
      Close(segment, writer, false, now, sink);
    }
    DropFirst(sink);
  }
}

void SegmentLog::DropFirst(base::EntrySink& sink) {
  sink.Erase(KeyOf(first_++));
  lines_ -= segments_.front().lines;
  segments_.pop_front();
}

void SegmentLog::ForEachEntry(int64_t now, base::EntrySink& sink) const {
  SegmentWriter writer(table_);
  for (uint64_t at = first_; at < end(); ++at) {
    for (const uint32_t number : segments_[at - first_].numbers) {
      if (LivesIn(number, at)) writer.Add(table_[number]);
    }
    // Also an empty one, since numbers have no gaps.
    sink.Put(KeyOf(at), writer.Take(now));
  }
  uint64_t next = end();
  for (const uint32_t number : changed_) {
    const Timer& timer = table_[number];
    if (timer.state == TimerState::kRemoved || timer.segment != Timer::kUnwritten) continue;
    writer.Add(timer);
    if (writer.full()) sink.Put(KeyOf(next++), writer.Take(now));
  }
  if (writer.size() > 0) sink.Put(KeyOf(next), writer.Take(now));
}

absl::Status SegmentLog::Load(std::string_view key, std::string_view value) {
  uint64_t at = 0;
  const char* const end_of_key = key.data() + key.size();
  const auto parsed = std::from_chars(key.data() + 2, end_of_key, at, 16);
  if (parsed.ec != std::errc() || parsed.ptr != end_of_key) {
    return Damaged(fmt::format("there is an entry {}", key));
  }
  size_t& lines = loaded_.emplace_back(at, 0).second;
  const uint32_t segment = Short(at);
  return ReadSegment(value, loaded_now_, [&](const WrittenTimer& written) {
    ++lines;
    uint32_t number = table_.Find(written.place.tenant, written.conversation, written.spec.name());
    if (number == kNone) {
      number = table_.Add(written.place, written.conversation, written.spec);
    } else if (!NotOlder(segment, table_[number].segment)) {
      return;
    } else {
      table_.SetPlace(number, written.place);
      table_.SetSpec(number, written.spec);
    }
    Timer& timer = table_[number];
    timer.state = written.timer.state;
    timer.warned = written.timer.warned;
    timer.forecast = written.timer.forecast;
    timer.generation = written.timer.generation;
    timer.revision = written.timer.revision;
    timer.deadline = written.timer.deadline;
    timer.due = written.timer.due;
    timer.segment = segment;
    timer.written = true;
  });
}

absl::StatusOr<int64_t> SegmentLog::LoadDone() {
  if (loaded_.empty()) return loaded_now_;
  std::sort(loaded_.begin(), loaded_.end());
  first_ = loaded_.front().first;
  if (loaded_.back().first - first_ + 1 != loaded_.size()) return Damaged("a segment is missing");
  for (const auto& [number, lines] : loaded_) {
    segments_.emplace_back().lines = lines;
    lines_ += lines;
  }
  loaded_ = {};
  for (uint32_t number = 0; number < table_.end(); ++number) {
    const Timer& timer = table_[number];
    if (timer.state == TimerState::kRemoved) {
      table_.Remove(number);
      continue;
    }
    if (timer.segment == Timer::kUnwritten) continue;
    Segment& segment = SegmentOf(timer);
    segment.numbers.push_back(number);
    ++segment.live;
  }
  for (Segment& segment : segments_) segment.numbers.shrink_to_fit();
  return loaded_now_;
}

}  // namespace centralita::sla_timer
