#include "overflow.h"

#include <algorithm>
#include <string_view>

#include "emit.h"
#include "matching.h"
#include "offers.h"
#include "queueing.h"
#include "thresholds.h"

namespace centralita::dispatch {
namespace {

using policy::v1::QueueLimit;

// How a queue is, without the conversation that has just come into it.
struct QueueState {
  uint32_t length = 0;
  int64_t oldest_age_ms = 0;
};

QueueState StateOf(const QueueWatch& watch, const Conversation& conversation, int64_t now) {
  const bool inside = conversation.watch == &watch;
  QueueState queue;
  queue.length = static_cast<uint32_t>(watch.waiting.size() - (inside ? 1 : 0));
  auto oldest = watch.waiting.begin();
  if (inside && oldest->second == conversation.place.arrival) ++oldest;
  if (oldest != watch.waiting.end()) {
    queue.oldest_age_ms = std::max<int64_t>(0, now - oldest->first);
  }
  return queue;
}

// The name of the condition that decides; empty if the limit is not reached.
std::string_view Reached(const Shard& shard, const QueueLimit& limit, const QueueState& queue,
                         int64_t now) {
  std::string_view by;
  if (!limit.outside_hours().empty()) {
    if (shard.HoursOf(limit.outside_hours()).IsOpen(base::FromUnixMillis(now))) return {};
    by = "outside_hours";
  }
  if (limit.older_than_ms() > 0) {
    if (queue.oldest_age_ms <= limit.older_than_ms()) return {};
    by = "older_than";
  }
  if (limit.longer_than() > 0) {
    if (queue.length <= limit.longer_than()) return {};
    by = "longer_than";
  }
  return by;
}

void EmitOverflowed(Shard& shard, Context& context, const Conversation& conversation,
                    const QueueLimit& limit, const QueueState& queue, std::string_view by) {
  auto& event = BeginEvent(shard, context, conversation);
  auto& told = *event.mutable_overflowed();
  told.set_from_queue(conversation.QueueName());
  told.set_length(queue.length);
  told.set_oldest_age_ms(queue.oldest_age_ms);
  told.set_limit(by.data(), by.size());
  told.set_to_pool(limit.to_pool());
  told.set_to_queue(limit.to_queue());
  Emit(shard, context, event);
}

void LeaveFor(Shard& shard, Context& context, Conversation& conversation, std::string_view reason,
              const std::string& pool, const std::string& queue) {
  cmd::Transfer transfer;
  transfer.set_to_pool(pool);
  transfer.set_to_queue(queue);
  transfer.set_note(conversation.state.note());
  Release(shard, context, conversation, reason, transfer);
}

const policy::v1::QueuePolicy* PolicyOf(const Shard& shard, std::string_view queue) {
  for (const auto& known : shard.policy.section().queues()) {
    if (known.name() == queue) return &known;
  }
  return nullptr;
}

bool HasOnlyBots(Shard& shard) {
  const auto& classes = shard.classes();
  return !classes.empty() && std::all_of(classes.begin(), classes.end(),
                                         [](const AgentClass* agents) { return agents->bot; });
}

}  // namespace

bool NextStepIsElsewhere(const Shard& shard, const Conversation& conversation) {
  const auto& c = conversation.state;
  const int next = static_cast<int>(c.step()) + 1;
  return next < c.steps_size() && !c.steps(next).pool().empty() &&
         c.steps(next).pool() != shard.pool();
}

bool LeaveByStep(Shard& shard, Context& context, Conversation& conversation, bool now) {
  const auto& c = conversation.state;
  if (c.phase() != state::DISPATCH_PHASE_QUEUED || !NextStepIsElsewhere(shard, conversation)) {
    return false;
  }
  const int64_t span = c.steps(static_cast<int>(c.step())).for_ms();
  if (!now && (span <= 0 || c.step_since_unix_ms() + span > context.now)) return false;
  const policy::v1::Step next = c.steps(static_cast<int>(c.step()) + 1);
  LeaveFor(shard, context, conversation, "step", next.pool(), next.queue());
  return true;
}

bool ObeyLimits(Shard& shard, Context& context, Conversation& conversation) {
  auto& c = conversation.state;
  if (c.overflowed() || !c.ripe() || c.phase() != state::DISPATCH_PHASE_QUEUED) return false;
  const QueueWatch* const watch = shard.WatchOf(conversation.QueueName());
  if (watch == nullptr) return false;
  // The watch is not whole.
  const auto sweep = shard.counters.sweep();
  if (sweep == state::DISPATCH_SWEEP_AGENTS || sweep == state::DISPATCH_SWEEP_CONVERSATIONS) {
    return false;
  }
  const policy::v1::QueuePolicy* const queue = PolicyOf(shard, conversation.QueueName());
  if (queue == nullptr) return false;
  const QueueState now = StateOf(*watch, conversation, context.now);
  for (const QueueLimit& limit : queue->limits()) {
    const std::string_view by = Reached(shard, limit, now, context.now);
    if (by.empty()) continue;
    EmitOverflowed(shard, context, conversation, limit, now, by);
    c.set_overflowed(true);
    RaiseTo(conversation, limit.raise_to());
    if (!limit.to_pool().empty() && limit.to_pool() != shard.pool()) {
      LeaveFor(shard, context, conversation, "overflow", limit.to_pool(), limit.to_queue());
      return true;
    }
    if (!limit.to_queue().empty()) MoveTo(shard, conversation, limit.to_queue());
    Rekey(shard, conversation);
    shard.Update(conversation);
    return false;
  }
  return false;
}

bool LeaveBots(Shard& shard, Context& context, Conversation& conversation) {
  const auto& c = conversation.state;
  if (!c.facts().people_only()) return false;
  Agent* const agent = conversation.holder;
  if (agent != nullptr ? !agent->state.record().bot() : !HasOnlyBots(shard)) return false;
  if (c.phase() == state::DISPATCH_PHASE_OFFERED) {
    EndOffer(shard, context, conversation, events::v1::OFFER_END_UNDELIVERABLE, "people_only");
  } else if (agent != nullptr) {
    Unassign(shard, context, conversation, "people_only");
  }
  LeaveFor(shard, context, conversation, "people_only", {}, {});
  if (agent != nullptr) MatchAgent(shard, context, *agent);
  return true;
}

}  // namespace centralita::dispatch
