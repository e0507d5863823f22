#include "agents.h"

#include <algorithm>
#include <string>

#include "emit.h"
#include "fmt/format.h"
#include "matching.h"
#include "offers.h"
#include "settings.h"
#include "views.h"

namespace centralita::dispatch {
namespace {

void EndSession(Agent& agent) {
  auto& a = agent.state;
  if (a.session().empty()) return;
  if (a.ended_sessions_size() == kEndedSessions) a.mutable_ended_sessions()->DeleteSubrange(0, 1);
  a.add_ended_sessions(a.session());
  a.clear_session();
  a.clear_incarnation();
}

bool IsOver(const Agent& agent, std::string_view session) {
  const auto& ended = agent.state.ended_sessions();
  return std::find(ended.begin(), ended.end(), session) != ended.end();
}

void Reject(Shard& shard, Context& context, const cmd::Presence& presence, std::string_view code,
            std::string detail) {
  auto& rejected = context.Make<events::v1::Rejected>();
  rejected.set_code(code.data(), code.size());
  rejected.set_detail(std::move(detail));
  rejected.set_agent_id(presence.agent_id());
  EmitRejected(shard, context, nullptr, rejected);
}

void SetStatus(Shard& shard, Context& context, Agent& agent, cmd::PresenceStatus status) {
  const bool changed = agent.state.status() != status;
  agent.state.set_status(status);
  shard.Update(agent);
  if (changed) EmitPresence(shard, context, agent, status);
}

void GoOffline(Shard& shard, Context& context, Agent& agent, std::string_view reason) {
  EndSession(agent);
  agent.state.clear_grace_until_unix_ms();
  SetStatus(shard, context, agent, cmd::PRESENCE_STATUS_OFFLINE);
  ReturnWork(shard, context, agent, reason);
}

void Connect(Shard& shard, Context& context, Agent& agent, const cmd::Presence& presence) {
  auto& a = agent.state;
  const bool anew = a.session() != presence.session();
  if (anew) {
    // Gateways write when they can, so the later word may be of the connection that is gone: who is
    // there must hear that he counts no more.
    if (agent.Connected()) NotifyClosing(shard, context, a.agent_id(), a.session());
    EndSession(agent);
  }
  a.set_session(presence.session());
  a.set_incarnation(presence.incarnation());
  a.clear_grace_until_unix_ms();
  if (!agent.Available()) a.set_idle_since_unix_ms(context.now);
  SetStatus(shard, context, agent, presence.status());
  // What he kept through the loss of his last session, this one does not know of.
  if (anew) context.outputs.Notify(ResyncOf(shard, agent));
  if (agent.Available()) MatchAgent(shard, context, agent);
}

}  // namespace

void Promote(Shard& shard, Agent& agent) {
  auto& a = agent.state;
  *a.mutable_record() = a.next_record();
  a.set_version(a.next_version());
  a.clear_next_record();
  a.clear_next_version();
  a.set_lowered(agent.load > a.record().capacity_units());
  shard.Update(agent);
}

Agent* KnownAgent(Shard& shard, std::string_view id) {
  Agent* const agent = shard.FindAgent(id);
  if (agent == nullptr) return nullptr;
  if (agent->state.next_version() == shard.policy.version() && agent->state.has_next_record()) {
    Promote(shard, *agent);
  }
  return agent->state.has_record() ? agent : nullptr;
}

void SetPresence(Shard& shard, Context& context, const cmd::Presence& presence) {
  Agent* const agent = KnownAgent(shard, presence.agent_id());
  if (agent == nullptr) {
    Reject(shard, context, presence, "unknown_agent",
           fmt::format("Agent '{}' is not in this pool's directory.", presence.agent_id()));
    return;
  }
  const bool his = agent->Connected() && agent->state.session() == presence.session();
  switch (presence.status()) {
    case cmd::PRESENCE_STATUS_AVAILABLE:
    case cmd::PRESENCE_STATUS_AWAY:
      if (presence.session().empty() || IsOver(*agent, presence.session())) {
        Reject(shard, context, presence, "wrong_session",
               "That session is over: a newer one has taken its place.");
        if (!presence.session().empty())
          NotifyClosing(shard, context, presence.agent_id(), presence.session());
      } else {
        Connect(shard, context, *agent, presence);
      }
      return;
    case cmd::PRESENCE_STATUS_OFFLINE:
      if (his) GoOffline(shard, context, *agent, "offline");
      return;
    case cmd::PRESENCE_STATUS_LOST:
      if (his) LoseSession(shard, context, *agent);
      return;
    default:
      Reject(shard, context, presence, "unknown_status",
             "The presence has no status that this version knows.");
  }
}

void LoseSession(Shard& shard, Context& context, Agent& agent) {
  EndSession(agent);
  const int64_t grace = shard.policy.section().reconnect_grace_ms();
  agent.state.set_grace_until_unix_ms(context.now + std::max<int64_t>(grace, 0));
  SetStatus(shard, context, agent, cmd::PRESENCE_STATUS_LOST);
  if (grace <= 0) {
    EndGrace(shard, context, agent);
  } else {
    ReturnOffers(shard, context, agent);
  }
}

void EndGrace(Shard& shard, Context& context, Agent& agent) {
  GoOffline(shard, context, agent, "agent_lost");
}

void RemoveFromDirectory(Shard& shard, Context& context, Agent& agent) {
  GoOffline(shard, context, agent, "agent_lost");
  agent.state.clear_record();
  shard.Update(agent);
  if (agent.work.empty() && !agent.state.has_next_record()) shard.Remove(agent);
}

}  // namespace centralita::dispatch
