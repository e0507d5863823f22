#include "matching.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "offers.h"
#include "settings.h"

namespace centralita::dispatch {
namespace {

// Offers that one agent gets in one record; the rest in a sweep.
constexpr int kOffersPerRecord = 128;
constexpr int64_t kPaceSpanMs = 1000;

struct Candidate {
  Agent* agent = nullptr;
  bool sticky = false;
  int32_t level = 0;

  bool Before(const Candidate& other) const {
    if (sticky != other.sticky) return sticky;
    if (level != other.level) return level > other.level;
    return AvailableOrder()(agent->place, other.agent->place);
  }
};

// The best few, in order.
class Podium final {
 public:
  explicit Podium(size_t places) : places_(places) {}
  // False if it did not get a place.
  bool Offer(const Candidate& candidate) {
    if (size_ == places_ && !candidate.Before(best_[size_ - 1])) return false;
    if (size_ < places_) ++size_;
    size_t at = size_ - 1;
    for (; at > 0 && candidate.Before(best_[at - 1]); --at) best_[at] = best_[at - 1];
    best_[at] = candidate;
    return true;
  }
  size_t size() const { return size_; }
  const Candidate& operator[](size_t i) const { return best_[i]; }

 private:
  std::array<Candidate, kRunnersUp + 1> best_;
  size_t places_;
  size_t size_ = 0;
};

void AddSticky(Shard& shard, const Conversation& conversation, const std::vector<ClassFit>& fits,
               int64_t now, Podium& podium) {
  const auto& c = conversation.state;
  if (c.sticky_agent_id().empty() || now >= c.sticky_until_unix_ms()) return;
  Agent* const agent = shard.FindAgent(c.sticky_agent_id());
  if (agent == nullptr || !agent->listed || agent->Room() < c.units()) return;
  const ClassFit& fit = fits[agent->agent_class->index];
  if (fit.fit != Fit::kYes || conversation.CoolsDown(c.sticky_agent_id())) return;
  const int64_t limit = shard.policy.section().sticky_limit_percent();
  if (limit > 0 && 100LL * agent->load > limit * agent->agent_class->capacity) return;
  podium.Offer({agent, true, fit.level});
}

Podium Candidates(Shard& shard, Conversation& conversation, int64_t now, size_t places) {
  const auto& c = conversation.state;
  const auto& fits = shard.FitsOf(shard.SignatureOf(conversation));
  Podium podium(places);
  AddSticky(shard, conversation, fits, now, podium);
  const Agent* const sticky = podium.size() > 0 ? podium[0].agent : nullptr;
  for (const AgentClass* const agents : shard.classes()) {
    if (fits[agents->index].fit != Fit::kYes) continue;
    for (const AvailableKey& place : agents->available) {
      if (place.load > agents->capacity - c.units()) break;
      if (place.agent == sticky || conversation.CoolsDown(place.agent->state.agent_id())) continue;
      if (!podium.Offer({place.agent, false, fits[agents->index].level})) break;
    }
  }
  return podium;
}

void Fill(events::v1::Candidate& out, const Candidate& candidate) {
  out.set_agent_id(candidate.agent->state.agent_id());
  out.set_sticky(candidate.sticky);
  out.set_skill_level(candidate.level);
  out.set_load_units(candidate.agent->load);
  out.set_idle_since_unix_ms(candidate.agent->state.idle_since_unix_ms());
}

void AddReason(events::v1::Decision& decision, std::string_view reason, uint32_t count) {
  if (count == 0) return;
  auto& excluded = *decision.add_excluded();
  excluded.set_reason(reason.data(), reason.size());
  excluded.set_count(count);
}

void CountExcluded(Shard& shard, Conversation& conversation, events::v1::Decision& decision) {
  const auto& c = conversation.state;
  const auto& fits = shard.FitsOf(shard.SignatureOf(conversation));
  uint32_t bot = 0, capacity = 0, cooldown = 0, language = 0, presence = 0, skill = 0;
  for (const AgentClass* const agents : shard.classes()) {
    const auto available = static_cast<uint32_t>(agents->available.size());
    presence += agents->members - available;
    const Fit fit = fits[agents->index].fit;
    if (fit == Fit::kBot) bot += available;
    if (fit == Fit::kSkill) skill += available;
    if (fit == Fit::kLanguage) language += available;
    if (fit == Fit::kYes) capacity += available - agents->WithRoomFor(c.units());
  }
  for (const auto& cooling : c.cooldowns()) {
    const Agent* const agent = shard.FindAgent(cooling.agent_id());
    if (agent != nullptr && agent->listed && agent->Room() >= c.units() &&
        fits[agent->agent_class->index].fit == Fit::kYes) {
      ++cooldown;
    }
  }
  AddReason(decision, "bot", bot);
  AddReason(decision, "capacity", capacity);
  AddReason(decision, "cooldown", cooldown);
  AddReason(decision, "language", language);
  AddReason(decision, "presence", presence);
  AddReason(decision, "skill", skill);
}

const events::v1::Decision& DecisionFor(Shard& shard, Context& context, Conversation& conversation,
                                        const Podium& podium) {
  const auto& c = conversation.state;
  auto& decision = context.Make<events::v1::Decision>();
  decision.set_policy_version(std::max(shard.policy.version(), c.policy_version()));
  if (!c.route().empty()) {
    auto& rule = *decision.add_rules();
    rule.set_rule(c.route());
    rule.set_won(true);
  }
  *decision.mutable_addends() = c.facts().addends();
  Fill(*decision.mutable_winner(), podium[0]);
  for (size_t i = 1; i < podium.size(); ++i) Fill(*decision.add_runners_up(), podium[i]);
  CountExcluded(shard, conversation, decision);
  decision.set_due_unix_ms(c.due_unix_ms());
  decision.set_due_by(c.due_by());
  return decision;
}

bool TryOffer(Shard& shard, Context& context, Conversation& conversation) {
  const Podium podium = Candidates(shard, conversation, context.now, kRunnersUp + 1);
  if (podium.size() == 0) return false;
  MakeOffer(shard, context, conversation, *podium[0].agent,
            DecisionFor(shard, context, conversation, podium));
  return true;
}

// Whether an offer may be made now. Work that has waited is counted; once a second's share is used
// up, all waits for the next one, so that nothing new passes by.
bool PaceAllows(Shard& shard, int64_t now, bool fresh) {
  const uint32_t limit = shard.policy.section().release_per_second();
  if (limit == 0) return true;
  auto& counters = shard.counters;
  if (counters.pace_until_unix_ms() > 0) return false;
  if (fresh) return true;
  shard.UpdateCounters();
  if (now >= counters.pace_second_unix_ms() + kPaceSpanMs) {
    counters.set_pace_second_unix_ms(now);
    counters.set_paced_offers(0);
  }
  if (counters.paced_offers() >= limit) {
    counters.set_pace_until_unix_ms(counters.pace_second_unix_ms() + kPaceSpanMs);
    return false;
  }
  counters.set_paced_offers(counters.paced_offers() + 1);
  return true;
}

}  // namespace

const Agent* BestAgentFor(Shard& shard, Conversation& conversation, int64_t now) {
  const Podium podium = Candidates(shard, conversation, now, 1);
  return podium.size() == 0 ? nullptr : podium[0].agent;
}

Conversation* BestWorkFor(Shard& shard, const Agent& agent) {
  if (!agent.listed) return nullptr;
  const int32_t room = agent.Room();
  // Brings the classes' indexes up to date before they are used.
  shard.classes();
  Conversation* best = nullptr;
  for (const auto& [head, signature] : shard.heads()) {
    if (best != nullptr && best->place < head) break;
    if (signature->units > room ||
        shard.FitsOf(*signature)[agent.agent_class->index].fit != Fit::kYes)
      continue;
    for (const auto& [place, conversation] : signature->waiting) {
      if (best != nullptr && best->place < place) break;
      if (conversation->CoolsDown(agent.state.agent_id())) continue;
      best = conversation;
      break;
    }
  }
  return best;
}

void MatchConversation(Shard& shard, Context& context, Conversation& conversation, bool fresh) {
  if (conversation.signature == nullptr) return;
  if (BestAgentFor(shard, conversation, context.now) == nullptr) return;
  if (PaceAllows(shard, context.now, fresh)) TryOffer(shard, context, conversation);
}

bool MatchAgent(Shard& shard, Context& context, Agent& agent) {
  for (int made = 0; made < kOffersPerRecord; ++made) {
    Conversation* const conversation = BestWorkFor(shard, agent);
    if (conversation == nullptr) return true;
    if (!PaceAllows(shard, context.now, false)) return true;
    if (!TryOffer(shard, context, *conversation)) return true;
  }
  if (shard.counters.sweep() == state::DISPATCH_SWEEP_UNSPECIFIED) {
    shard.counters.set_sweep(state::DISPATCH_SWEEP_MATCH);
    shard.counters.clear_sweep_agent();
    shard.UpdateCounters();
  }
  return false;
}

}  // namespace centralita::dispatch
