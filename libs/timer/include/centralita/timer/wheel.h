// A hierarchical timing wheel: G. Varghese and T. Lauck, "Hashed and Hierarchical Timing Wheels"
// (SOSP 1987), scheme 7, with bitmaps to find what is next, so that empty time costs nothing.
//
// Set, cancel: O(1). A timer is moved to a finer level at most four times before it is due; that is
// done in slices by Settle(), and at the latest when its time comes.
//
// Nothing is given before it is due, to the millisecond, also when `now` goes back: the wheel stays
// where it was, and what is set for a time behind it is kept in an ordered set of its own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

#include "centralita/timer/slab.h"
#include "centralita/timer/wheel_slots.h"

namespace centralita::timer {

// `Node` has `int64_t due` (milliseconds since the epoch, >= 0), `uint32_t next`, `uint32_t prev`
// and `uint16_t list` (WheelSlots::kNoList while it is in no wheel); all but `due` are the wheel's
// while the node is set. Not thread-safe.
template <typename Node>
class Wheel final {
 public:
  // `nodes` outlives it.
  explicit Wheel(Slab<Node>& nodes) : nodes_(nodes) {}
  Wheel(const Wheel&) = delete;
  Wheel& operator=(const Wheel&) = delete;

  // For node.due; it is in no wheel yet.
  void Set(uint32_t node) {
    const int64_t due = nodes_[node].due;
    ++size_;
    if (due >= slots_.current()) return Link(node, slots_.ListFor(due));
    behind_.emplace(due, node);
    nodes_[node].list = kBehind;
  }

  // Nothing if it is in no wheel.
  void Cancel(uint32_t node) {
    if (nodes_[node].list == WheelSlots::kNoList) return;
    --size_;
    if (nodes_[node].list == kBehind) {
      behind_.erase({nodes_[node].due, node});
      nodes_[node].list = WheelSlots::kNoList;
    } else {
      Unlink(node);
    }
  }

  // Begins to fetch from memory what Cancel() will touch.
  void Prefetch(uint32_t node) const {
    for (const uint32_t neighbour : {nodes_[node].next, nodes_[node].prev}) {
      if (neighbour != kNone) __builtin_prefetch(&nodes_[neighbour], 1);
    }
  }

  // One that is due at `now`, which is out of the wheel then; kNone if there is none. In order of
  // time, as far as they were set before the time came.
  uint32_t TakeDue(int64_t now) {
    if (!behind_.empty() && behind_.begin()->first <= now) {
      const uint32_t node = behind_.begin()->second;
      Cancel(node);
      return node;
    }
    for (;;) {
      const WheelSlots::Place next = slots_.Next();
      if (next.list == WheelSlots::kNoList || next.at > now) {
        slots_.AdvanceTo(now);
        return kNone;
      }
      slots_.AdvanceTo(next.at);
      if (WheelSlots::LevelOf(next.list) > 0) {
        Refine(next.list, SIZE_MAX);
        continue;
      }
      const uint32_t node = slots_.head(next.list);
      Cancel(node);
      return node;
    }
  }

  // Moves at most `limit` timers that will be due before long to finer levels. Called often enough,
  // it leaves nothing for TakeDue() to move.
  void Settle(size_t limit) {
    while (limit > 0) {
      const WheelSlots::Place place = slots_.NextToSettle();
      if (place.list == WheelSlots::kNoList || place.at > slots_.current()) return;
      limit -= Refine(place.list, limit);
    }
  }

  // When TakeDue() or Settle() has something to do: at or before the first timer is due; INT64_MAX
  // if there is none.
  int64_t NextAt() const {
    int64_t at = std::min(slots_.Next().at, slots_.NextToSettle().at);
    if (!behind_.empty()) at = std::min(at, behind_.begin()->first);
    return at;
  }

  // Where the wheel has come to. An empty one may be moved ahead, so that what is set next is not
  // moved through all levels.
  int64_t current() const { return slots_.current(); }
  void StartAt(int64_t now) {
    if (size_ == 0) slots_.AdvanceTo(now);
  }

  // Calls visit(node) for timers roughly in order of time until it returns false.
  template <typename Visit>
  void VisitSoonest(Visit visit) const {
    for (const auto& [due, node] : behind_) {
      if (!visit(node)) return;
    }
    for (uint16_t level = 0; level < WheelSlots::kLevels; ++level) {
      const auto first = static_cast<uint32_t>(slots_.current() >> (WheelSlots::kBits * level));
      for (uint32_t i = 0; i < WheelSlots::kRing; ++i) {
        const auto list =
            static_cast<uint16_t>(level * WheelSlots::kRing + (first + i) % WheelSlots::kRing);
        for (uint32_t node = slots_.head(list); node != kNone; node = nodes_[node].next) {
          if (!visit(node)) return;
        }
      }
    }
  }

  size_t size() const { return size_; }

 private:
  // In behind_.
  static constexpr uint16_t kBehind = WheelSlots::kNoList - 1;

  void Link(uint32_t number, uint16_t list) {
    Node& node = nodes_[number];
    node.list = list;
    node.prev = kNone;
    node.next = slots_.head(list);
    if (node.next != kNone) nodes_[node.next].prev = number;
    slots_.SetHead(list, number);
  }

  void Unlink(uint32_t number) {
    Node& node = nodes_[number];
    if (node.prev == kNone) {
      slots_.SetHead(node.list, node.next);
    } else {
      nodes_[node.prev].next = node.next;
    }
    if (node.next != kNone) nodes_[node.next].prev = node.prev;
    node.list = WheelSlots::kNoList;
  }

  // Each node of the list to the list that is right for it now; how many.
  size_t Refine(uint16_t list, size_t limit) {
    size_t moved = 0;
    for (; moved < limit && slots_.head(list) != kNone; ++moved) {
      const uint32_t node = slots_.head(list);
      Unlink(node);
      Link(node, slots_.ListFor(std::max(nodes_[node].due, slots_.current())));
    }
    return moved;
  }

  Slab<Node>& nodes_;
  WheelSlots slots_;
  std::set<std::pair<int64_t, uint32_t>> behind_;
  size_t size_ = 0;
};

}  // namespace centralita::timer
