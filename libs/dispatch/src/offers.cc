#include "offers.h"

#include <algorithm>
#include <string>
#include <vector>

#include "emit.h"
#include "fmt/format.h"
#include "matching.h"
#include "messages.h"
#include "queueing.h"
#include "settings.h"
#include "thresholds.h"
#include "views.h"

namespace centralita::dispatch {
namespace {

void CoolDown(Conversation& conversation, int64_t now, int64_t span) {
  auto& c = conversation.state;
  if (span <= 0) return;
  for (auto& cooldown : *c.mutable_cooldowns()) {
    if (cooldown.agent_id() != c.agent_id()) continue;
    cooldown.set_until_unix_ms(now + span);
    return;
  }
  auto& cooldown = *c.add_cooldowns();
  cooldown.set_agent_id(c.agent_id());
  cooldown.set_until_unix_ms(now + span);
}

// Nobody here wants it: once, it goes to the queue for such work.
void LeaveToBounceQueue(const Shard& shard, Conversation& conversation) {
  auto& c = conversation.state;
  const auto& section = shard.policy.section();
  if (c.bounced_away() || section.bounce_queue().empty() || section.bounce_limit() == 0 ||
      c.bounces() < section.bounce_limit()) {
    return;
  }
  c.set_bounced_away(MoveTo(shard, conversation, section.bounce_queue()));
}

bool Speaks(const directory::v1::Agent& agent, const std::string& language) {
  return std::find(agent.languages().begin(), agent.languages().end(), language) !=
         agent.languages().end();
}

bool NeedsTranslation(const state::DispatchConversation& c, const Agent& agent) {
  const std::string& language = c.facts().language();
  return c.steps(static_cast<int>(c.step())).needs_translation() && !language.empty() &&
         language != "und" && !Speaks(agent.state.record(), language);
}

std::string_view WithdrawalOf(events::v1::OfferEnd end) {
  switch (end) {
    case events::v1::OFFER_END_DECLINED:
      return "declined";
    case events::v1::OFFER_END_EXPIRED:
      return "expired";
    case events::v1::OFFER_END_AGENT_LOST:
      return "agent_lost";
    default:
      return "undeliverable";
  }
}

std::vector<Conversation*> WorkOf(const Agent& agent) {
  std::vector<Conversation*> work;
  work.reserve(agent.work.size());
  for (const auto& [arrival, conversation] : agent.work) work.push_back(conversation);
  return work;
}

void FreeWaiting(Shard& shard, Context& context, Conversation& conversation) {
  auto& c = conversation.state;
  c.set_freed(true);
  shard.Update(conversation);
  auto& event = BeginEvent(shard, context, conversation);
  auto& held = *event.mutable_held();
  held.set_agent_id(c.agent_id());
  held.set_until_unix_ms(c.hold_until_unix_ms());
  held.set_freed(true);
  Emit(shard, context, event);
}

}  // namespace

void MakeOffer(Shard& shard, Context& context, Conversation& conversation, Agent& agent,
               const events::v1::Decision& decision) {
  auto& c = conversation.state;
  c.set_offers_made(c.offers_made() + 1);
  c.set_phase(state::DISPATCH_PHASE_OFFERED);
  c.set_agent_id(agent.state.agent_id());
  c.set_needs_translation(NeedsTranslation(c, agent));
  auto& offer = *c.mutable_offer();
  offer.set_offer_id(fmt::format("{}.{}.{}", c.conversation_id(), c.revision(), c.offers_made()));
  offer.set_lease_until_unix_ms(context.now + OfferLeaseMs(shard.policy.section()));
  decision.SerializeToString(offer.mutable_decision());
  shard.Update(conversation);

  auto& event = BeginEvent(shard, context, conversation);
  auto& offered = *event.mutable_offered();
  offered.set_offer_id(offer.offer_id());
  offered.set_agent_id(c.agent_id());
  offered.set_lease_until_unix_ms(offer.lease_until_unix_ms());
  offered.set_accepted_unix_ms(UnansweredSince(conversation));
  offered.set_units(c.units());
  offered.set_step(c.step());
  offered.set_needs_translation(c.needs_translation());
  Lend(event, &events::v1::Event::unsafe_arena_set_allocated_decision,
       &events::v1::Event::mutable_decision, decision);
  Emit(shard, context, event);
  NotifyOffer(shard, context, conversation, decision);
}

void EndOffer(Shard& shard, Context& context, Conversation& conversation, events::v1::OfferEnd end,
              std::string_view reason) {
  auto& c = conversation.state;
  auto& event = BeginEvent(shard, context, conversation);
  auto& ended = *event.mutable_offer_ended();
  ended.set_offer_id(c.offer().offer_id());
  ended.set_agent_id(c.agent_id());
  ended.set_end(end);
  ended.set_reason(reason.data(), reason.size());
  Emit(shard, context, event);
  if (Agent* const agent = conversation.holder) {
    NotifyOfferWithdrawn(shard, context, *agent, c.offer().offer_id(),
                         reason.empty() ? WithdrawalOf(end) : reason);
  }
  const auto& section = shard.policy.section();
  if (end == events::v1::OFFER_END_DECLINED || end == events::v1::OFFER_END_EXPIRED) {
    CoolDown(conversation, context.now, section.decline_cooldown_ms());
    c.set_bounces(c.bounces() + 1);
    TagIfBouncing(shard, conversation);
    LeaveToBounceQueue(shard, conversation);
  } else if (end == events::v1::OFFER_END_UNDELIVERABLE) {
    CoolDown(conversation, context.now, section.undeliverable_cooldown_ms());
  }
  NoteFreed(shard, context, conversation);
}

void Unassign(Shard& shard, Context& context, Conversation& conversation, std::string_view reason,
              const ChangedClocks* changed) {
  auto& event = BeginEvent(shard, context, conversation);
  auto& unassigned = *event.mutable_unassigned();
  unassigned.set_agent_id(conversation.state.agent_id());
  unassigned.set_reason(reason.data(), reason.size());
  if (changed != nullptr) *event.mutable_clocks() = *changed;
  Emit(shard, context, event);
  if (Agent* const agent = conversation.holder)
    NotifyUnassigned(shard, context, *agent, conversation, reason);
  NoteFreed(shard, context, conversation);
}

void NoteFreed(Shard& shard, Context& context, const Conversation& conversation) {
  Agent* const agent = conversation.holder;
  if (agent == nullptr || conversation.counted_units == 0) return;
  agent->state.set_idle_since_unix_ms(context.now);
  shard.Update(*agent);
}

void ExpireOffer(Shard& shard, Context& context, Conversation& conversation) {
  Agent* const agent = conversation.holder;
  EndOffer(shard, context, conversation, events::v1::OFFER_END_EXPIRED, {});
  ReturnToQueue(shard, context, conversation, "expired");
  if (agent != nullptr) MatchAgent(shard, context, *agent);
}

void EndSilence(Shard& shard, Context& context, Conversation& conversation) {
  Agent* const agent = conversation.holder;
  CoolDown(conversation, context.now, shard.policy.section().decline_cooldown_ms());
  Unassign(shard, context, conversation, "silent");
  ReturnToQueue(shard, context, conversation, "silent");
  if (agent != nullptr) MatchAgent(shard, context, *agent);
}

void EndHold(Shard& shard, Context& context, Conversation& conversation) {
  if (!conversation.state.waiting_for().empty()) {
    // It is not the customer who stayed silent.
    ChangedClocks changed;
    TakeUpAgain(shard, context, conversation, 0, changed);
    return;
  }
  Agent* const agent = conversation.holder;
  const bool frees = conversation.counted_units > 0;
  Unassign(shard, context, conversation, "closed");
  Close(shard, context, conversation, routing::v1::CLOSE_REASON_CUSTOMER_SILENT, {}, {});
  if (agent != nullptr && frees) MatchAgent(shard, context, *agent);
}

void ReturnOffers(Shard& shard, Context& context, Agent& agent) {
  for (Conversation* const conversation : WorkOf(agent)) {
    if (conversation->state.phase() != state::DISPATCH_PHASE_OFFERED) continue;
    EndOffer(shard, context, *conversation, events::v1::OFFER_END_AGENT_LOST, {});
    ReturnToQueue(shard, context, *conversation, "agent_lost");
  }
}

void ReturnWork(Shard& shard, Context& context, Agent& agent, std::string_view reason) {
  ReturnOffers(shard, context, agent);
  for (Conversation* const conversation : WorkOf(agent)) {
    const auto phase = conversation->state.phase();
    if (phase == state::DISPATCH_PHASE_ACTIVE) {
      Unassign(shard, context, *conversation, reason);
      ReturnToQueue(shard, context, *conversation, "agent_lost");
    } else if (phase == state::DISPATCH_PHASE_WAITING && !conversation->state.freed()) {
      FreeWaiting(shard, context, *conversation);
    }
  }
}

}  // namespace centralita::dispatch
