// One reader for each kind of file; each adds to the facts. Read in the order in which they are
// declared.
#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "centralita/ledger/ledger_check.h"
#include "facts.h"
#include "files.h"

namespace centralita::events::v1 {
class Event;
}  // namespace centralita::events::v1

namespace centralita::ledger {

// senders.*.jsonl
class SenderBook final {
 public:
  explicit SenderBook(Facts& facts) : facts_(facts) {}
  absl::Status Read(const nlohmann::json& line);

 private:
  Facts& facts_;
};

// events.*.bin: drops repeats by source, then notes places, closes, steps and alarms.
class EventBook final {
 public:
  explicit EventBook(Facts& facts) : facts_(facts) {}
  absl::Status Read(std::string_view block);

 private:
  struct LastOfConversation {
    uint64_t revision;
    uint64_t sequence;
    Id message;
  };
  using SourceKey = std::pair<std::pair<uint64_t, uint64_t>, uint64_t>;

  // False for a repeat.
  bool IsNew(const events::v1::Event& event, uint32_t partition, std::string_view value);
  void ReadRoute(const events::v1::Event& event);
  void ReadDispatch(const events::v1::Event& event);
  void ReadAlarm(const events::v1::Event& event, bool breach);
  void Place(const events::v1::Event& event, const std::string& message_id, uint64_t sequence,
             bool replayed, bool starts_revision);
  void CheckConversationOrder(Id conversation, Id message, uint64_t revision, uint64_t sequence,
                              bool starts_revision);
  // The first effect of a message, whatever it is.
  void CheckCustomerOrder(const std::string& customer_id, Id message);
  void Step(const events::v1::Event& event, StepKind kind, const std::string& agent_id,
            int32_t units = 0);

  Facts& facts_;
  // Source -> hash of the record's bytes.
  absl::flat_hash_map<SourceKey, uint64_t> seen_;
  // (events partition, stage, epoch, source partition) -> highest (offset, index).
  absl::flat_hash_map<SourceKey, std::pair<uint64_t, uint32_t>> watermarks_;
  absl::flat_hash_map<uint32_t, uint64_t> next_offsets_;
  absl::flat_hash_set<uint64_t> alarms_;
  absl::flat_hash_map<Id, LastOfConversation> conversations_;
  // (customer, inbound partition) -> highest inbound offset that took effect, and its message.
  absl::flat_hash_map<std::pair<Id, int32_t>, std::pair<uint64_t, Id>> customers_;
};

// dead_letters.*.bin: all are read before any is counted, since a replay may come in another
// partition.
class LetterBook final {
 public:
  explicit LetterBook(Facts& facts) : facts_(facts) {}
  absl::Status Read(std::string_view block);
  void Finish();

 private:
  using At = std::pair<uint32_t, uint64_t>;

  Facts& facts_;
  absl::flat_hash_map<At, Id> letters_;
  absl::flat_hash_set<At> replayed_;
  absl::flat_hash_set<uint64_t> sources_;
};

// agents.*.jsonl, each client's lines in order.
class AgentBook final {
 public:
  explicit AgentBook(Facts& facts) : facts_(facts) {}
  absl::Status Read(const nlohmann::json& line);
  // What clients still have at the end of the ledger is theirs for ever.
  void Finish();

 private:
  struct Work {
    std::string offer_id;
    uint64_t revision = 0;
    int32_t units = 0;
    bool assigned = false;
    bool held = false;
    int64_t since_ms = 0;
  };
  struct Action {
    std::string kind;
    Id conversation;
  };
  struct View {
    std::string session;
    int32_t capacity = 0;
    absl::flat_hash_map<Id, Work> work;
    absl::flat_hash_map<std::string, Action> actions;
  };

  void Welcome(const nlohmann::json& line, Id agent, View& view, int64_t t);
  void Resync(const nlohmann::json& line, Id agent, View& view, int64_t t);
  // Each returns the conversation.
  Id Offer(const nlohmann::json& work, Id agent, View& view, int64_t t);
  Id Assigned(const nlohmann::json& work, Id agent, View& view, int64_t t);
  void Added(const nlohmann::json& line, Id agent, int64_t t);
  void Act(const nlohmann::json& line, Id agent, View& view, int64_t t);
  void Result(const nlohmann::json& line, Id agent, View& view, int64_t t);
  void Settle(const std::string& kind, Id conversation, Id agent, View& view, int64_t t);
  void Drop(Id conversation, Id agent, View& view, int64_t t);
  void DropAll(Id agent, View& view, int64_t t);
  void CheckCapacity(Id agent, const View& view, Id conversation, int64_t t);
  // The messages of an offer, an assignment or an addition.
  void See(const nlohmann::json& work, Id agent, int64_t t, bool offer, bool given);

  Facts& facts_;
  absl::flat_hash_map<Id, View> views_;
};

}  // namespace centralita::ledger
