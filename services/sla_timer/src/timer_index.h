// From a hash to the numbers of timers that have it: open addressing with linear probing, 8 bytes a
// place, so that most searches touch one line of the cache before the timer itself. D. Knuth, "The
// Art of Computer Programming", volume 3, 6.4, algorithms L and R: what is erased leaves no mark.
//
// Many small tables instead of a large one: one that grows holds up nobody for long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "centralita/timer/large_pages.h"
#include "centralita/timer/slab.h"

namespace centralita::sla_timer {

// Not thread-safe. All bits of a hash count. Who can choose keys must not be able to choose hashes:
// as many of one hash as there are, are looked at one after the other.
class TimerIndex final {
 public:
  TimerIndex() : tables_(size_t{1} << kTableBits) {}

  // The first number of those with this hash for which is(number) holds; timer::kNone if none does.
  template <typename Is>
  uint32_t Find(uint64_t hash, Is is) const {
    const Table& table = TableOf(hash);
    if (table.places.empty()) return timer::kNone;
    const auto rest = static_cast<uint32_t>(hash);
    for (size_t at = rest & table.mask();; at = (at + 1) & table.mask()) {
      const Place& place = table.places[at];
      if (place.number == timer::kNone) return timer::kNone;
      if (place.rest == rest && is(place.number)) return place.number;
    }
  }
  // One that is not there.
  void Insert(uint64_t hash, uint32_t number);
  // One that is there.
  void Erase(uint64_t hash, uint32_t number);

 private:
  static constexpr int kTableBits = 6;

  struct Place {
    // Of the hash, besides what chooses the table: enough to grow by, without looking at timers.
    uint32_t rest = 0;
    uint32_t number = timer::kNone;
  };
  using Places = std::vector<Place, timer::LargePages<Place>>;
  struct Table {
    // As many as a power of two, or none; at most three in four are taken.
    Places places;
    size_t size = 0;
    size_t mask() const { return places.size() - 1; }
  };

  Table& TableOf(uint64_t hash) { return tables_[hash >> (64 - kTableBits)]; }
  const Table& TableOf(uint64_t hash) const { return tables_[hash >> (64 - kTableBits)]; }
  static void Put(Table& table, Place place);
  static void Grow(Table& table);

  std::vector<Table> tables_;
};

}  // namespace centralita::sla_timer
