#include "timers.h"

#include <fmt/format.h>
#include <google/protobuf/arena.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/sla/clock.h"
#include "centralita/sla/spans.h"

namespace centralita::sla_timer {
namespace {

using clocks::v1::ClockState;

// A clock that waits or is overdue for so long without a word is forgotten; should it run again,
// an event says so.
constexpr int64_t kKeptMs = int64_t{90} * 24 * 3'600'000;
// Timers that are moved ahead of their time, for each record and each turn.
constexpr size_t kSettledPerRecord = 4;
constexpr size_t kSettledPerTurn = 4096;
// Timers that are looked at in each turn when calendars have changed: a fraction of a millisecond.
constexpr size_t kAimedPerTurn = 2048;
constexpr int64_t kLongestResend = 60;

TimerState StateOf(const ClockState& clock) {
  if (clock.phase() == clocks::v1::CLOCK_PHASE_PAUSED) return TimerState::kPaused;
  if (clock.phase() != clocks::v1::CLOCK_PHASE_RUNNING) return TimerState::kRemoved;
  return clock.breached() ? TimerState::kBreached : TimerState::kRunning;
}

uint32_t Narrow(uint64_t number) {
  return static_cast<uint32_t>(std::min<uint64_t>(number, UINT32_MAX));
}

uint8_t Warned(const ClockState& clock) {
  return static_cast<uint8_t>(std::min<uint32_t>(clock.warned(), 15));
}

bool IsNewer(const ClockState& clock, const Timer& than) {
  if (Narrow(clock.generation()) != than.generation) return clock.generation() > than.generation;
  return Warned(clock) > than.warned || (clock.breached() && than.state != TimerState::kBreached) ||
         (clock.forecast() && !than.forecast);
}

// What of a clock's words its thresholds hang on, besides its deadline.
bool SameHours(const clocks::v1::ClockSpec& a, const clocks::v1::ClockSpec& b) {
  return a.calendar() == b.calendar() &&
         std::equal(a.warn_before_ms().begin(), a.warn_before_ms().end(),
                    b.warn_before_ms().begin(), b.warn_before_ms().end());
}

// Whether forecasts follow events of this kind.
bool IsForForecasts(int field) {
  using events::v1::Event;
  return field == Event::kQueuedFieldNumber || field == Event::kAcceptedFieldNumber ||
         (field >= Event::kRepliedFieldNumber && field <= Event::kStepRelaxedFieldNumber) ||
         field == Event::kOverflowedFieldNumber || field == Event::kReprioritizedFieldNumber;
}

// Whether there is a field at the top of a message's bytes for which `wanted` holds; nullopt if
// they are no message.
template <typename Wanted>
std::optional<bool> HasField(std::string_view bytes, const Wanted& wanted) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  while (const uint32_t tag = in.ReadTag()) {
    if (wanted(WireFormatLite::GetTagFieldNumber(tag))) return true;
    if (!WireFormatLite::SkipField(&in, tag)) return std::nullopt;
  }
  return in.ConsumedEntireMessage() ? std::optional(false) : std::nullopt;
}

}  // namespace

base::ApplyResult Timers::Apply(const base::InputRecord& record, base::Outputs& outputs) {
  now_ = base::ToUnixMillis(record.now);
  table_.wheel().StartAt(now_);
  table_.wheel().Settle(kSettledPerRecord);
  if (!unconfirmed_.empty()) CorrectEarly();
  // Most events move no clock: they are passed over without being decoded.
  const auto wanted = HasField(record.value, [this](int field) {
    return field == events::v1::Event::kClocksFieldNumber ||
           (!forecasts_.idle() && IsForForecasts(field));
  });
  if (!wanted.has_value()) return base::ApplyResult::kUndecodable;
  if (!*wanted) return base::ApplyResult::kApplied;
  google::protobuf::Arena arena;
  auto& event = *google::protobuf::Arena::CreateMessage<events::v1::Event>(&arena);
  if (!event.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
    return base::ApplyResult::kUndecodable;
  }
  forecasts_.Follow(event, now_);
  for (const auto& clock : event.clocks()) Follow(event, clock);
  return base::ApplyResult::kApplied;
}

void Timers::CorrectEarly() {
  // A little ahead is usual: records are read some milliseconds behind their time.
  if (base::FromUnixMillis(asked_until_) - base::FromUnixMillis(now_) > policy_.resend_after) {
    // Records that are read late say so each time: no more often than alarms are sent again.
    if (std::abs(asked_until_ - corrected_at_) < policy_.resend_after.count()) return;
    corrected_at_ = asked_until_;
    for (const uint32_t number : unconfirmed_) {
      Timer& timer = table_[number];
      if (timer.state != TimerState::kRunning || timer.attempts == 0) continue;
      const auto at = ThresholdAt(timer);
      if (!at.ok()) continue;
      table_.wheel().Cancel(number);
      timer.attempts = 0;
      timer.due = std::max(base::ToUnixMillis(*at), now_);
      table_.wheel().Set(number);
    }
  }
  unconfirmed_.clear();
  asked_until_ = 0;
}

