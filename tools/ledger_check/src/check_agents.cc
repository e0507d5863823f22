#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "checks.h"

namespace centralita::ledger {
namespace {

constexpr int64_t kForEver = std::numeric_limits<int64_t>::max();

// Replays one partition of dispatch: who has what, and how much of it.
class Replay final {
 public:
  Replay(Facts& facts, std::vector<Ownership>& ownerships)
      : facts_(facts), ownerships_(ownerships) {}

  void Apply(const DispatchStep& step) {
    if (step.kind == StepKind::kCapacity) {
      capacities_[step.agent] = step.units;
      return;
    }
    if (step.conversation == kNoId) return;
    Held& held = held_[step.conversation];
    switch (step.kind) {
      case StepKind::kOffered:
        EndOffer(held);
        held.offered_to = step.agent;
        held.offered_units = step.units;
        Load(step, step.units);
        return;
      case StepKind::kOfferEnded:
        if (held.offered_to == step.agent) EndOffer(held);
        return;
      case StepKind::kAccepted:
        return Accept(step, held);
      case StepKind::kHeldFreed:
        if (held.counted) loads_[held.owner] -= held.units;
        held.counted = false;
        return;
      case StepKind::kResumed:
        if (held.owner != kNoId && !held.counted) {
          held.counted = true;
          Load(step, held.units);
        }
        return;
      case StepKind::kClosed:
      case StepKind::kReplied:
        if (step.agent != kNoId && held.owner != kNoId && held.owner != step.agent) {
          TwoOwners(step.conversation, held.owner, step.agent, step.at_ms);
        }
        if (step.kind == StepKind::kReplied) return;
        break;
      case StepKind::kQueued:
      case StepKind::kUnassigned:
      case StepKind::kReleased:
        break;
      case StepKind::kHeld:
      case StepKind::kCapacity:
        return;
    }
    End(step, held);
    held_.erase(step.conversation);
  }

  // What is owned at the end stays so.
  void Finish() {
    for (auto& [conversation, held] : held_) {
      if (held.owner == kNoId) continue;
      ownerships_.push_back({conversation, held.owner, held.revision, held.since_ms, kForEver});
    }
  }

 private:
  struct Held {
    Id offered_to = kNoId;
    int32_t offered_units = 0;
    Id owner = kNoId;
    int32_t units = 0;
    bool counted = false;  // against the owner's capacity
    uint64_t revision = 0;
    int64_t since_ms = 0;
  };

  void Load(const DispatchStep& step, int32_t units) {
    const Id agent = step.kind == StepKind::kResumed ? held_[step.conversation].owner : step.agent;
    int64_t& load = loads_[agent];
    load += units;
    const int32_t capacity = CapacityOf(agent);
    if (capacity == 0) facts_.findings.Note("offers_to_agents_of_unknown_capacity");
    if (capacity == 0 || load <= capacity) return;
    if (!facts_.over_capacity.emplace(ClientOf(agent), step.conversation).second) return;
    facts_.findings.Add("offers_over_capacity", 1, [&] {
      return fmt::format("agent {} got to {} units of {} at {}, with conversation {}",
                         facts_.AgentName(agent), load, capacity, step.at_ms,
                         facts_.ConversationName(step.conversation));
    });
  }

  // Events name agents as "tenant/agent", clients by the agent's id.
  Id ClientOf(Id agent) {
    const std::string& name = facts_.AgentName(agent);
    return facts_.agent_ids.Of(std::string(name.substr(name.find('/') + 1)));
  }

  int32_t CapacityOf(Id agent) {
    const auto known = capacities_.find(agent);
    if (known != capacities_.end()) return known->second;
    const auto told = facts_.capacities.find(ClientOf(agent));
    return told == facts_.capacities.end() ? 0 : told->second;
  }

