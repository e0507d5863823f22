// The customers of a partition, what changed of them since the last checkpoint, and when to look at
// them again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "centralita/base/state_machine.h"
#include "centralita/base/strings.h"
#include "centralita/snapshot/v1/route_state.pb.h"
#include "message_ids.h"

namespace centralita::route {

struct Customer {
  // base::TenantKey.
  std::string key;
  // Without message_ids, segments and next_segment, which are in `ids`.
  snapshot::v1::RouteCustomer state;
  MessageIds ids;
  // Place among the changed ones, plus one; 0 if it has not changed.
  size_t changed = 0;

  bool HasOpenConversation() const {
    return state.has_conversation() && state.conversation().reopen_until_unix_ms() == 0;
  }
};

// Not thread-safe.
class Customers final {
 public:
  static constexpr std::string_view kPrefix = "c/";
  static constexpr std::string_view kSegmentPrefix = "m/";

  // Null if nothing is remembered of him.
  Customer* Find(std::string_view key);
  // Made if need be. Valid until the next Touch or ExpireSlice.
  Customer& Get(std::string_view key);
  // To be called once for whoever was changed by a record, after the change. Forgets one of whom
  // nothing is left.
  void Touch(Customer& customer);

  // Forgets what has expired of at most `limit` customers who are due by `now_ms`; `before` sees
  // each of them first.
  void ExpireSlice(int64_t now_ms, int limit, const std::function<void(Customer&)>& before);
  base::TimePoint NextDue() const;

  void TakeChanges(base::EntrySink& sink);
  // Sorted by key over both kinds of entries.
  void ForEachEntry(base::EntrySink& sink) const;
  absl::Status Load(std::string_view key, std::string_view value);
  absl::Status LoadSegment(std::string_view key, std::string_view value);
  absl::Status LoadDone();
  size_t size() const { return by_key_.size(); }

 private:
  void MarkChanged(Customer& customer);
  void Schedule(Customer& customer, uint32_t unit);
  void Remove(Customer& customer);
  void ExpireOne(Customer& customer, int64_t now_ms);
  void PutChanges(Customer& customer, base::EntrySink& sink);

  base::StringMap<std::unique_ptr<Customer>> by_key_;
  // Null for one that was erased since.
  std::vector<Customer*> changed_;
  std::set<std::string> erased_;
  // By unit of time; each customer with a check_at is in exactly one. Sorted by key, backwards,
  // once its time has come.
  std::map<uint32_t, std::vector<Customer*>> due_;
  bool first_due_sorted_ = false;
  std::map<std::string, std::map<uint32_t, std::vector<Remembered>>, std::less<>> loaded_segments_;
};

}  // namespace centralita::route