void Timers::Follow(const events::v1::Event& event, const ClockState& clock) {
  const uint32_t number = table_.Find(event.tenant(), event.conversation_id(), clock.spec().name());
  if (number == kNone) {
    if (StateOf(clock) == TimerState::kRemoved) return;
    const Place place{event.tenant(), event.pool()};
    return Update(table_.Add(place, event.conversation_id(), clock.spec()), event, clock);
  }
  const Timer& timer = table_[number];
  // The same generation in another pool: its alarms go there from now on. Or by a calendar of
  // another name, which makes no new generation. Words of two pools may cross, so the
  // conversation's revision says which of them is the later.
  const bool not_older =
      Narrow(event.revision()) >= timer.revision && Narrow(clock.generation()) == timer.generation;
  const bool moved = not_older && event.pool() != table_.PlaceOf(timer).pool;
  // Told again, it may be from before a warning.
  const bool renamed = not_older && Warned(clock) >= timer.warned &&
                       (clock.breached() || timer.state != TimerState::kBreached) &&
                       !SameHours(clock.spec(), table_.SpecOf(timer));
  if (!moved && !renamed && !IsNewer(clock, timer)) return;
  if (StateOf(clock) == TimerState::kRemoved) return Remove(number);
  Count(timer, -1);
  table_.wheel().Cancel(number);
  table_.SetPlace(number, {event.tenant(), event.pool()});
  table_.SetSpec(number, clock.spec());
  Update(number, event, clock);
}

void Timers::Update(uint32_t number, const events::v1::Event& event, const ClockState& clock) {
  Timer& timer = table_[number];
  timer.state = StateOf(clock);
  Count(timer, 1);
  timer.generation = Narrow(clock.generation());
  timer.revision = Narrow(event.revision());
  timer.warned = Warned(clock);
  timer.forecast = clock.forecast();
  timer.attempts = 0;
  timer.deadline =
      timer.state == TimerState::kPaused ? clock.remaining_ms() : clock.deadline_unix_ms();
  timer.due = now_ + kKeptMs;
  log_.Changed(number);
  if (!Aim(number)) return Remove(number);
  forecasts_.Watch(number, now_);
}

bool Timers::Aim(uint32_t number) {
  Timer& timer = table_[number];
  if (timer.state == TimerState::kRunning) {
    const auto due = ThresholdAt(timer);
    if (!due.ok()) return false;
    timer.due = base::ToUnixMillis(*due);
  }
  table_.wheel().Set(number);
  return true;
}

void Timers::FollowCalendars(size_t limit) {
  const uint64_t version = calendars_.Version();
  if (version == aimed_) return;
  // What changes during a round is left for the next, so each comes to its end.
  if (next_to_aim_ == 0) aiming_ = version;
  for (; limit > 0 && next_to_aim_ < table_.end(); --limit) AimAnew(next_to_aim_++);
  if (next_to_aim_ < table_.end()) return;
  next_to_aim_ = 0;
  aimed_ = aiming_;
}

void Timers::AimAnew(uint32_t number) {
  Timer& timer = table_[number];
  // One whose alarm was sent is asked again soon (Ring).
  if (timer.state != TimerState::kRunning || timer.attempts > 0) return;
  if (table_.SpecOf(timer).calendar().empty()) return;
  if (calendars_.VersionOf(table_.PlaceOf(timer).tenant) <= aimed_) return;
  table_.wheel().Cancel(number);
  if (!Aim(number)) Remove(number);
}

absl::StatusOr<base::TimePoint> Timers::ThresholdAt(const Timer& timer) {
  const ClockState& clock = table_.RunningClock(timer);
  if (clock.spec().calendar().empty()) return sla::ThresholdAt(clock, always_, timer.warned);
  const auto hours = calendars_.Find(table_.PlaceOf(timer).tenant, clock.spec().calendar());
  return sla::ThresholdAt(clock, *hours, timer.warned);
}

void Timers::Count(const Timer& timer, int64_t by) {
  if (timer.state != TimerState::kRunning) return;
  running_ += by;
  live_ += by;
}

void Timers::Remove(uint32_t number) {
  Count(table_[number], -1);
  forecasts_.Unwatch(number);
  log_.Removing(number);
  table_.Remove(number);
}

std::vector<Timers::Due> Timers::TakeDue(base::TimePoint now, size_t limit, const Takes& takes) {
  std::vector<Due> due;
  asked_until_ = std::max(asked_until_, base::ToUnixMillis(now));
  FollowCalendars(kAimedPerTurn);
  table_.wheel().Settle(kSettledPerTurn);
  // What is looked at and not due yet, or forgotten, counts for the length of a turn too.
  for (size_t looked = 0; looked < 2 * limit && due.size() < limit; ++looked) {
    const uint32_t number = table_.wheel().TakeDue(base::ToUnixMillis(now));
    if (number == kNone) break;
    Ring(number, now, takes, due);
  }
  TakeForecasts(now, limit, takes, due);
  return due;
}

