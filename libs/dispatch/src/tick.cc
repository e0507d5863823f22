#include "tick.h"

#include <algorithm>
#include <string>

#include "activation.h"
#include "agents.h"
#include "matching.h"
#include "offers.h"
#include "overflow.h"
#include "queueing.h"
#include "thresholds.h"

namespace centralita::dispatch {
namespace {

// Its eligible time, the end of a step, or of a cool-down.
void WakeQueued(Shard& shard, Context& context, Conversation& conversation) {
  auto& c = conversation.state;
  const bool was_ripe = c.ripe();
  c.set_ripe(c.ripe() || c.eligible_unix_ms() <= context.now);
  auto& cooldowns = *c.mutable_cooldowns();
  cooldowns.erase(
      std::remove_if(cooldowns.begin(), cooldowns.end(),
                     [&](const auto& cooling) { return cooling.until_unix_ms() <= context.now; }),
      cooldowns.end());
  const std::string queue = conversation.QueueName();
  RelaxSteps(shard, context, conversation);
  shard.Update(conversation);
  if (LeaveByStep(shard, context, conversation)) return;
  const bool entered = !was_ripe || conversation.QueueName() != queue;
  if (entered && ObeyLimits(shard, context, conversation)) return;
  MatchConversation(shard, context, conversation, false);
}

void Wake(Shard& shard, Context& context, Conversation& conversation) {
  // Its own time has come only if no notice's has.
  if (SendDueNotices(shard, context, conversation)) return;
  switch (conversation.state.phase()) {
    case state::DISPATCH_PHASE_QUEUED:
      WakeQueued(shard, context, conversation);
      return;
    case state::DISPATCH_PHASE_OFFERED:
      ExpireOffer(shard, context, conversation);
      return;
    case state::DISPATCH_PHASE_ACTIVE:
      EndSilence(shard, context, conversation);
      return;
    case state::DISPATCH_PHASE_WAITING:
      EndHold(shard, context, conversation);
      return;
    default:
      return;
  }
}

}  // namespace

bool DoOneTimer(Shard& shard, Context& context) {
  auto& counters = shard.counters;
  if (counters.pace_until_unix_ms() > 0 && counters.pace_until_unix_ms() <= context.now) {
    counters.clear_pace_until_unix_ms();
    shard.UpdateCounters();
    StartMatchSweep(shard);
    return true;
  }
  if (shard.timers().empty() || shard.timers().begin()->first.due > context.now) return false;
  const TimerTarget target = shard.timers().begin()->second;
  if (target.agent != nullptr) {
    EndGrace(shard, context, *target.agent);
  } else {
    Wake(shard, context, *target.conversation);
  }
  return true;
}

}  // namespace centralita::dispatch
