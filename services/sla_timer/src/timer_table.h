// The timers of a partition in 64 bytes each: found by (tenant, conversation, clock), due by a
// wheel. What many share (tenant and pool, the policy's words on a clock) is kept once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "centralita/clocks/v1/clocks.pb.h"
#include "centralita/timer/slab.h"
#include "centralita/timer/wheel.h"
#include "interned.h"
#include "packed_id.h"
#include "timer_index.h"

namespace centralita::sla_timer {

using timer::kNone;

// As in snapshot.v1.TimerSegment.
enum class TimerState : uint8_t {
  kRunning = 0,
  // No alarm until it runs again; kept to be shown, and not for ever.
  kPaused = 1,
  kBreached = 2,
  // Not there (any more).
  kRemoved = 3,
};

// Fits a line of the cache. Times are milliseconds since the epoch.
struct alignas(64) Timer {
  static constexpr uint32_t kUnwritten = UINT32_MAX;

  // Of the conversation: a UUID, or if `named` the number of a name in the first four bytes.
  Uuid id{};
  // When to look at it: a threshold, that of sending once more, or of forgetting what does not run.
  int64_t due = 0;
  // Paused: the business time left.
  int64_t deadline = 0;
  uint32_t next = kNone;
  uint32_t prev = kNone;
  uint32_t generation = 0;
  // Of the conversation.
  uint32_t revision = 0;
  uint32_t place = 0;
  uint32_t spec = 0;
  // In which its present form is written (segment_log.h).
  uint32_t segment = kUnwritten;
  uint16_t list = timer::WheelSlots::kNoList;
  // Of the present threshold, alarms sent.
  uint8_t attempts : 7 = 0;
  bool forecast : 1 = false;
  uint8_t warned : 4 = 0;
  TimerState state : 2 = TimerState::kRemoved;
  bool named : 1 = false;
  // An older form of it may lie in the store.
  bool written : 1 = false;
};
static_assert(sizeof(Timer) == 64);

struct Place {
  std::string tenant;
  std::string pool;
};

// Not thread-safe. Numbers of timers stay until Remove(), and are used again.
class TimerTable final {
 public:
  // kNone if there is none.
  uint32_t Find(std::string_view tenant, std::string_view conversation,
                std::string_view clock) const;
  // One that is not there yet; in no wheel, kRunning.
  uint32_t Add(const Place& place, std::string_view conversation,
               const clocks::v1::ClockSpec& spec);
  // Of the same tenant; of the same name.
  void SetPlace(uint32_t number, const Place& place);
  void SetSpec(uint32_t number, const clocks::v1::ClockSpec& spec);
  void Remove(uint32_t number);

  Timer& operator[](uint32_t number) { return timers_[number]; }
  const Timer& operator[](uint32_t number) const { return timers_[number]; }
  timer::Wheel<Timer>& wheel() { return wheel_; }
  const timer::Wheel<Timer>& wheel() const { return wheel_; }
  size_t size() const { return timers_.size(); }
  // All numbers are below; those of no timer are kRemoved.
  uint32_t end() const { return timers_.end(); }

  const Place& PlaceOf(const Timer& timer) const { return places_[timer.place].place; }
  const clocks::v1::ClockSpec& SpecOf(const Timer& timer) const {
    return specs_[timer.spec].clock.spec();
  }
  // As of a clock that runs, with spec, phase and deadline. Good until the next call.
  const clocks::v1::ClockState& RunningClock(const Timer& timer) {
    clocks::v1::ClockState& clock = specs_[timer.spec].clock;
    clock.set_deadline_unix_ms(timer.deadline);
    return clock;
  }
  std::string ConversationOf(const Timer& timer) const;
  // Of all clocks that there are, sorted.
  std::vector<std::string> ClockNames() const;

  // A copy of what identifies it, which keeps what it names; for GiveKey().
  Timer TakeKey(uint32_t number);
  void GiveKey(const Timer& key);

 private:
  struct PlaceEntry {
    Place place;
    uint64_t tenant_hash = 0;
  };
  struct SpecEntry {
    clocks::v1::ClockState clock;
    uint64_t name_hash = 0;
  };
  // What is searched for.
  struct Key {
    Uuid id;
    bool named;
    std::string_view tenant;
    std::string_view clock;
  };
  uint32_t TakePlace(const Place& place);
  uint32_t TakeSpec(const clocks::v1::ClockSpec& spec);
  uint64_t HashOf(const Timer& timer) const;
  bool IsOf(uint32_t number, const Key& key) const;

  timer::Slab<Timer> timers_;
  timer::Wheel<Timer> wheel_{timers_};
  TimerIndex index_;
  Interned<PlaceEntry> places_;
  Interned<SpecEntry> specs_;
  // Of conversations whose id is no UUID.
  Interned<std::string> names_;
  // Reused.
  std::string spec_key_;
};

}  // namespace centralita::sla_timer
