#include "customers.h"

#include <algorithm>

#include "centralita/base/error.h"
#include "fmt/format.h"

namespace centralita::route {
namespace {

std::string EntryKey(const Customer& customer) {
  return std::string(Customers::kPrefix) + customer.key;
}

std::string SegmentKey(const Customer& customer, uint32_t number) {
  return fmt::format("{}{}/{:08x}", Customers::kSegmentPrefix, customer.key, number);
}

std::string Encode(const std::vector<Remembered>& ids) {
  std::string bytes;
  bytes.reserve(ids.size() * kRememberedBytes);
  for (const Remembered& value : ids) AppendEncoded(value, bytes);
  return bytes;
}

std::string Encode(const Customer& customer) {
  snapshot::v1::RouteCustomer tail;
  tail.set_message_ids(Encode(customer.ids.recent()));
  tail.set_next_segment(customer.ids.next_segment());
  if (customer.ids.segments() != nullptr) {
    for (const auto& [number, segment] : *customer.ids.segments()) tail.add_segments(number);
  }
  // Two serialised messages in a row are the two merged: no copy of the rest.
  std::string bytes = customer.state.SerializeAsString();
  tail.AppendToString(&bytes);
  return bytes;
}

absl::Status Damaged(std::string_view key) {
  return base::Error(absl::StatusCode::kDataLoss, "damaged_entry",
                     fmt::format("The entry '{}' of the stage route cannot be read.", key));
}

// The unit in which something of him expires next, 0 for never. Facts and the reopening of a
// conversation count only once it is closed.
uint32_t NextExpiry(const Customer& customer) {
  uint32_t next = customer.ids.NextExpiry();
  const auto consider = [&next](int64_t unix_ms) {
    const uint32_t unit = UnitNotBefore(unix_ms);
    if (unit != 0) next = next == 0 ? unit : std::min(next, unit);
  };
  const snapshot::v1::RouteCustomer& state = customer.state;
  if (!customer.HasOpenConversation()) {
    if (state.has_conversation()) consider(state.conversation().reopen_until_unix_ms());
    if (state.has_facts()) consider(state.facts_until_unix_ms());
  }
  if (!state.last_agent_id().empty()) consider(state.last_agent_until_unix_ms());
  for (const auto& opinion : state.early_opinions()) consider(opinion.until_unix_ms());
  if (state.has_deflection()) consider(state.deflection().until_unix_ms());
  return next;
}

bool IsEmpty(const Customer& customer) {
  const snapshot::v1::RouteCustomer& state = customer.state;
  return customer.ids.empty() && !state.has_conversation() && !state.has_facts() &&
         state.last_agent_id().empty() && state.early_opinions().empty() && state.links().empty() &&
         !state.has_deflection();
}

void Forget(snapshot::v1::RouteCustomer& state, bool open, int64_t now_ms) {
  if (!open) {
    if (state.has_conversation() && state.conversation().reopen_until_unix_ms() <= now_ms) {
      state.clear_conversation();
    }
    if (state.has_facts() && state.facts_until_unix_ms() <= now_ms) {
      state.clear_facts();
      state.clear_facts_until_unix_ms();
    }
  }
  if (state.last_agent_until_unix_ms() <= now_ms) {
    state.clear_last_agent_id();
    state.clear_last_agent_until_unix_ms();
  }
  auto& opinions = *state.mutable_early_opinions();
  opinions.erase(
      std::remove_if(opinions.begin(), opinions.end(),
                     [&](const auto& opinion) { return opinion.until_unix_ms() <= now_ms; }),
      opinions.end());
}

}  // namespace

Customer* Customers::Find(std::string_view key) {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : found->second.get();
}

Customer& Customers::Get(std::string_view key) {
  if (Customer* customer = Find(key)) return *customer;
  auto made = std::make_unique<Customer>();
  made->key = std::string(key);
  Customer& customer = *made;
  by_key_.emplace(customer.key, std::move(made));
  return customer;
}

void Customers::Touch(Customer& customer) {
  if (customer.state.check_at() == 0) {
    if (IsEmpty(customer)) return Remove(customer);
    if (const uint32_t unit = NextExpiry(customer); unit != 0) Schedule(customer, unit);
  }
  MarkChanged(customer);
}

void Customers::MarkChanged(Customer& customer) {
  if (customer.changed != 0) return;
  changed_.push_back(&customer);
  customer.changed = changed_.size();
}

void Customers::Schedule(Customer& customer, uint32_t unit) {
  customer.state.set_check_at(unit);
  auto& bucket = due_[unit];
  // What is added to a bucket whose time has come (a clock that stood still) is found by sorting it
  // again.
  if (!due_.empty() && due_.begin()->first >= unit) first_due_sorted_ = false;
  bucket.push_back(&customer);
}

void Customers::ExpireSlice(int64_t now_ms, int limit,
                            const std::function<void(Customer&)>& before) {
  const auto now_unit = static_cast<uint32_t>(now_ms / kUnitMs);
  for (int looked_at = 0; looked_at < limit && !due_.empty() && due_.begin()->first <= now_unit;
       ++looked_at) {
    auto& bucket = due_.begin()->second;
    if (!first_due_sorted_) {
      std::sort(bucket.begin(), bucket.end(),
                [](const Customer* a, const Customer* b) { return a->key > b->key; });
      first_due_sorted_ = true;
    }
    Customer& customer = *bucket.back();
    bucket.pop_back();
    if (bucket.empty()) {
      due_.erase(due_.begin());
      first_due_sorted_ = false;
    }
    before(customer);
    ExpireOne(customer, now_ms);
  }
}

void Customers::ExpireOne(Customer& customer, int64_t now_ms) {
  const auto now_unit = static_cast<uint32_t>(now_ms / kUnitMs);
  customer.state.clear_check_at();
  for (const uint32_t number : customer.ids.Expire(now_unit))
    erased_.insert(SegmentKey(customer, number));
  Forget(customer.state, customer.HasOpenConversation(), now_ms);
  if (!IsEmpty(customer)) {
    if (const uint32_t unit = NextExpiry(customer); unit != 0)
      Schedule(customer, std::max(unit, now_unit + 1));
    MarkChanged(customer);
    return;
  }
  Remove(customer);
}

void Customers::Remove(Customer& customer) {
  if (customer.changed != 0) changed_[customer.changed - 1] = nullptr;
  erased_.insert(EntryKey(customer));
  const std::string key = customer.key;
  by_key_.erase(key);
}

base::TimePoint Customers::NextDue() const {
  if (due_.empty()) return base::kNever;
  return base::FromUnixMillis(static_cast<int64_t>(due_.begin()->first) * kUnitMs);
}

void Customers::PutChanges(Customer& customer, base::EntrySink& sink) {
  const std::string key = EntryKey(customer);
  erased_.erase(key);
  sink.Put(key, Encode(customer));
  customer.changed = 0;
  if (customer.ids.segments() == nullptr) return;
  for (auto& [number, segment] : *customer.ids.segments()) {
    if (!segment.changed) continue;
    segment.changed = false;
    const std::string segment_key = SegmentKey(customer, number);
    erased_.erase(segment_key);
    sink.Put(segment_key, Encode(segment.ids));
  }
}

void Customers::TakeChanges(base::EntrySink& sink) {
  for (Customer* customer : changed_) {
    if (customer != nullptr) PutChanges(*customer, sink);
  }
  changed_.clear();
  for (const std::string& key : erased_) sink.Erase(key);
  erased_.clear();
}

void Customers::ForEachEntry(base::EntrySink& sink) const {
  std::vector<const Customer*> sorted;
  sorted.reserve(by_key_.size());
  for (const auto& [key, customer] : by_key_) sorted.push_back(customer.get());
  std::sort(sorted.begin(), sorted.end(),
            [](const Customer* a, const Customer* b) { return a->key < b->key; });
  for (const Customer* customer : sorted) sink.Put(EntryKey(*customer), Encode(*customer));
  std::map<std::string, const MessageIds::Segment*> segments;
  for (const Customer* customer : sorted) {
    if (customer->ids.segments() == nullptr) continue;
    for (const auto& [number, segment] : *customer->ids.segments())
      segments[SegmentKey(*customer, number)] = &segment;
  }
  for (const auto& [key, segment] : segments) sink.Put(key, Encode(segment->ids));
}

absl::Status Customers::Load(std::string_view key, std::string_view value) {
  Customer& customer = Get(key);
  if (!customer.state.ParseFromArray(value.data(), static_cast<int>(value.size())))
    return Damaged(key);
  std::vector<Remembered> ids = DecodeRemembered(customer.state.message_ids());
  if (ids.size() * kRememberedBytes != customer.state.message_ids().size()) return Damaged(key);
  customer.ids.LoadRecent(std::move(ids), customer.state.next_segment());
  customer.state.clear_message_ids();
  customer.state.clear_next_segment();
  return absl::OkStatus();
}

absl::Status Customers::LoadSegment(std::string_view key, std::string_view value) {
  const size_t slash = key.rfind('/');
  std::vector<Remembered> ids = DecodeRemembered(value);
  if (slash == std::string_view::npos || key.size() - slash != 9 || ids.empty())
    return Damaged(key);
  uint32_t number = 0;
  for (const char c : key.substr(slash + 1)) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) return Damaged(key);
    number = (number << 4) | static_cast<uint32_t>(digit ? c - '0' : c - 'a' + 10);
  }
  loaded_segments_[std::string(key.substr(0, slash))][number] = std::move(ids);
  return absl::OkStatus();
}

absl::Status Customers::LoadDone() {
  for (auto& [key, owned] : by_key_) {
    Customer& customer = *owned;
    const auto found = loaded_segments_.find(key);
    for (const uint32_t number : customer.state.segments()) {
      if (found == loaded_segments_.end() || !found->second.contains(number))
        return Damaged(SegmentKey(customer, number));
      customer.ids.LoadSegment(number, std::move(found->second[number]));
    }
    customer.state.clear_segments();
    if (customer.state.check_at() != 0) due_[customer.state.check_at()].push_back(&customer);
  }
  loaded_segments_.clear();
  first_due_sorted_ = false;
  return absl::OkStatus();
}

}  // namespace centralita::route
