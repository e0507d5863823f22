#include "activation.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "agents.h"
#include "clocks.h"
#include "emit.h"
#include "matching.h"
#include "queueing.h"
#include "settings.h"

namespace centralita::dispatch {
namespace {

void EnterStage(Shard& shard, state::DispatchSweep stage) {
  shard.counters.set_sweep(stage);
  shard.counters.clear_sweep_agent();
  shard.counters.clear_sweep_arrival();
  shard.UpdateCounters();
}

// The agent behind the one at which the sweep stands.
Agent* NextAgent(Shard& shard) {
  const auto& agents = shard.agents();
  const auto it = shard.counters.sweep_agent().empty()
                      ? agents.begin()
                      : agents.upper_bound(shard.counters.sweep_agent());
  return it == agents.end() ? nullptr : it->second.get();
}

void SweepAgent(Shard& shard, Context& context, Agent& agent) {
  auto& a = agent.state;
  if (a.has_next_record() && a.next_version() == shard.policy.version()) {
    Promote(shard, agent);
  } else if (a.has_record() && a.version() != shard.policy.version()) {
    RemoveFromDirectory(shard, context, agent);
  } else if (!a.has_record() && !a.has_next_record() && agent.work.empty()) {
    shard.Remove(agent);
  }
}

int SweepAgents(Shard& shard, Context& context, int budget) {
  int done = 0;
  while (done < budget) {
    Agent* const agent = NextAgent(shard);
    if (agent == nullptr) {
      EnterStage(shard, state::DISPATCH_SWEEP_CONVERSATIONS);
      break;
    }
    shard.counters.set_sweep_agent(agent->state.agent_id());
    SweepAgent(shard, context, *agent);
    ++done;
  }
  return done;
}

// Returns what of the budget it took.
int SweepConversation(Shard& shard, Context& context, Conversation& conversation) {
  FixQueues(shard, conversation);
  ChangedClocks changed;
  RetimeClocks(shard, conversation, context.now, changed);
  Rekey(shard, conversation);
  shard.Update(conversation);
  if (changed.empty()) return 1;
  EmitRetimed(shard, context, conversation, changed);
  return kRetimeCost;
}

int SweepConversations(Shard& shard, Context& context, int budget) {
  int done = 0;
  auto it = shard.by_arrival().upper_bound(shard.counters.sweep_arrival());
  for (; done < budget && it != shard.by_arrival().end(); ++it) {
    done += SweepConversation(shard, context, *it->second);
    shard.counters.set_sweep_arrival(it->first);
  }
  if (it == shard.by_arrival().end()) EnterStage(shard, state::DISPATCH_SWEEP_MATCH);
  return done;
}

int SweepMatches(Shard& shard, Context& context, int budget) {
  int done = 0;
  while (done < budget) {
    Agent* const agent = NextAgent(shard);
    if (agent == nullptr || shard.counters.pace_until_unix_ms() > 0) {
      EnterStage(shard, state::DISPATCH_SWEEP_UNSPECIFIED);
      break;
    }
    // Offers cost more than a look.
    done += 1 + static_cast<int>(agent->work.size());
    if (MatchAgent(shard, context, *agent)) shard.counters.set_sweep_agent(agent->state.agent_id());
  }
  return done;
}

void TakePart(Shard& shard, const policy::v1::ActivatePool& activation) {
  auto& policy = shard.policy;
  if (activation.has_pool()) *policy.mutable_next_section() = activation.pool();
  policy.mutable_next_calendars()->MergeFrom(activation.calendars());
  policy.mutable_next_clock_rules()->MergeFrom(activation.clocks());
  for (const auto& record : activation.agents()) {
    Agent& agent = shard.FindOrCreateAgent(record.agent_id());
    *agent.state.mutable_next_record() = record;
    agent.state.set_next_version(activation.version());
    shard.Update(agent);
  }
  policy.set_next_part(activation.part() + 1);
}

void PutInForce(Shard& shard, Context& context, const policy::v1::ActivatePool& activation) {
  auto& policy = shard.policy;
  policy.set_version(policy.next_version());
  policy.mutable_section()->Swap(policy.mutable_next_section());
  policy.mutable_previous_calendars()->Swap(policy.mutable_calendars());
  policy.mutable_calendars()->Swap(policy.mutable_next_calendars());
  policy.mutable_clock_rules()->Swap(policy.mutable_next_clock_rules());
  shard.CompilePolicy();
  policy.clear_next_version();
  policy.clear_next_part();
  policy.clear_next_section();
  policy.clear_next_calendars();
  policy.clear_next_clock_rules();
  auto& event = BeginPoolEvent(shard, context);
  auto& activated = *event.mutable_policy_activated();
  activated.set_version(policy.version());
  activated.set_applied_by(activation.applied_by());
  activated.set_applied_unix_ms(activation.applied_unix_ms());
  activated.set_restores_version(activation.restores_version());
  Emit(shard, context, event);
  EnterStage(shard, state::DISPATCH_SWEEP_AGENTS);
  shard.counters.clear_pace_until_unix_ms();
  ContinueSweep(shard, context, kSweepPerTick);
}

// The next version's records must not mix with those that a sweep still has to take over.
void FinishAgents(Shard& shard, Context& context) {
  if (shard.counters.sweep() == state::DISPATCH_SWEEP_AGENTS) {
    SweepAgents(shard, context, std::numeric_limits<int>::max());
  }
}

}  // namespace

void Activate(Shard& shard, Context& context, const policy::v1::ActivatePool& activation) {
  auto& policy = shard.policy;
  if (activation.version() <= policy.version() || activation.version() < policy.next_version())
    return;
  if (activation.part() == 0) {
    FinishAgents(shard, context);
    policy.set_next_version(activation.version());
    policy.clear_next_section();
    policy.clear_next_calendars();
    policy.clear_next_clock_rules();
  } else if (activation.version() != policy.next_version() ||
             activation.part() != policy.next_part()) {
    return;
  }
  TakePart(shard, activation);
  shard.UpdatePolicy();
  if (activation.part() + 1 >= activation.parts()) PutInForce(shard, context, activation);
}

int ContinueSweep(Shard& shard, Context& context, int budget) {
  int done = 0;
  while (done < budget && shard.counters.sweep() != state::DISPATCH_SWEEP_UNSPECIFIED) {
    shard.UpdateCounters();
    const int left = budget - done;
    switch (shard.counters.sweep()) {
      case state::DISPATCH_SWEEP_AGENTS:
        done += SweepAgents(shard, context, left);
        break;
      case state::DISPATCH_SWEEP_CONVERSATIONS:
        done += SweepConversations(shard, context, left);
        break;
      case state::DISPATCH_SWEEP_MATCH:
        done += SweepMatches(shard, context, left);
        break;
      default:
        return done;
    }
  }
  return done;
}

void StartMatchSweep(Shard& shard) {
  if (shard.counters.sweep() == state::DISPATCH_SWEEP_UNSPECIFIED)
    EnterStage(shard, state::DISPATCH_SWEEP_MATCH);
}

}  // namespace centralita::dispatch
