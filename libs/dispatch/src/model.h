// The objects of a shard. `state` is the entry, all of it; everything beside it is an index that
// Shard keeps and builds again after loading.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "centralita/snapshot/v1/dispatch_state.pb.h"

namespace centralita::dispatch {

namespace cmd = commands::v1;
namespace state = snapshot::v1;

inline constexpr int64_t kNoTime = std::numeric_limits<int64_t>::max();

struct Agent;
struct Conversation;
struct Signature;

// Order in a queue: earliest due, then the older, then who came first. `arrival` is unique in a
// shard.
struct QueueKey {
  int64_t due = 0;
  int64_t eligible = 0;
  uint64_t arrival = 0;
  auto operator<=>(const QueueKey&) const = default;
};

// `arrival` is unique in a shard over conversations and agents, so the pointers never decide an
// order.
struct TimerKey {
  int64_t due = 0;
  uint64_t arrival = 0;
  auto operator<=>(const TimerKey&) const = default;
};

struct TimerTarget {
  Conversation* conversation = nullptr;
  Agent* agent = nullptr;
};

// Least loaded first, then the longest idle, then by id.
struct AvailableKey {
  int32_t load = 0;
  int64_t idle_since = 0;
  Agent* agent = nullptr;
};

struct AvailableOrder {
  bool operator()(const AvailableKey& a, const AvailableKey& b) const;
};

// Agents who can do the same: one capacity, the same skills and languages, all people or all bots.
// Matching looks at classes, not at agents.
struct AgentClass {
  int32_t capacity = 0;
  bool bot = false;
  std::vector<directory::v1::Skill> skills;
  std::vector<std::string> languages;
  uint32_t members = 0;
  absl::btree_set<AvailableKey, AvailableOrder> available;
  // How many of the available have which load.
  absl::btree_map<int32_t, uint32_t> loads;
  // Position among the shard's classes.
  size_t index = 0;

  uint32_t WithRoomFor(int32_t units) const;
};

enum class Fit : uint8_t { kYes, kBot, kSkill, kLanguage };

struct ClassFit {
  Fit fit = Fit::kYes;
  // Sum of the levels in the required skills.
  int32_t level = 0;
};

// Who waits in a queue that has limits: (eligible since, arrival), the oldest first.
struct QueueWatch {
  // False: its limits are gone; nobody is added any more.
  bool active = false;
  absl::btree_set<std::pair<int64_t, uint64_t>> waiting;
};

// Waiting conversations that ask for the same: queue, skills, language, units, people.
struct Signature {
  std::string key;
  bool people_only = false;
  std::vector<directory::v1::Skill> skills;
  std::string language;
  int32_t units = 0;
  absl::btree_map<QueueKey, Conversation*> waiting;
  // By class index; valid while `fits_generation` is the shard's.
  std::vector<ClassFit> fits;
  uint64_t fits_generation = 0;
};

struct Agent {
  state::DispatchAgent state;
  bool dirty = false;
  int32_t load = 0;
  // What he has, held ones that gave their capacity back included; by arrival.
  absl::btree_map<uint64_t, Conversation*> work;
  AgentClass* agent_class = nullptr;
  // Of the record from which the class was found.
  uint64_t class_version = 0;
  // Hashes of the ids in state.recent(), so that most look-ups compare no strings.
  std::vector<size_t> recent_hashes;
  // His place in agent_class->available.
  bool listed = false;
  AvailableKey place;
  int64_t timer = kNoTime;
  std::string incarnation;

  bool Connected() const { return !state.session().empty(); }
  bool Available() const {
    return state.has_record() && state.status() == cmd::PRESENCE_STATUS_AVAILABLE;
  }
  // The action if it is among the latest; null otherwise.
  const state::DispatchAction* Recent(std::string_view action_id) const;
  void Remember(const state::DispatchAction& action);
  // After loading.
  void IndexRecent();
  int32_t Room() const { return state.record().capacity_units() - load; }
};

struct Conversation {
  state::DispatchConversation state;
  bool dirty = false;
  Signature* signature = nullptr;
  QueueKey place;
  // Where it is counted at that place; null in a queue without limits.
  QueueWatch* watch = nullptr;
  int64_t timer = kNoTime;
  Agent* holder = nullptr;
  int32_t counted_units = 0;

  bool CoolsDown(std::string_view agent_id) const;
  // In the queue of its present step.
  const std::string& QueueName() const {
    return state.steps(static_cast<int>(state.step())).queue();
  }
};

}  // namespace centralita::dispatch
