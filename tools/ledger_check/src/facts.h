// What the files say, in compact form; the checks read this and nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "findings.h"
#include "ids.h"

namespace centralita::ledger {

// Position of an output in its stage's log: what orders the outputs of one source partition.
struct SourceAt {
  uint32_t epoch = 0;
  uint32_t partition = 0;
  uint64_t offset = 0;
  uint32_t index = 0;

  friend auto operator<=>(const SourceAt&, const SourceAt&) = default;
};

struct MessageFacts {
  // By senders.
  int64_t first_sent_ms = 0;
  int64_t last_answered_ms = 0;
  uint64_t offset = 0;     // of its first accepted delivery
  int32_t partition = -1;  // -1: not told
  uint32_t accepted = 0;
  bool delayed = false;
  // By events.
  bool replayed = false;
  uint32_t duplicates = 0;
  uint32_t answered = 0;
  uint32_t letters = 0;  // not replayed
  Id conversation = kNoId;
  uint64_t revision = 0;
  uint64_t sequence = 0;
  // By clients; 0 for never.
  int64_t first_offer_ms = 0;
  int64_t first_seen_ms = 0;
  Id given_in = kNoId;  // the conversation in which an agent got it

  bool Placed() const { return conversation != kNoId; }
  bool Known() const { return Placed() || duplicates > 0 || answered > 0 || letters > 0; }
};

struct Close {
  uint64_t revision = 0;
  uint64_t last_sequence = 0;
  uint32_t messages = 0;
  int64_t at_ms = 0;
  SourceAt source;
};

struct ConversationFacts {
  absl::InlinedVector<Close, 1> closes;
  bool released = false;
};

// A message was taken from a place and put in another.
struct Replacement {
  Id message;
  Id from_conversation;
  uint64_t from_revision;
  uint64_t from_sequence;
  Id to_conversation;
  uint64_t to_revision;
};

// `message` took effect after `before`, which was accepted later.
struct Disorder {
  Id message;
  Id before;
};

enum class StepKind : uint8_t {
  kOffered,
  kOfferEnded,
  kAccepted,
  kQueued,
  kHeld,
  kHeldFreed,
  kResumed,
  kUnassigned,
  kClosed,
  kReleased,
  kReplied,
  kCapacity,
};

// What dispatch did with a conversation and an agent.
struct DispatchStep {
  SourceAt source;
  Id conversation;
  Id agent;  // kNoId where there is none
  StepKind kind;
  int32_t units;  // of the offer; the capacity in kCapacity
  uint64_t revision;
  int64_t at_ms;
};

// A conversation was an agent's, [start, end).
struct Ownership {
  Id conversation;
  Id agent;
  uint64_t revision;
  int64_t start_ms;
  int64_t end_ms;
};

struct Facts {
  Ids message_ids, conversation_ids, agent_ids, customer_ids;
  std::vector<MessageFacts> messages;            // by message id
  std::vector<ConversationFacts> conversations;  // by conversation id
  // (inbound partition, offset) -> message, as senders were told.
  absl::flat_hash_map<std::pair<uint32_t, uint64_t>, Id> deliveries;
  uint64_t accepted = 0;
  uint64_t refused = 0;
  // Deliveries of which the sender was not told whether they were written.
  uint64_t uncertain = 0;

  std::vector<Replacement> replacements;
  std::vector<Disorder> disorders;
  std::vector<DispatchStep> steps;
  // Hash of (agent, action id) of actions that took effect.
  absl::flat_hash_set<uint64_t> effective_actions;
  uint64_t warnings = 0;
  uint64_t breaches = 0;

  std::vector<Ownership> views;                 // by agents' clients
  absl::flat_hash_map<Id, int32_t> capacities;  // by Welcome
  bool has_agents = false;

  int64_t last_moment_ms = 0;
  Findings findings;
  // Each is told once, whether events or clients show it.
  absl::flat_hash_set<std::pair<Id, Id>> over_capacity;  // agent, conversation
  absl::flat_hash_set<Id> two_owners;

  Id MessageId(const std::string& id) {
    const Id number = message_ids.Of(id);
    if (number >= messages.size()) messages.resize(number + 1);
    return number;
  }
  MessageFacts& Message(Id id) { return messages[id]; }
  Id ConversationId(const std::string& id) {
    const Id number = conversation_ids.Of(id);
    if (number >= conversations.size()) conversations.resize(number + 1);
    return number;
  }
  const std::string& NameOf(Id message) const { return message_ids.Name(message); }
  const std::string& ConversationName(Id id) const { return conversation_ids.Name(id); }
  const std::string& AgentName(Id id) const { return agent_ids.Name(id); }

  void Moment(int64_t at_ms) {
    if (at_ms > last_moment_ms) last_moment_ms = at_ms;
  }
};

uint64_t ActionHash(std::string_view agent_id, std::string_view action_id);

}  // namespace centralita::ledger
