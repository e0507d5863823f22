#include "timers.h"

#include <fmt/format.h>
#include <google/protobuf/arena.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <map>
#include <optional>

#include "centralita/base/error.h"
#include "centralita/sla/clock.h"

namespace centralita::sla_timer {
namespace {

std::string KeyOf(std::string_view tenant, std::string_view conversation, std::string_view clock) {
  return fmt::format("c/{}/{}/{}", tenant, conversation, clock);
}

bool IsNewer(const clocks::v1::ClockState& a, const clocks::v1::ClockState& b) {
  if (a.generation() != b.generation()) return a.generation() > b.generation();
  return a.warned() > b.warned() || (a.breached() && !b.breached());
}

// Whether a message's bytes have that field at the top; nullopt if they are no message.
std::optional<bool> HasField(std::string_view bytes, int field) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  while (const uint32_t tag = in.ReadTag()) {
    if (WireFormatLite::GetTagFieldNumber(tag) == field) return true;
    if (!WireFormatLite::SkipField(&in, tag)) return std::nullopt;
  }
  return in.ConsumedEntireMessage() ? std::optional(false) : std::nullopt;
}

}  // namespace

base::ApplyResult Timers::Apply(const base::InputRecord& record, base::Outputs& outputs) {
  // Most events move no clock: they are passed over without being decoded.
  const auto has_clocks = HasField(record.value, events::v1::Event::kClocksFieldNumber);
  if (!has_clocks.has_value()) return base::ApplyResult::kUndecodable;
  if (!*has_clocks) return base::ApplyResult::kApplied;
  google::protobuf::Arena arena;
  auto& event = *google::protobuf::Arena::CreateMessage<events::v1::Event>(&arena);
  if (!event.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
    return base::ApplyResult::kUndecodable;
  }
  for (const auto& clock : event.clocks()) Follow(event, clock);
  return base::ApplyResult::kApplied;
}

void Timers::Follow(const events::v1::Event& event, const clocks::v1::ClockState& clock) {
  const std::string key = KeyOf(event.tenant(), event.conversation_id(), clock.spec().name());
  const auto found = clocks_.find(key);
  if (found != clocks_.end()) {
    // The same generation in another pool: its alarms go there from now on. Words of two pools may
    // cross, so the conversation's revision says which of them is the later.
    const bool moved = event.pool() != found->second.entry.pool() &&
                       event.revision() >= found->second.entry.revision();
    if (!IsNewer(clock, found->second.entry.clock()) &&
        !(moved && clock.generation() == found->second.entry.clock().generation())) {
      return;
    }
    Remove(found);
  }
  Timer timer;
  timer.entry.set_tenant(event.tenant());
  timer.entry.set_pool(event.pool());
  timer.entry.set_conversation_id(event.conversation_id());
  timer.entry.set_revision(event.revision());
  *timer.entry.mutable_clock() = clock;
  if (!Aim(timer)) return;
  changed_.insert(key);
  Insert(key, std::move(timer));
}

void Timers::Insert(std::string key, Timer timer) {
  timer.number = next_number_++;
  by_due_.emplace(std::pair(timer.due, timer.number), key);
  clocks_.emplace(std::move(key), std::move(timer));
  ++live_;
}

bool Timers::Aim(Timer& timer) const {
  const clocks::v1::ClockState& clock = timer.entry.clock();
  if (clock.phase() != clocks::v1::CLOCK_PHASE_RUNNING || clock.breached()) return false;
  const auto calendar = calendars_.Find(timer.entry.tenant(), clock.spec().calendar());
  timer.threshold = clock.warned();
  const auto due = sla::ThresholdAt(clock, *calendar, timer.threshold);
  if (!due.ok()) return false;
  timer.threshold_due = *due;
  timer.due = *due;
  return true;
}

void Timers::Remove(ByKey::iterator timer) {
  by_due_.erase({timer->second.due, timer->second.number});
  changed_.insert(timer->first);
  clocks_.erase(timer);
  --live_;
}

std::vector<Timers::Due> Timers::TakeDue(base::TimePoint now, size_t limit) {
  std::vector<Due> all;
  while (!by_due_.empty() && by_due_.begin()->first.first <= now && all.size() < limit) {
    const auto found = clocks_.find(by_due_.begin()->second);
    Timer& timer = found->second;
    if (++timer.attempts > max_attempts_) {
      // Its conversation has gone without a word (a tenant's pool that was deleted): nobody waits
      // for it.
      Remove(found);
      continue;
    }
    Due due;
    due.again = timer.attempts > 1;
    due.alarm.set_tenant(timer.entry.tenant());
    due.alarm.set_pool(timer.entry.pool());
    auto& id = *due.alarm.mutable_alarm()->mutable_alarm();
    id.set_conversation_id(timer.entry.conversation_id());
    id.set_clock(timer.entry.clock().spec().name());
    id.set_generation(timer.entry.clock().generation());
    id.set_threshold(timer.threshold);
    id.set_due_unix_ms(base::ToUnixMillis(timer.threshold_due));
    all.push_back(std::move(due));
    auto place = by_due_.extract(by_due_.begin());
    timer.due = now + resend_after_;
    place.key().first = timer.due;
    by_due_.insert(std::move(place));
  }
  return all;
}

base::TimePoint Timers::NextDue() const {
  return by_due_.empty() ? base::kNever : by_due_.begin()->first.first;
}

void Timers::TakeChanges(base::EntrySink& sink) {
  for (const std::string& key : changed_) {
    const auto found = clocks_.find(key);
    if (found == clocks_.end()) {
      sink.Erase(key);
    } else {
      sink.Put(key, found->second.entry.SerializeAsString());
    }
  }
  changed_.clear();
}

void Timers::ForEachEntry(base::EntrySink& sink) const {
  std::map<std::string_view, const Timer*> sorted;
  for (const auto& [key, timer] : clocks_) sorted.emplace(key, &timer);
  for (const auto& [key, timer] : sorted) sink.Put(key, timer->entry.SerializeAsString());
}

absl::Status Timers::Load(std::string_view key, std::string_view value) {
  Timer timer;
  if (!timer.entry.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return base::Error(absl::StatusCode::kDataLoss, "damaged_entry",
                       fmt::format("Timer entry {} is damaged.", key));
  }
  if (Aim(timer)) Insert(std::string(key), std::move(timer));
  return absl::OkStatus();
}

}  // namespace centralita::sla_timer
