// The machine's state as entries, and back.
#include <algorithm>
#include <vector>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/dispatch/dispatch.h"
#include "fmt/format.h"
#include "machine.h"

namespace centralita::dispatch {
namespace {

absl::Status Damaged(std::string_view key, std::string_view what) {
  return base::Error(
      absl::StatusCode::kDataLoss, "damaged_entry",
      fmt::format("Entry '{}' of the state of dispatch {}; the state must be loaded from an older "
                  "snapshot.",
                  key, what));
}

template <typename Message>
absl::StatusOr<Message> Parse(std::string_view key, std::string_view value) {
  Message message;
  if (!message.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return Damaged(key, "cannot be read");
  }
  return message;
}

template <typename Object>
void PutObject(std::string_view key, Object& object, base::EntrySink& sink, std::string& bytes) {
  if (!object.dirty) return;
  object.dirty = false;
  object.state.SerializeToString(&bytes);
  sink.Put(key, bytes);
}

absl::Status Check(std::string_view key, const state::DispatchConversation& c) {
  if (c.conversation_id().empty() || static_cast<int>(c.step()) >= c.steps_size() ||
      c.arrival() == 0) {
    return Damaged(key, "lacks an id, a step or its number of arrival");
  }
  return absl::OkStatus();
}

}  // namespace

void Machine::TakeChanges(base::EntrySink& sink) {
  std::sort(changed_.begin(), changed_.end());
  changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
  for (const std::string& key : changed_) TakeChange(key, sink);
  changed_.clear();
}

void Machine::TakeChange(const std::string& key, base::EntrySink& sink) {
  if (key == "h") {
    header_dirty_ = false;
    header_.SerializeToString(&bytes_);
    sink.Put(key, bytes_);
    return;
  }
  const std::string_view rest = std::string_view(key).substr(2);
  const size_t border = rest.find('\x1f');
  Shard& shard = *shards_.find(rest.substr(0, border))->second;
  if (key[0] == 's') {
    shard.counters_dirty = false;
    shard.counters.SerializeToString(&bytes_);
    sink.Put(key, bytes_);
  } else if (key[0] == 'p') {
    shard.policy_dirty = false;
    shard.policy.SerializeToString(&bytes_);
    sink.Put(key, bytes_);
  } else if (key[0] == 'a') {
    Agent* const agent = shard.FindAgent(rest.substr(border + 1));
    if (agent == nullptr) {
      sink.Erase(key);
    } else {
      PutObject(key, *agent, sink, bytes_);
    }
  } else {
    Conversation* const conversation = shard.Find(rest.substr(border + 1));
    if (conversation == nullptr) {
      sink.Erase(key);
    } else {
      PutObject(key, *conversation, sink, bytes_);
    }
  }
}

void Machine::ForEachEntry(base::EntrySink& sink) const {
  std::vector<std::pair<std::string, const google::protobuf::MessageLite*>> entries;
  entries.emplace_back("h", &header_);
  for (const auto& [key, shard] : shards_) {
    entries.emplace_back(shard->CountersKey(), &shard->counters);
    if (shard->policy.version() > 0 || shard->policy.next_version() > 0) {
      entries.emplace_back(shard->PolicyKey(), &shard->policy);
    }
    for (const auto& [id, agent] : shard->agents())
      entries.emplace_back(shard->AgentKey(id), &agent->state);
    for (const auto& [arrival, conversation] : shard->by_arrival()) {
      entries.emplace_back(shard->ConversationKey(conversation->state.conversation_id()),
                           &conversation->state);
    }
  }
  std::sort(entries.begin(), entries.end());
  std::string bytes;
  for (const auto& [key, message] : entries) {
    message->SerializeToString(&bytes);
    sink.Put(key, bytes);
  }
}

absl::Status Machine::Load(std::string_view key, std::string_view value) {
  if (key == "h") {
    ABSL_ASSIGN_OR_RETURN(header_, Parse<state::DispatchHeader>(key, value));
    if (header_.engine_level() <= kEngineLevel) return absl::OkStatus();
    return base::Error(
        absl::StatusCode::kFailedPrecondition, "engine_level_too_high",
        fmt::format(
            "The state of dispatch needs engine level {}, this binary knows {}: run a newer "
            "version.",
            header_.engine_level(), kEngineLevel));
  }
  if (key.size() < 2 || key[1] != '/') return Damaged(key, "has a key of no known kind");
  switch (key[0]) {
    case 's': {
      ABSL_ASSIGN_OR_RETURN(auto counters, Parse<state::DispatchShard>(key, value));
      FindOrCreate(counters.tenant(), counters.pool()).counters = std::move(counters);
      return absl::OkStatus();
    }
    case 'p': {
      ABSL_ASSIGN_OR_RETURN(auto policy, Parse<state::DispatchPolicy>(key, value));
      FindOrCreate(policy.tenant(), policy.pool()).policy = std::move(policy);
      return absl::OkStatus();
    }
    case 'a': {
      ABSL_ASSIGN_OR_RETURN(auto agent, Parse<state::DispatchAgent>(key, value));
      Shard& shard = FindOrCreate(agent.tenant(), agent.pool());
      shard.LoadAgent(std::move(agent));
      return absl::OkStatus();
    }
    case 'c': {
      ABSL_ASSIGN_OR_RETURN(auto conversation, Parse<state::DispatchConversation>(key, value));
      ABSL_RETURN_IF_ERROR(Check(key, conversation));
      Shard& shard = FindOrCreate(conversation.tenant(), conversation.pool());
      shard.LoadConversation(std::move(conversation));
      return absl::OkStatus();
    }
    default:
      return Damaged(key, "has a key of no known kind");
  }
}

absl::Status Machine::LoadDone() {
  changed_.clear();
  header_dirty_ = false;
  for (auto& [key, shard] : shards_) {
    shard->counters_dirty = false;
    shard->BuildIndexes();
    NoteDue(*shard);
  }
  return absl::OkStatus();
}

}  // namespace centralita::dispatch
