#include "segment_codec.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "centralita/base/error.h"

namespace centralita::sla_timer {
namespace {

constexpr uint32_t kWarnedShift = 2;
constexpr uint32_t kWarnedMask = 15;
constexpr uint32_t kNamed = 1 << 6;
constexpr uint32_t kForecast = 1 << 7;

bool IsKept(TimerState state) {
  return state == TimerState::kPaused || state == TimerState::kBreached;
}

absl::Status Damaged() {
  return base::Error(absl::StatusCode::kDataLoss, "damaged_entry",
                     "A segment of timers is damaged.");
}

std::string_view Next(std::string_view& bytes, size_t length) {
  const std::string_view next = bytes.substr(0, length);
  bytes.remove_prefix(next.size());
  return next;
}

}  // namespace

void SegmentWriter::Add(const Timer& timer) {
  const auto place = places_.try_emplace(timer.place, segment_.places_size());
  if (place.second) {
    auto& written = *segment_.add_places();
    written.set_tenant(table_.PlaceOf(timer).tenant);
    written.set_pool(table_.PlaceOf(timer).pool);
    bytes_ += written.ByteSizeLong();
  }
  const auto spec = specs_.try_emplace(timer.spec, segment_.specs_size());
  if (spec.second) {
    *segment_.add_specs() = table_.SpecOf(timer);
    bytes_ += table_.SpecOf(timer).ByteSizeLong();
  }
  if (timer.named) {
    const std::string name = table_.ConversationOf(timer);
    segment_.mutable_ids()->append(name);
    segment_.add_name_lengths(static_cast<uint32_t>(name.size()));
    bytes_ += name.size();
  } else {
    segment_.mutable_ids()->append(reinterpret_cast<const char*>(timer.id.data()), timer.id.size());
  }
  segment_.add_place(place.first->second);
  segment_.add_spec(spec.first->second);
  segment_.add_flags(static_cast<uint32_t>(timer.state) |
                     static_cast<uint32_t>(timer.warned) << kWarnedShift |
                     (timer.named ? kNamed : 0) | (timer.forecast ? kForecast : 0));
  segment_.add_generation(timer.generation);
  segment_.add_revision(timer.revision);
  segment_.add_deadline_unix_ms(timer.deadline);
  if (IsKept(timer.state)) segment_.add_kept_until_unix_ms(timer.due);
}

std::string SegmentWriter::Take(int64_t now) {
  segment_.set_now_unix_ms(now);
  std::string bytes = segment_.SerializeAsString();
  segment_.Clear();
  places_.clear();
  specs_.clear();
  bytes_ = 0;
  return bytes;
}

absl::Status ReadSegment(std::string_view bytes, int64_t& now,
                         const std::function<void(const WrittenTimer&)>& take) {
  snapshot::v1::TimerSegment segment;
  if (!segment.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return Damaged();
  const int size = segment.flags_size();
  if (segment.place_size() != size || segment.spec_size() != size ||
      segment.generation_size() != size || segment.revision_size() != size ||
      segment.deadline_unix_ms_size() != size) {
    return Damaged();
  }
  std::vector<Place> places;
  for (auto& place : *segment.mutable_places()) {
    places.push_back({std::move(*place.mutable_tenant()), std::move(*place.mutable_pool())});
  }
  std::string_view ids = segment.ids();
  int names = 0;
  int kept = 0;
  for (int i = 0; i < size; ++i) {
    const uint32_t flags = segment.flags(i);
    Timer timer;
    timer.state = static_cast<TimerState>(flags & 3);
    timer.warned = flags >> kWarnedShift & kWarnedMask;
    timer.forecast = (flags & kForecast) != 0;
    timer.generation = segment.generation(i);
    timer.revision = segment.revision(i);
    timer.deadline = segment.deadline_unix_ms(i);
    const bool named = (flags & kNamed) != 0;
    if (named && names == segment.name_lengths_size()) return Damaged();
    const size_t length = named ? segment.name_lengths(names++) : sizeof(Uuid);
    if (IsKept(timer.state)) {
      if (kept == segment.kept_until_unix_ms_size()) return Damaged();
      timer.due = segment.kept_until_unix_ms(kept++);
    }
    if (segment.place(i) >= places.size() ||
        segment.spec(i) >= static_cast<uint32_t>(segment.specs_size()) || ids.size() < length) {
      return Damaged();
    }
    const std::string_view id = Next(ids, length);
    std::string text;
    if (!named) {
      Uuid uuid;
      id.copy(reinterpret_cast<char*>(uuid.data()), uuid.size());
      text = PrintUuid(uuid);
    }
    take({.place = places[segment.place(i)],
          .spec = segment.specs(static_cast<int>(segment.spec(i))),
          .conversation = named ? id : std::string_view(text),
          .timer = timer});
  }
  if (!ids.empty()) return Damaged();
  now = std::max(now, segment.now_unix_ms());
  return absl::OkStatus();
}

}  // namespace centralita::sla_timer
