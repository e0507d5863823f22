#include "timer_table.h"

#include <algorithm>
#include <cstring>

#include "absl/hash/hash.h"
#include "centralita/base/key.h"

namespace centralita::sla_timer {
namespace {

size_t HashKey(const Uuid& id, bool named, uint64_t tenant_hash, uint64_t name_hash) {
  std::array<uint64_t, 2> words;
  std::memcpy(words.data(), id.data(), id.size());
  return absl::HashOf(words[0], words[1], named, tenant_hash ^ name_hash);
}

uint64_t HashText(std::string_view text) { return absl::HashOf(base::ToAbsl(text)); }

Uuid NumberAsId(uint32_t number) {
  Uuid id{};
  std::memcpy(id.data(), &number, sizeof(number));
  return id;
}

uint32_t NumberOfId(const Uuid& id) {
  uint32_t number = 0;
  std::memcpy(&number, id.data(), sizeof(number));
  return number;
}

}  // namespace

TimerTable::TimerTable() {
  index_.reserve(size_t{1} << kIndexBits);
  for (size_t i = 0; i < size_t{1} << kIndexBits; ++i)
    index_.emplace_back(0, Hash{this}, Equal{this});
}

uint32_t TimerTable::Find(std::string_view tenant, std::string_view conversation,
                          std::string_view clock) const {
  Key key{.id = {}, .named = false, .tenant = tenant, .clock = clock, .hash = 0};
  if (const auto uuid = ParseUuid(conversation)) {
    key.id = *uuid;
  } else {
    const auto number = names_.Find(conversation);
    if (!number) return kNone;
    key.id = NumberAsId(*number);
    key.named = true;
  }
  key.hash = HashKey(key.id, key.named, HashText(tenant), HashText(clock));
  const Index& index = IndexOf(key.hash);
  const auto found = index.find(key);
  return found == index.end() ? kNone : *found;
}

uint32_t TimerTable::Add(const Place& place, std::string_view conversation,
                         const clocks::v1::ClockSpec& spec) {
  const uint32_t number = timers_.Take();
  Timer& timer = timers_[number];
  if (const auto uuid = ParseUuid(conversation)) {
    timer.id = *uuid;
  } else {
    timer.id = NumberAsId(names_.Take(conversation, [&] { return std::string(conversation); }));
    timer.named = true;
  }
  timer.place = TakePlace(place);
  timer.spec = TakeSpec(spec);
  timer.state = TimerState::kRunning;
  IndexOf(HashOf(timer)).insert(number);
  return number;
}

void TimerTable::SetPlace(uint32_t number, const Place& place) {
  const uint32_t before = timers_[number].place;
  timers_[number].place = TakePlace(place);
  places_.Give(before);
}

void TimerTable::SetSpec(uint32_t number, const clocks::v1::ClockSpec& spec) {
  const uint32_t before = timers_[number].spec;
  timers_[number].spec = TakeSpec(spec);
  specs_.Give(before);
}

void TimerTable::Remove(uint32_t number) {
  Timer& timer = timers_[number];
  wheel_.Cancel(number);
  IndexOf(HashOf(timer)).erase(number);
  GiveKey(timer);
  timer.state = TimerState::kRemoved;
  timer.segment = Timer::kUnwritten;
  timers_.Give(number);
}

std::string TimerTable::ConversationOf(const Timer& timer) const {
  return timer.named ? names_[NumberOfId(timer.id)] : PrintUuid(timer.id);
}

std::vector<std::string> TimerTable::ClockNames() const {
  std::vector<std::string> names;
  specs_.ForEach([&](const SpecEntry& entry) { names.push_back(entry.clock.spec().name()); });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Timer TimerTable::TakeKey(uint32_t number) {
  const Timer key = timers_[number];
  places_.TakeAgain(key.place);
  specs_.TakeAgain(key.spec);
  if (key.named) names_.TakeAgain(NumberOfId(key.id));
  return key;
}

void TimerTable::GiveKey(const Timer& key) {
  places_.Give(key.place);
  specs_.Give(key.spec);
  if (key.named) names_.Give(NumberOfId(key.id));
}

uint32_t TimerTable::TakePlace(const Place& place) {
  return places_.Take(base::TenantKey(place.tenant, place.pool), [&] {
    return PlaceEntry{place, HashText(place.tenant)};
  });
}

uint32_t TimerTable::TakeSpec(const clocks::v1::ClockSpec& spec) {
  return specs_.Take(spec.SerializeAsString(), [&] {
    SpecEntry entry{.clock = {}, .name_hash = HashText(spec.name())};
    *entry.clock.mutable_spec() = spec;
    entry.clock.set_phase(clocks::v1::CLOCK_PHASE_RUNNING);
    return entry;
  });
}

size_t TimerTable::HashOf(const Timer& timer) const {
  return HashKey(timer.id, timer.named, places_[timer.place].tenant_hash,
                 specs_[timer.spec].name_hash);
}

bool TimerTable::IsOf(uint32_t number, const Key& key) const {
  const Timer& timer = timers_[number];
  return timer.id == key.id && timer.named == key.named &&
         specs_[timer.spec].clock.spec().name() == key.clock &&
         places_[timer.place].place.tenant == key.tenant;
}

}  // namespace centralita::sla_timer