void Timers::TakeForecasts(base::TimePoint now, size_t limit, const Takes& takes,
                           std::vector<Due>& all) {
  const auto taken = [&](const Place& place) { return takes == nullptr || takes(place); };
  while (auto alarm = forecasts_.TakeDue(base::ToUnixMillis(now), limit, taken)) {
    Due& due = all.emplace_back();
    due.alarm = *std::move(alarm);
    due.forecast = true;
  }
}

void Timers::Ring(uint32_t number, base::TimePoint now, const Takes& takes, std::vector<Due>& all) {
  Timer& timer = table_[number];
  if (timer.state != TimerState::kRunning) return Remove(number);
  // Asked again: its calendar may be another one by now.
  const auto at = ThresholdAt(timer);
  if (!at.ok()) return Remove(number);
  if (*at > now) {
    timer.due = base::ToUnixMillis(*at);
    // What was sent came before its time.
    timer.attempts = 0;
    return table_.wheel().Set(number);
  }
  const Place& place = table_.PlaceOf(timer);
  const bool counts = takes == nullptr || takes(place);
  if (counts && timer.attempts >= policy_.max_attempts) {
    // Its conversation has gone without a word (a tenant's pool that was deleted).
    ++given_up_;
    return Remove(number);
  }
  Due& due = all.emplace_back();
  due.again = timer.attempts > 0;
  due.late = now - *at;
  due.alarm.set_tenant(place.tenant);
  due.alarm.set_pool(place.pool);
  auto& id = *due.alarm.mutable_alarm()->mutable_alarm();
  id.set_conversation_id(table_.ConversationOf(timer));
  id.set_clock(table_.SpecOf(timer).name());
  id.set_generation(timer.generation);
  id.set_threshold(timer.warned);
  id.set_due_unix_ms(base::ToUnixMillis(*at));
  const int64_t wait = std::min(int64_t{1} << std::min<int>(timer.attempts, 10), kLongestResend);
  if (counts) ++timer.attempts;
  unconfirmed_.insert(number);
  timer.due = base::ToUnixMillis(now + policy_.resend_after * wait);
  table_.wheel().Set(number);
}

base::TimePoint Timers::FirstDue(base::TimePoint now) const {
  int64_t first = base::ToUnixMillis(now);
  table_.wheel().VisitSoonest([&](uint32_t number) {
    first = std::min(first, table_[number].due);
    return false;
  });
  return base::FromUnixMillis(first);
}

base::TimePoint Timers::NextDue() const {
  if (calendars_.Version() != aimed_) return base::FromUnixMillis(0);
  const int64_t at = std::min(table_.wheel().NextAt(), forecasts_.NextAt());
  return at == INT64_MAX ? base::kNever : base::FromUnixMillis(at);
}

void Timers::TakeChanges(base::EntrySink& sink) {
  for (const std::string& key : old_entries_) sink.Erase(key);
  old_entries_.clear();
  forecasts_.TakeChanges(sink);
  log_.TakeChanges(now_, sink);
}

void Timers::ForEachEntry(base::EntrySink& sink) const {
  forecasts_.ForEachEntry(sink);
  log_.ForEachEntry(now_, sink);
}

absl::Status Timers::Load(std::string_view key, std::string_view value) {
  if (SegmentLog::IsSegment(key)) return log_.Load(key, value);
  if (Forecasts::IsEntry(key)) return forecasts_.Load(key, value);
  snapshot::v1::TimerEntry entry;
  if (!entry.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return base::Error(absl::StatusCode::kDataLoss, "damaged_entry",
                       fmt::format("Timer entry {} is damaged.", key));
  }
  events::v1::Event event;
  event.set_tenant(entry.tenant());
  event.set_pool(entry.pool());
  event.set_conversation_id(entry.conversation_id());
  event.set_revision(entry.revision());
  old_entries_.emplace_back(key);
  Follow(event, entry.clock());
  return absl::OkStatus();
}

absl::Status Timers::LoadDone() {
  ABSL_ASSIGN_OR_RETURN(now_, log_.LoadDone());
  table_.wheel().StartAt(now_);
  for (uint32_t number = 0; number < table_.end(); ++number) {
    Timer& timer = table_[number];
    // One of an older format is in the wheel already.
    if (timer.state == TimerState::kRemoved || timer.list != timer::WheelSlots::kNoList) continue;
    Count(timer, 1);
    if (!Aim(number)) {
      Remove(number);
    } else {
      forecasts_.Watch(number, now_);
    }
  }
  return absl::OkStatus();
}

}  // namespace centralita::sla_timer