  void Accept(const DispatchStep& step, Held& held) {
    if (held.owner != kNoId && held.owner != step.agent) {
      TwoOwners(step.conversation, held.owner, step.agent, step.at_ms);
    }
    for (const Close& close : facts_.conversations[step.conversation].closes) {
      if (close.revision != step.revision || step.source < close.source) continue;
      facts_.findings.Add("duplicated_work", 1, [&] {
        return fmt::format("agent {} got conversation {} at revision {} after it was closed",
                           facts_.AgentName(step.agent), facts_.ConversationName(step.conversation),
                           step.revision);
      });
      break;
    }
    const int32_t units = held.offered_to == step.agent ? held.offered_units : 0;
    EndOffer(held);
    if (held.owner != kNoId) End(step, held);
    held.owner = step.agent;
    held.units = units;
    held.counted = true;
    held.revision = step.revision;
    held.since_ms = step.at_ms;
    // It was counted as an offer up to now.
    loads_[step.agent] += units;
  }

  void EndOffer(Held& held) {
    if (held.offered_to == kNoId) return;
    loads_[held.offered_to] -= held.offered_units;
    held.offered_to = kNoId;
  }

  void End(const DispatchStep& step, Held& held) {
    EndOffer(held);
    if (held.owner == kNoId) return;
    if (held.counted) loads_[held.owner] -= held.units;
    ownerships_.push_back(
        {step.conversation, held.owner, held.revision, held.since_ms, step.at_ms});
    held.owner = kNoId;
  }

  void TwoOwners(Id conversation, Id first, Id second, int64_t at_ms) {
    if (!facts_.two_owners.insert(conversation).second) return;
    facts_.findings.Add("two_owners", 1, [&] {
      return fmt::format("conversation {} was agent {}'s when agent {} had it at {}, by events",
                         facts_.ConversationName(conversation), facts_.AgentName(first),
                         facts_.AgentName(second), at_ms);
    });
  }

  Facts& facts_;
  std::vector<Ownership>& ownerships_;
  absl::flat_hash_map<Id, Held> held_;  // by conversation
  absl::flat_hash_map<Id, int64_t> loads_;
  absl::flat_hash_map<Id, int32_t> capacities_;
};

// Two agents' times with one conversation that overlap by more than `slack`.
void CheckOverlaps(Facts& facts, std::vector<Ownership>& ownerships, int64_t slack_ms,
                   std::string_view by) {
  std::sort(ownerships.begin(), ownerships.end(), [](const Ownership& a, const Ownership& b) {
    if (a.conversation != b.conversation) return a.conversation < b.conversation;
    if (a.start_ms != b.start_ms) return a.start_ms < b.start_ms;
    return a.end_ms < b.end_ms;
  });
  const Ownership* longest = nullptr;
  for (const Ownership& next : ownerships) {
    if (longest == nullptr || longest->conversation != next.conversation) {
      longest = &next;
      continue;
    }
    if (next.agent != longest->agent && next.end_ms - slack_ms > next.start_ms &&
        longest->end_ms - slack_ms > next.start_ms &&
        facts.two_owners.insert(next.conversation).second) {
      facts.findings.Add("two_owners", 1, [&] {
        return fmt::format(
            "conversation {} was agent {}'s (revision {}) and agent {}'s (revision {}) at {}, by "
            "{}",
            facts.ConversationName(next.conversation), facts.AgentName(longest->agent),
            longest->revision, facts.AgentName(next.agent), next.revision, next.start_ms, by);
      });
    }
    if (next.end_ms >= longest->end_ms) longest = &next;
  }
}

}  // namespace

void CheckAgents(Facts& facts, const CheckOptions& options) {
  std::sort(facts.steps.begin(), facts.steps.end(),
            [](const DispatchStep& a, const DispatchStep& b) { return a.source < b.source; });
  std::vector<Ownership> ownerships;
  for (size_t begin = 0; begin < facts.steps.size();) {
    const SourceAt& log = facts.steps[begin].source;
    Replay replay(facts, ownerships);
    size_t end = begin;
    for (; end < facts.steps.size() && facts.steps[end].source.epoch == log.epoch &&
           facts.steps[end].source.partition == log.partition;
         ++end) {
      replay.Apply(facts.steps[end]);
    }
    replay.Finish();
    begin = end;
  }
  CheckOverlaps(facts, ownerships, 0, "events");
  CheckOverlaps(facts, facts.views, options.view_slack_ms, "their clients");
}

}  // namespace centralita::ledger
