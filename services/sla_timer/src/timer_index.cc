#include "timer_index.h"

#include <algorithm>
#include <utility>

namespace centralita::sla_timer {
namespace {

constexpr size_t kFewest = 16;

}  // namespace

void TimerIndex::Put(Table& table, Place place) {
  size_t at = place.rest & table.mask();
  while (table.places[at].number != timer::kNone) at = (at + 1) & table.mask();
  table.places[at] = place;
}

void TimerIndex::Grow(Table& table) {
  const Places before =
      std::exchange(table.places, Places(std::max(kFewest, 2 * table.places.size())));
  for (const Place& place : before) {
    if (place.number != timer::kNone) Put(table, place);
  }
}

void TimerIndex::Insert(uint64_t hash, uint32_t number) {
  Table& table = TableOf(hash);
  if (4 * (table.size + 1) > 3 * table.places.size()) Grow(table);
  Put(table, {.rest = static_cast<uint32_t>(hash), .number = number});
  ++table.size;
}

void TimerIndex::Erase(uint64_t hash, uint32_t number) {
  Table& table = TableOf(hash);
  size_t hole = hash & table.mask();
  while (table.places[hole].number != number) hole = (hole + 1) & table.mask();
  --table.size;
  // Those behind that could not be where the hole is now move up, as far as the next free place.
  for (size_t at = (hole + 1) & table.mask(); table.places[at].number != timer::kNone;
       at = (at + 1) & table.mask()) {
    const size_t home = table.places[at].rest & table.mask();
    if (((at - home) & table.mask()) < ((at - hole) & table.mask())) continue;
    table.places[hole] = table.places[at];
    hole = at;
  }
  table.places[hole].number = timer::kNone;
}

}  // namespace centralita::sla_timer
