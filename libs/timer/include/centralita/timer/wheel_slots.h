// Which list of a wheel a time belongs to, and which list is the next that has anything: the part
// of a wheel that knows no nodes.
//
// Five levels of slots of 1 ms, 256 ms, 65.5 s, 4.66 h and 49.7 days. A level holds what is due in
// the present and in the next slot of the level above, so its ring has 512 slots, and a slot of the
// level above can be emptied into it at leisure while the one before runs.
#pragma once

#include <array>
#include <cstdint>

#include "centralita/timer/slab.h"

namespace centralita::timer {

// Not thread-safe. Times are milliseconds since the epoch, and not negative.
class WheelSlots final {
 public:
  static constexpr int kLevels = 5;
  static constexpr int kBits = 8;
  static constexpr uint32_t kRing = 512;
  static constexpr uint32_t kLists = kLevels * kRing;
  // No list at all.
  static constexpr uint16_t kNoList = UINT16_MAX;

  WheelSlots() { heads_.fill(kNone); }

  // Up to now all is done.
  int64_t current() const { return current_; }
  // Never back, and never past a list that has anything (Next()).
  void AdvanceTo(int64_t now) { current_ = now > current_ ? now : current_; }

  // For what is due then; `due` >= current(). What lies behind the horizon, 69 years, comes to the
  // last slot, to be asked for again from there.
  uint16_t ListFor(int64_t due) const;

  uint32_t head(uint16_t list) const { return heads_[list]; }
  void SetHead(uint16_t list, uint32_t node);

  // The list that has to be dealt with next, and when: of level 0, its nodes are due then; of
  // others, then at the latest they have to be given other lists.
  struct Place {
    // UINT16_MAX: all lists are empty.
    uint16_t list = kNoList;
    int64_t at = INT64_MAX;
  };
  Place Next() const;

  // A list of a level above 0 which may be emptied from `at` on, into the level below.
  Place NextToSettle() const;

  static int LevelOf(uint16_t list) { return list / kRing; }

 private:
  static constexpr int kWords = kRing / 64;
  // The first slot, counted from the epoch, from `from` on that has anything; -1 if none has.
  int64_t FirstSlot(int level, int64_t from) const;

  int64_t current_ = 0;
  std::array<uint32_t, kLists> heads_;
  // A bit for each list that has anything.
  std::array<std::array<uint64_t, kWords>, kLevels> used_{};
};

}  // namespace centralita::timer
