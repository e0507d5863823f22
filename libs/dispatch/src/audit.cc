// Says all again from the entries, in the plainest way, and compares: it must share no code with
// the indexes.
#include "audit.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "fmt/format.h"
#include "machine.h"
#include "settings.h"

namespace centralita::dispatch {
namespace {

absl::Status Broken(const Shard& shard, std::string_view what) {
  return base::Error(absl::StatusCode::kInternal, "invariant_broken",
                     fmt::format("Shard '{}': {}. Please report this with the partition's log.",
                                 shard.key(), what));
}

bool Assigned(const Conversation& conversation) {
  const auto phase = conversation.state.phase();
  return phase == state::DISPATCH_PHASE_OFFERED || phase == state::DISPATCH_PHASE_ACTIVE ||
         phase == state::DISPATCH_PHASE_WAITING;
}

absl::Status AuditClock(const Shard& shard, const std::string& id,
                        const clocks::v1::ClockState& clock) {
  const auto broken = [&](std::string_view what) {
    return Broken(shard,
                  fmt::format("clock '{}' of conversation {} {}", clock.spec().name(), id, what));
  };
  const bool runs = clock.phase() == clocks::v1::CLOCK_PHASE_RUNNING;
  const bool idle = clock.phase() == clocks::v1::CLOCK_PHASE_UNSPECIFIED;
  if (idle != (clock.generation() == 0)) return broken("counts its generations wrongly");
  if (runs && clock.deadline_unix_ms() < clock.started_unix_ms())
    return broken("ends before it starts");
  if (runs && clock.remaining_ms() != 0) return broken("runs and is paused");
  if (clock.remaining_ms() < 0) return broken("has less than no time left");
  if (clock.warned() > static_cast<uint32_t>(clock.spec().warn_before_ms_size()))
    return broken("has given more warnings than it has");
  if (clock.policy_version() > 0 && clock.policy_version() < shard.policy.version() &&
      shard.counters.sweep() != state::DISPATCH_SWEEP_AGENTS &&
      shard.counters.sweep() != state::DISPATCH_SWEEP_CONVERSATIONS)
    return broken("is timed by an older policy");
  return absl::OkStatus();
}

absl::Status AuditClocks(const Shard& shard, const std::string& id,
                         const state::DispatchConversation& c) {
  std::set<std::string_view> names;
  for (const auto& clock : c.clocks()) {
    if (!names.insert(clock.spec().name()).second)
      return Broken(shard, "conversation " + id + " has a clock twice");
    ABSL_RETURN_IF_ERROR(AuditClock(shard, id, clock));
  }
  if (c.notices_size() > kWaitingNotices)
    return Broken(shard, "conversation " + id + " holds back too many notices");
  return absl::OkStatus();
}

// Whoever waits in a queue with limits is counted there; a sweep after an activation is still to
// add those who waited before it.
absl::Status AuditWatch(const Shard& shard, const std::string& id,
                        const Conversation& conversation) {
  const QueueWatch* const watch = conversation.watch;
  const auto sweep = shard.counters.sweep();
  const bool whole =
      sweep != state::DISPATCH_SWEEP_AGENTS && sweep != state::DISPATCH_SWEEP_CONVERSATIONS;
  const QueueWatch* const wanted =
      conversation.signature == nullptr ? nullptr : shard.WatchOf(conversation.QueueName());
  const bool counted = watch != nullptr && watch->waiting.contains({conversation.place.eligible,
                                                                    conversation.place.arrival});
  if ((watch != nullptr && (!counted || conversation.signature == nullptr)) ||
      (whole && wanted != nullptr && watch != wanted)) {
    return Broken(shard, "conversation " + id + " is not counted in its queue with limits");
  }
  return absl::OkStatus();
}

absl::Status AuditConversation(const Shard& shard, const std::string& id,
                               const Conversation& conversation) {
  const auto& c = conversation.state;
  const bool queued = c.phase() == state::DISPATCH_PHASE_QUEUED;
  if (c.conversation_id() != id)
    return Broken(shard, "conversation " + id + " is filed under another id");
  if (!queued && !Assigned(conversation))
    return Broken(shard, "conversation " + id + " has no phase");
  if (queued != c.agent_id().empty())
    return Broken(shard, "conversation " + id + " and its agent disagree");
  if ((c.phase() == state::DISPATCH_PHASE_OFFERED) != c.has_offer()) {
    return Broken(shard, "conversation " + id + " and its offer disagree");
  }
  if ((queued && c.ripe()) != (conversation.signature != nullptr)) {
    return Broken(shard,
                  "conversation " + id + " is waiting and in no queue, or the other way round");
  }
  const auto at = shard.by_arrival().find(c.arrival());
  if (at == shard.by_arrival().end() || at->second != &conversation) {
    return Broken(shard, "conversation " + id + " is missing in the order of arrival");
  }
  if (c.facts().band() < c.min_band())
    return Broken(shard, "conversation " + id + " is below the band it was raised to");
  ABSL_RETURN_IF_ERROR(AuditWatch(shard, id, conversation));
  ABSL_RETURN_IF_ERROR(AuditClocks(shard, id, c));
  uint64_t before = c.last_sequence() + 1;
  for (const auto& early : c.early()) {
    if (early.message().sequence() <= before)
      return Broken(shard, "conversation " + id + " holds back wrong messages");
    before = early.message().sequence();
  }
  return absl::OkStatus();
}

absl::Status AuditQueues(const Shard& shard) {
  std::map<const Conversation*, int> seen;
  std::set<const Signature*> signatures;
  for (const auto& [key, signature] : shard.heads()) {
    if (signature->waiting.empty() || signature->waiting.begin()->first != key) {
      return Broken(shard, "a queue's head is not its first");
    }
    if (!signatures.insert(signature).second) return Broken(shard, "a queue has two heads");
    for (const auto& [place, conversation] : signature->waiting) {
      const auto& c = conversation->state;
      if (conversation->signature != signature || place.due != c.due_unix_ms() ||
          place.eligible != c.eligible_unix_ms() || place.arrival != c.arrival() ||
          signature->units != c.units()) {
        return Broken(shard, "conversation " + c.conversation_id() + " is in the wrong place");
      }
      ++seen[conversation];
    }
  }
  for (const auto& [id, conversation] : shard.conversations()) {
    const int expected =
        conversation->state.phase() == state::DISPATCH_PHASE_QUEUED && conversation->state.ripe();
    const auto it = seen.find(conversation.get());
    if ((it == seen.end() ? 0 : it->second) != expected) {
      return Broken(shard, "conversation " + id + " is in no queue or in two");
    }
  }
  return absl::OkStatus();
}

absl::Status AuditAgent(const Shard& shard, const Agent& agent, int32_t load, size_t work) {
  const auto& a = agent.state;
  const std::string& id = a.agent_id();
  if (agent.load != load)
    return Broken(shard, fmt::format("agent {} counts {} units for {}", id, agent.load, load));
  if (agent.work.size() != work) return Broken(shard, "agent " + id + " counts his work wrongly");
  if (load > a.record().capacity_units() && !a.lowered()) {
    return Broken(
        shard, fmt::format("agent {} has {} units of {}", id, load, a.record().capacity_units()));
  }
  const bool available = a.has_record() && a.status() == commands::v1::PRESENCE_STATUS_AVAILABLE;
  if (agent.listed != available)
    return Broken(shard, "agent " + id + " and the list of the available disagree");
  if (available && a.session().empty())
    return Broken(shard, "agent " + id + " is available without a session");
  if (agent.listed &&
      (agent.place.load != load || !agent.agent_class->available.contains(agent.place))) {
    return Broken(shard, "agent " + id + " is listed with another load");
  }
  if (a.has_record() != (agent.agent_class != nullptr))
    return Broken(shard, "agent " + id + " has no class");
  if (agent.agent_class != nullptr && agent.agent_class->capacity != a.record().capacity_units()) {
    return Broken(shard, "agent " + id + " is in a class of another capacity");
  }
  return absl::OkStatus();
}

absl::Status AuditAgents(const Shard& shard) {
  std::map<std::string, std::pair<int32_t, size_t>> held;
  for (const auto& [id, conversation] : shard.conversations()) {
    const auto& c = conversation->state;
    if (!Assigned(*conversation)) continue;
    const auto agent = shard.agents().find(c.agent_id());
    const bool there = agent != shard.agents().end();
    if (conversation->holder != (there ? agent->second.get() : nullptr)) {
      return Broken(shard, "conversation " + id + " is counted with another agent");
    }
    if (!there && !(c.phase() == state::DISPATCH_PHASE_WAITING && c.freed())) {
      return Broken(shard, "conversation " + id + " is with an agent who does not exist");
    }
    auto& [units, count] = held[c.agent_id()];
    ++count;
    if (!(c.phase() == state::DISPATCH_PHASE_WAITING && c.freed())) units += c.units();
  }
  for (const auto& [id, agent] : shard.agents()) {
    const auto it = held.find(id);
    const auto [units, count] = it == held.end() ? std::pair<int32_t, size_t>{0, 0} : it->second;
    ABSL_RETURN_IF_ERROR(AuditAgent(shard, *agent, units, count));
  }
  return absl::OkStatus();
}

absl::Status AuditTimers(const Shard& shard) {
  size_t expected = 0;
  for (const auto& [id, conversation] : shard.conversations()) {
    if (conversation->timer == kNoTime) continue;
    ++expected;
    if (!shard.timers().contains({conversation->timer, conversation->state.arrival()})) {
      return Broken(shard, "conversation " + id + " has lost its timer");
    }
  }
  for (const auto& [id, agent] : shard.agents()) {
    if (agent->timer == kNoTime) continue;
    ++expected;
    if (!shard.timers().contains({agent->timer, agent->state.arrival()})) {
      return Broken(shard, "agent " + id + " has lost his timer");
    }
  }
  if (expected != shard.timers().size()) return Broken(shard, "there are timers of nobody");
  return absl::OkStatus();
}

bool Serves(const Agent& agent, const state::DispatchConversation& c) {
  const auto& record = agent.state.record();
  if (record.bot() && c.facts().people_only()) return false;
  const auto& step = c.steps(static_cast<int>(c.step()));
  for (const auto& wanted : step.skills()) {
    const bool has =
        std::any_of(record.skills().begin(), record.skills().end(), [&](const auto& skill) {
          return skill.name() == wanted.name() && skill.level() >= wanted.level();
        });
    if (!has) return false;
  }
  const std::string& language = c.facts().language();
  if (!step.match_language() || language.empty() || language == "und") return true;
  return std::find(record.languages().begin(), record.languages().end(), language) !=
         record.languages().end();
}

// Nothing waits that somebody could have, unless a sweep or pacing is still to hand it out.
absl::Status AuditIdle(const Shard& shard) {
  if (shard.counters.sweep() != state::DISPATCH_SWEEP_UNSPECIFIED ||
      shard.counters.pace_until_unix_ms() > 0) {
    return absl::OkStatus();
  }
  for (const auto& [head, signature] : shard.heads()) {
    for (const auto& [place, conversation] : signature->waiting) {
      for (const auto& [id, agent] : shard.agents()) {
        const bool room =
            agent->state.record().capacity_units() - agent->load >= conversation->state.units();
        if (agent->listed && room && Serves(*agent, conversation->state) &&
            !conversation->CoolsDown(id)) {
          return Broken(shard, fmt::format("conversation {} waits while agent {} is free",
                                           conversation->state.conversation_id(), id));
        }
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AuditShard(const Shard& shard) {
  for (const auto& [id, conversation] : shard.conversations()) {
    ABSL_RETURN_IF_ERROR(AuditConversation(shard, id, *conversation));
  }
  if (shard.by_arrival().size() != shard.conversations().size()) {
    return Broken(shard, "the order of arrival has conversations that are gone");
  }
  ABSL_RETURN_IF_ERROR(AuditQueues(shard));
  ABSL_RETURN_IF_ERROR(AuditAgents(shard));
  ABSL_RETURN_IF_ERROR(AuditTimers(shard));
  return AuditIdle(shard);
}

absl::Status Machine::Audit() const {
  size_t sessions = 0;
  for (const auto& [key, shard] : shards_) {
    ABSL_RETURN_IF_ERROR(AuditShard(*shard));
    for (const auto& [id, agent] : shard->agents()) {
      sessions += agent->Connected() && !agent->state.incarnation().empty() ? 1 : 0;
    }
    const int64_t due = shard->NextDue();
    if (due != kNoTime && !due_.contains({due, key}))
      return Broken(*shard, "its next due time is not noted");
  }
  size_t indexed = 0;
  for (const auto& [incarnation, agents] : sessions_) indexed += agents.size();
  if (indexed == sessions) return absl::OkStatus();
  return base::Error(absl::StatusCode::kInternal, "invariant_broken",
                     "The index of sessions is not what agents say.");
}

}  // namespace centralita::dispatch
