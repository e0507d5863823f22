#include "centralita/timer/wheel_slots.h"

#include <algorithm>
#include <bit>

namespace centralita::timer {
namespace {

constexpr int64_t kMask = WheelSlots::kRing - 1;

}  // namespace

uint16_t WheelSlots::ListFor(int64_t due) const {
  int level = 0;
  while (level + 1 < kLevels) {
    const int above = kBits * (level + 1);
    if ((due >> above) <= (current_ >> above) + 1) break;
    ++level;
  }
  int64_t slot = due >> (kBits * level);
  if (level + 1 == kLevels) slot = std::min(slot, (current_ >> (kBits * level)) + kMask);
  return static_cast<uint16_t>(level * kRing + (slot & kMask));
}

void WheelSlots::SetHead(uint16_t list, uint32_t node) {
  heads_[list] = node;
  const uint32_t slot = list % kRing;
  uint64_t& word = used_[list / kRing][slot / 64];
  const uint64_t bit = uint64_t{1} << (slot % 64);
  word = node == kNone ? word & ~bit : word | bit;
}

int64_t WheelSlots::FirstSlot(int level, int64_t from) const {
  const auto& words = used_[level];
  const auto first = static_cast<uint32_t>(from & kMask);
  for (int i = 0; i <= kWords; ++i) {
    const uint32_t at = (first / 64 + i) % kWords;
    uint64_t word = words[at];
    // Of the word in which the search begins, the upper part first and the lower part last.
    if (i == 0) word &= ~uint64_t{0} << (first % 64);
    if (i == kWords) word &= ~(~uint64_t{0} << (first % 64));
    if (word == 0) continue;
    const uint32_t slot = at * 64 + static_cast<uint32_t>(std::countr_zero(word));
    return from + ((slot - first) & kMask);
  }
  return -1;
}

WheelSlots::Place WheelSlots::Next() const {
  Place next;
  // From above: of two lists for the same moment the coarser one has to be emptied first.
  for (int level = kLevels - 1; level >= 0; --level) {
    const int64_t slot = FirstSlot(level, current_ >> (kBits * level));
    if (slot < 0) continue;
    const int64_t at = std::max(slot << (kBits * level), current_);
    if (at >= next.at) continue;
    next = {.list = static_cast<uint16_t>(level * kRing + (slot & kMask)), .at = at};
  }
  return next;
}

WheelSlots::Place WheelSlots::NextToSettle() const {
  Place next;
  for (int level = kLevels - 1; level > 0; --level) {
    const int64_t slot = FirstSlot(level, current_ >> (kBits * level));
    if (slot < 0) continue;
    const int64_t at = std::max((slot - 1) << (kBits * level), current_);
    if (at >= next.at) continue;
    next = {.list = static_cast<uint16_t>(level * kRing + (slot & kMask)), .at = at};
  }
  return next;
}

}  // namespace centralita::timer
