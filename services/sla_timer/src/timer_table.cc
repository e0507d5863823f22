#include "timer_table.h"

#include <algorithm>
#include <cstring>

#include "absl/hash/hash.h"
#include "centralita/base/key.h"

namespace centralita::sla_timer {
namespace {

// By a hash whose seed differs from process to process: conversations' ids follow from what
// customers are called, which they choose.
uint64_t HashKey(const Uuid& id, bool named, uint64_t tenant_hash, uint64_t name_hash) {
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

uint32_t TimerTable::Find(std::string_view tenant, std::string_view conversation,
                          std::string_view clock) const {
  Key key{.id = {}, .named = false, .tenant = tenant, .clock = clock};
  if (const auto uuid = ParseUuid(conversation)) {
    key.id = *uuid;
  } else {
    const auto number = names_.Find(conversation);
    if (!number) return kNone;
    key.id = NumberAsId(*number);
    key.named = true;
  }
  return index_.Find(HashKey(key.id, key.named, HashText(tenant), HashText(clock)),
                     [&](uint32_t number) { return IsOf(number, key); });
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
  index_.Insert(HashOf(timer), number);
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
  wheel_.Prefetch(number);
  index_.Erase(HashOf(timer), number);
  wheel_.Cancel(number);
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
  spec.SerializeToString(&spec_key_);
  return specs_.Take(spec_key_, [&] {
    SpecEntry entry{.clock = {}, .name_hash = HashText(spec.name())};
    *entry.clock.mutable_spec() = spec;
    entry.clock.set_phase(clocks::v1::CLOCK_PHASE_RUNNING);
    return entry;
  });
}

uint64_t TimerTable::HashOf(const Timer& timer) const {
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
