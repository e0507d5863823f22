// The objects of one (tenant, pool) and the indexes over them. Operations change an object's
// `state` and then call Update(), which notes the entry as changed and puts every index right; so
// an index cannot be forgotten.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "centralita/base/strings.h"
#include "centralita/sla/calendars.h"
#include "model.h"

namespace centralita::dispatch {

class Shard;

// Keys of entries that changed; a key may come twice.
using ChangedKeys = std::vector<std::string>;

// Which agents have a session of which gateway incarnation, over all shards; ordered by shard and
// agent.
using SessionKey = std::pair<std::string, std::string>;
using Sessions =
    absl::btree_map<std::string, absl::btree_map<SessionKey, std::pair<Shard*, Agent*>>,
                    std::less<>>;

class Shard final {
 public:
  using Agents = std::map<std::string, std::unique_ptr<Agent>, std::less<>>;
  using Conversations = base::StringMap<std::unique_ptr<Conversation>>;

  Shard(std::string_view tenant, std::string_view pool, ChangedKeys& changed, Sessions& sessions);
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  const std::string& tenant() const { return counters.tenant(); }
  const std::string& pool() const { return counters.pool(); }
  // TenantKey(tenant, pool).
  const std::string& key() const { return key_; }
  // Key of events about an agent or the policy.
  const std::string& pool_event_key() const { return pool_event_key_; }

  Conversation* Find(std::string_view id);
  Conversation& Create(std::string_view id);
  void Remove(Conversation& conversation);

  Agent* FindAgent(std::string_view id);
  Agent& FindOrCreateAgent(std::string_view id);
  // He must have no work.
  void Remove(Agent& agent);

  void Update(Conversation& conversation);
  void Update(Agent& agent);
  void UpdateCounters();
  void UpdatePolicy();

  // Reads `policy` anew into what counts with it; after it came into force, and after loading.
  void CompilePolicy();
  // The hours of a calendar in the present policy.
  const sla::Spans& HoursOf(std::string_view calendar) const { return calendars_.Find(calendar); }
  // In the one before; the present ones if it had no such calendar. What was timed by a still older
  // version is counted by these, too: they differ in few hours, and keeping every version's would
  // have no bound.
  const sla::Spans& HoursBefore(std::string_view calendar) const {
    const sla::Spans* const before = previous_calendars_.FindKnown(calendar);
    return before == nullptr ? HoursOf(calendar) : *before;
  }
  // What the present policy's rule of that name asks for; null if it has none.
  const clocks::v1::ClockSpec* ClockRule(std::string_view rule) const;

  const Agents& agents() const { return agents_; }
  const Conversations& conversations() const { return conversations_; }
  const absl::btree_map<uint64_t, Conversation*>& by_arrival() const { return by_arrival_; }
  // The first conversation of each queue signature that has any, in order.
  const absl::btree_map<QueueKey, Signature*>& heads() const { return heads_; }
  const absl::btree_map<TimerKey, TimerTarget>& timers() const { return timers_; }
  // By key.
  const std::vector<AgentClass*>& classes();
  // Null for a queue without limits. Whole, but while a sweep goes through the conversations.
  const QueueWatch* WatchOf(std::string_view queue) const;
  // How each class suits the signature, by class index.
  const std::vector<ClassFit>& FitsOf(Signature& signature);
  Signature& SignatureOf(const Conversation& conversation);

  // The earliest thing to do: a timer, the end of pacing; 0 while a sweep is under way; kNoTime if
  // nothing.
  int64_t NextDue() const;

  // Restoring: objects as they were saved, then BuildIndexes().
  void LoadConversation(state::DispatchConversation saved);
  void LoadAgent(state::DispatchAgent saved);
  void BuildIndexes();

  std::string ConversationKey(std::string_view id) const;
  std::string AgentKey(std::string_view id) const;
  std::string CountersKey() const { return "s/" + key_; }
  std::string PolicyKey() const { return "p/" + key_; }

  // Written through UpdateCounters() and UpdatePolicy().
  state::DispatchShard counters;
  state::DispatchPolicy policy;
  bool counters_dirty = false;
  bool policy_dirty = false;

 private:
  void Index(Conversation& conversation);
  void Index(Agent& agent);
  void IndexHolder(Conversation& conversation);
  void IndexQueue(Conversation& conversation);
  void LeaveQueue(Conversation& conversation);
  void Watch(Conversation& conversation);
  void CompileLimits();
  void Enqueue(Conversation& conversation, Signature& signature, const QueueKey& place);
  void SetTimer(int64_t& slot, int64_t due, uint64_t arrival, TimerTarget target);
  void Place(Agent& agent);
  void Unplace(Agent& agent);
  void IndexClass(Agent& agent);
  void IndexSession(Agent& agent);
  void DropEmptySignatures();

  std::string key_;
  std::string pool_event_key_;
  ChangedKeys& changed_;
  Sessions& sessions_;

  Agents agents_;
  Conversations conversations_;
  absl::btree_map<uint64_t, Conversation*> by_arrival_;
  absl::btree_map<TimerKey, TimerTarget> timers_;
  base::StringMap<std::unique_ptr<Signature>> signatures_;
  absl::btree_map<QueueKey, Signature*> heads_;
  // By queue; those that have, or had, limits.
  std::map<std::string, QueueWatch, std::less<>> watches_;
  absl::btree_map<std::string, std::unique_ptr<AgentClass>> classes_;
  std::vector<AgentClass*> class_list_;
  // Grows with each new or removed class.
  uint64_t class_generation_ = 1;
  uint64_t class_list_generation_ = 0;
  std::string scratch_;
  sla::Calendars calendars_;
  sla::Calendars previous_calendars_;
  // Rule to its index in `policy`.
  base::StringMap<int> clock_rules_;
};

}  // namespace centralita::dispatch
