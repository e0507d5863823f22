#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "books.h"

namespace centralita::ledger {
namespace {

constexpr int64_t kForEver = std::numeric_limits<int64_t>::max();

const nlohmann::json& ItemsOf(const nlohmann::json& line, const char* key) {
  static const nlohmann::json kNone = nlohmann::json::array();
  const auto found = line.find(key);
  return found != line.end() && found->is_array() ? *found : kNone;
}

}  // namespace

absl::Status AgentBook::Read(const nlohmann::json& line) {
  const std::string kind = StringOf(line, "kind");
  const std::string name = StringOf(line, "agent_id");
  if (kind.empty() || name.empty()) return absl::DataLossError("no kind or no agent_id");
  const int64_t t = IntOf(line, "t_ms");
  facts_.Moment(t);
  facts_.has_agents = true;
  const Id agent = facts_.agent_ids.Of(name);
  View& view = views_[agent];
  const std::string session = StringOf(line, "session");
  if (kind != "welcome" && !session.empty() && !view.session.empty() && session != view.session) {
    facts_.findings.Note("lines_of_old_sessions");
    return absl::OkStatus();
  }
  if (kind == "welcome") {
    Welcome(line, agent, view, t);
  } else if (kind == "resync") {
    Resync(line, agent, view, t);
  } else if (kind == "offer") {
    CheckCapacity(agent, view, Offer(line, agent, view, t), t);
  } else if (kind == "assigned") {
    CheckCapacity(agent, view, Assigned(line, agent, view, t), t);
  } else if (kind == "withdrawn") {
    const std::string offer = StringOf(line, "offer_id");
    for (auto& [conversation, work] : view.work) {
      if (work.assigned || work.offer_id != offer) continue;
      Drop(Id(conversation), agent, view, t);
      break;
    }
  } else if (kind == "unassigned") {
    Drop(facts_.ConversationId(StringOf(line, "conversation_id")), agent, view, t);
  } else if (kind == "messages_added") {
    See(line, agent, t, false, true);
  } else if (kind == "action") {
    Act(line, agent, view, t);
  } else if (kind == "result") {
    Result(line, agent, view, t);
  } else if (kind == "disconnect") {
    DropAll(agent, view, t);
    view.session.clear();
  } else if (kind != "hello" && kind != "closing") {
    facts_.findings.Note("lines_of_unknown_kind");
  }
  return absl::OkStatus();
}

void AgentBook::Welcome(const nlohmann::json& line, Id agent, View& view, int64_t t) {
  DropAll(agent, view, t);
  view.session = StringOf(line, "session");
  view.capacity = static_cast<int32_t>(IntOf(line, "capacity"));
  if (view.capacity > 0) {
    facts_.capacities[agent] = view.capacity;
  } else {
    facts_.findings.Note("welcomes_without_capacity");
  }
}

void AgentBook::Resync(const nlohmann::json& line, Id agent, View& view, int64_t t) {
  absl::flat_hash_set<Id> kept;
  for (const auto& work : ItemsOf(line, "assigned")) {
    const Id conversation = facts_.ConversationId(StringOf(work, "conversation_id"));
    const auto known = view.work.find(conversation);
    if (known != view.work.end() && known->second.assigned) kept.insert(conversation);
  }
  std::vector<Id> gone;
  for (const auto& [conversation, work] : view.work) {
    if (!kept.contains(conversation)) gone.push_back(conversation);
  }
  for (const Id conversation : gone) Drop(conversation, agent, view, t);
  Id last = kNoId;
  for (const auto& work : ItemsOf(line, "assigned")) last = Assigned(work, agent, view, t);
  for (const auto& work : ItemsOf(line, "offers")) last = Offer(work, agent, view, t);
  // It is one picture: how much it is shows when all of it has been taken in.
  if (last != kNoId) CheckCapacity(agent, view, last, t);
}

Id AgentBook::Offer(const nlohmann::json& line, Id agent, View& view, int64_t t) {
  const Id conversation = facts_.ConversationId(StringOf(line, "conversation_id"));
  const std::string offer = StringOf(line, "offer_id");
  const auto known = view.work.find(conversation);
  const bool again = known != view.work.end() && known->second.offer_id == offer;
  if (again) return conversation;
  Drop(conversation, agent, view, t);
  view.work[conversation] = {.offer_id = offer,
                             .revision = UintOf(line, "revision"),
                             .units = static_cast<int32_t>(IntOf(line, "units")),
                             .assigned = false,
                             .held = false,
                             .since_ms = t};
  See(line, agent, t, true, false);
  return conversation;
}

Id AgentBook::Assigned(const nlohmann::json& line, Id agent, View& view, int64_t t) {
  const Id conversation = facts_.ConversationId(StringOf(line, "conversation_id"));
  const uint64_t revision = UintOf(line, "revision");
  const uint64_t last_sequence = UintOf(line, "last_sequence");
  const auto known = view.work.find(conversation);
  const bool again =
      known != view.work.end() && known->second.assigned && known->second.revision == revision;
  const int64_t since = again ? known->second.since_ms : t;
  if (!again && known != view.work.end() && known->second.assigned) {
    Drop(conversation, agent, view, t);
  }
  view.work[conversation] = {.offer_id = StringOf(line, "offer_id"),
                             .revision = revision,
                             .units = static_cast<int32_t>(IntOf(line, "units")),
                             .assigned = true,
                             .held = BoolOf(line, "held"),
                             .since_ms = since};
  See(line, agent, t, false, true);
  for (const Close& close : facts_.conversations[conversation].closes) {
    if (again || last_sequence == 0 || close.revision >= revision) continue;
    if (close.last_sequence < last_sequence) continue;
    facts_.findings.Add("duplicated_work", 1, [&] {
      return fmt::format(
          "conversation {} came to agent {} at revision {} though all its messages (up to {}) were "
          "resolved at revision {}",
          facts_.ConversationName(conversation), facts_.AgentName(agent), revision, last_sequence,
          close.revision);
    });
    break;
  }
  return conversation;
}

void AgentBook::See(const nlohmann::json& line, Id agent, int64_t t, bool offer, bool given) {
  const Id conversation = facts_.ConversationId(StringOf(line, "conversation_id"));
  Id before_id = kNoId;
  for (const std::string& name : StringsOf(line, "message_ids")) {
    const Id id = facts_.MessageId(name);
    MessageFacts& message = facts_.Message(id);
    if (message.first_seen_ms == 0 || t < message.first_seen_ms) message.first_seen_ms = t;
    if (offer && (message.first_offer_ms == 0 || t < message.first_offer_ms)) {
      message.first_offer_ms = t;
    }
    if (given && message.given_in == kNoId) message.given_in = conversation;
    if (given && message.given_in != conversation) {
      facts_.findings.Add("duplicated_work", 1, [&] {
        return fmt::format("message {} was given to agent {} in conversation {}, and before in {}",
                           name, facts_.AgentName(agent), facts_.ConversationName(conversation),
                           facts_.ConversationName(message.given_in));
      });
    }
    if (before_id != kNoId && message.partition >= 0 &&
        facts_.Message(before_id).partition == message.partition &&
        message.offset < facts_.Message(before_id).offset) {
      facts_.disorders.push_back({id, before_id});
    }
    before_id = id;
  }
}

void AgentBook::Act(const nlohmann::json& line, Id agent, View& view, int64_t t) {
  const std::string kind = StringOf(line, "action");
  const Id conversation = facts_.ConversationId(StringOf(line, "conversation_id"));
  view.actions[StringOf(line, "action_id")] = {kind, conversation};
  // From here on the client claims nothing any more, whatever the answer.
  Settle(kind, conversation, agent, view, t);
}

// What took effect is done, though a resync from before it has shown the work once more.
void AgentBook::Settle(const std::string& kind, Id conversation, Id agent, View& view, int64_t t) {
  const auto work = view.work.find(conversation);
  if (work == view.work.end()) return;
  if (kind == "resolve" || kind == "transfer" || (kind == "decline" && !work->second.assigned)) {
    Drop(conversation, agent, view, t);
  } else if (kind == "hold" && work->second.assigned) {
    work->second.held = true;
  }
}

void AgentBook::Result(const nlohmann::json& line, Id agent, View& view, int64_t t) {
  const std::string action_id = StringOf(line, "action_id");
  const auto action = view.actions.find(action_id);
  if (action == view.actions.end()) return;
  const auto [kind, conversation] = std::move(action->second);
  view.actions.erase(action);
  if (!StringOf(line, "error").empty()) {
    const auto work = view.work.find(conversation);
    if (kind == "accept" && work != view.work.end() && !work->second.assigned) {
      view.work.erase(work);
    }
    return;
  }
  Settle(kind, conversation, agent, view, t);
  const bool traced = kind == "accept" || kind == "reply" || kind == "resolve";
  if (traced &&
      !facts_.effective_actions.contains(ActionHash(facts_.AgentName(agent), action_id))) {
    facts_.findings.Add("effect_missing", 1, [&] {
      return fmt::format(
          "agent {} was told that {} {} of conversation {} took effect; no event says so",
          facts_.AgentName(agent), kind, action_id, facts_.ConversationName(conversation));
    });
  }
}

void AgentBook::Drop(Id conversation, Id agent, View& view, int64_t t) {
  const auto work = view.work.find(conversation);
  if (work == view.work.end()) return;
  if (work->second.assigned) {
    facts_.views.push_back({conversation, agent, work->second.revision, work->second.since_ms, t});
  }
  view.work.erase(work);
}

void AgentBook::DropAll(Id agent, View& view, int64_t t) {
  for (const auto& [conversation, work] : view.work) {
    if (work.assigned) {
      facts_.views.push_back({conversation, agent, work.revision, work.since_ms, t});
    }
  }
  view.work.clear();
}

void AgentBook::CheckCapacity(Id agent, const View& view, Id conversation, int64_t t) {
  if (view.capacity <= 0) return;
  int64_t load = 0;
  for (const auto& [other, work] : view.work) {
    if (!work.held) load += work.units;
  }
  if (load <= view.capacity || !facts_.over_capacity.emplace(agent, conversation).second) return;
  facts_.findings.Add("offers_over_capacity", 1, [&] {
    return fmt::format("agent {}'s client had {} units of {} at {}, with conversation {}",
                       facts_.AgentName(agent), load, view.capacity, t,
                       facts_.ConversationName(conversation));
  });
}

void AgentBook::Finish() {
  for (auto& [agent, view] : views_) DropAll(agent, view, kForEver);
}

}  // namespace centralita::ledger
