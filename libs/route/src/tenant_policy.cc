#include "tenant_policy.h"

#include <algorithm>
#include <string>
#include <utility>

#include "centralita/base/time.h"
#include "centralita/sla/clock.h"

namespace centralita::route {
namespace {

using common::v1::Channel;

constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDuplicateWindowMs = 48 * kHourMs;
// Meta delivers a webhook again for up to seven days.
constexpr int64_t kWhatsappDuplicateWindowMs = 8 * 24 * kHourMs;
constexpr int64_t kReplyWindowMs = 24 * kHourMs;
constexpr int64_t kReopenWindowMs = 24 * kHourMs;
constexpr int64_t kFactsKeptMs = 10 * 60'000;
// Where the policy says nothing of a pool.
constexpr int64_t kStickyWindowMs = 24 * kHourMs;
constexpr std::string_view kDefault = "default";

class HoursAt final : public policy::OpenHours {
 public:
  HoursAt(const sla::Calendars& calendars, int64_t at_ms)
      : calendars_(calendars), at_(base::FromUnixMillis(at_ms)) {}
  bool IsOpen(std::string_view calendar) const override {
    return calendars_.Find(calendar).IsOpen(at_);
  }

 private:
  const sla::Calendars& calendars_;
  const base::TimePoint at_;
};

void Beaten(std::string_view name, std::string_view why, events::v1::Decision& decision) {
  events::v1::RuleOutcome& outcome = *decision.add_rules();
  outcome.set_rule(name.data(), name.size());
  outcome.set_detail(why.data(), why.size());
}

}  // namespace

TenantPolicy::TenantPolicy() {
  section_.set_reopen_window_ms(kReopenWindowMs);
  SetDefaults();
}

TenantPolicy::TenantPolicy(uint64_t version, policy::v1::RouteSection section)
    : version_(version), section_(std::move(section)), calendars_(section_.calendars()) {
  SetDefaults();
}

void TenantPolicy::SetDefaults() {
  default_step_.set_queue(section_.default_queue().empty() ? std::string(kDefault)
                                                           : section_.default_queue());
}

std::string_view TenantPolicy::Objection(const policy::v1::Route& route, const Wish& wish) const {
  if (route.has_answer()) {
    if (!wish.allow_answer) return "no automatic answer now";
    return wish.people_only ? "never for bots" : "";
  }
  return wish.people_only && HasOnlyBots(route.pool()) ? "never for bots" : "";
}

Destination TenantPolicy::Choose(policy::Subject subject, const Wish& wish,
                                 events::v1::Decision& decision) const {
  const HoursAt hours(calendars_, wish.at_ms);
  subject.hours = &hours;
  decision.set_policy_version(version_);
  const policy::v1::Route* winner = nullptr;
  std::vector<std::pair<const policy::v1::Route*, std::string_view>> beaten;
  for (const policy::v1::Route& route : section_.routes()) {
    // One place is the winner's.
    const bool room = beaten.size() + 1 < kMaxRulesInDecision;
    if (winner != nullptr && !room) break;
    if (!policy::Matches(route.when(), subject)) continue;
    const std::string_view objection = winner == nullptr ? Objection(route, wish) : "";
    if (winner == nullptr && objection.empty()) {
      winner = &route;
    } else if (room) {
      beaten.emplace_back(&route, winner == nullptr ? objection : "behind the one taken");
    }
  }
  if (winner != nullptr) {
    events::v1::RuleOutcome& outcome = *decision.add_rules();
    outcome.set_rule(winner->name());
    outcome.set_won(true);
  }
  for (const auto& [route, why] : beaten) Beaten(route->name(), why, decision);
  Destination destination;
  destination.pool =
      section_.default_pool().empty() ? kDefault : std::string_view(section_.default_pool());
  destination.route = kDefault;
  if (winner == nullptr) {
    destination.steps.push_back(&default_step_);
    return destination;
  }
  destination.route = winner->name();
  if (!winner->pool().empty()) destination.pool = winner->pool();
  if (winner->has_answer()) {
    destination.answer = &winner->answer();
    return destination;
  }
  for (const policy::v1::Step& step : winner->steps()) destination.steps.push_back(&step);
  if (destination.steps.empty()) destination.steps.push_back(&default_step_);
  return destination;
}

bool TenantPolicy::NeverForBots(policy::Subject subject, int64_t at_ms) const {
  if (!section_.bots().has_never_for()) return false;
  const HoursAt hours(calendars_, at_ms);
  subject.hours = &hours;
  return policy::Matches(section_.bots().never_for(), subject);
}

Destination TenantPolicy::Towards(std::string_view pool, std::string_view queue,
                                  std::string_view route) const {
  Destination destination;
  destination.pool = pool;
  const policy::v1::Route* best = nullptr;
  int from = 0;
  for (const policy::v1::Route& candidate : section_.routes()) {
    if (candidate.has_answer()) continue;
    const bool named = candidate.name() == route;
    if (best != nullptr && !named) continue;
    std::string_view at = candidate.pool();
    for (int i = 0; i < candidate.steps_size(); ++i) {
      const policy::v1::Step& step = candidate.steps(i);
      if (!step.pool().empty()) at = step.pool();
      if (at != pool || (!queue.empty() && step.queue() != queue)) continue;
      best = &candidate;
      from = i;
      break;
    }
    if (best != nullptr && named) break;
  }
  if (best == nullptr) {
    destination.route = kDefault;
    return destination;
  }
  destination.route = best->name();
  for (int i = from; i < best->steps_size(); ++i) destination.steps.push_back(&best->steps(i));
  return destination;
}

const policy::v1::PoolRouting* TenantPolicy::Routing(std::string_view pool) const {
  for (const policy::v1::PoolRouting& routing : section_.pools()) {
    if (routing.pool() == pool) return &routing;
  }
  return nullptr;
}

bool TenantPolicy::HasOnlyBots(std::string_view pool) const {
  const policy::v1::PoolRouting* const routing = Routing(pool);
  return routing != nullptr && routing->bots_only();
}

int64_t TenantPolicy::StickyWindowMs(std::string_view pool) const {
  const policy::v1::PoolRouting* const routing = Routing(pool);
  return routing == nullptr ? kStickyWindowMs : routing->sticky_window_ms();
}

bool TenantPolicy::Knows(std::string_view pool) const {
  if (pool ==
      (section_.default_pool().empty() ? kDefault : std::string_view(section_.default_pool())))
    return true;
  if (Routing(pool) != nullptr) return true;
  for (const policy::v1::Route& route : section_.routes()) {
    if (route.pool() == pool) return true;
  }
  return false;
}

void TenantPolicy::StartClocks(policy::Subject subject, int64_t start_ms,
                               google::protobuf::RepeatedPtrField<clocks::v1::ClockState>& clocks,
                               events::v1::Decision& decision) const {
  const HoursAt hours(calendars_, start_ms);
  subject.hours = &hours;
  for (const policy::v1::ClockRule& rule : section_.clocks()) {
    if (!policy::Matches(rule.when(), subject)) continue;
    const std::string& name = rule.spec().name();
    const bool taken = std::any_of(clocks.begin(), clocks.end(),
                                   [&](const auto& other) { return other.spec().name() == name; });
    if (!taken && clocks.size() >= kMaxClocks) continue;
    if (decision.clock_rules_size() < kMaxClockRulesInDecision) {
      events::v1::RuleOutcome& outcome = *decision.add_clock_rules();
      outcome.set_rule(rule.name());
      outcome.set_won(!taken);
      if (taken) outcome.set_detail("behind the one taken for the clock " + name);
    }
    if (!taken) *clocks.Add() = ClockOf(rule, start_ms);
  }
}

clocks::v1::ClockState TenantPolicy::ClockOf(const policy::v1::ClockRule& rule,
                                             int64_t start_ms) const {
  clocks::v1::ClockState clock;
  *clock.mutable_spec() = rule.spec();
  clock.set_policy_version(version_);
  switch (rule.spec().kind()) {
    // A response to what comes next, and a reply window, have no beginning yet: the shard starts
    // them.
    case clocks::v1::CLOCK_KIND_NEXT_RESPONSE:
    case clocks::v1::CLOCK_KIND_REPLY_WINDOW:
      return clock;
    default:
      return sla::Start(clock, calendars_.Find(rule.spec().calendar()),
                        base::FromUnixMillis(start_ms));
  }
}

int64_t TenantPolicy::DuplicateWindowMs(Channel channel) const {
  for (const auto& window : section_.duplicate_windows()) {
    if (window.channel() == channel && window.window_ms() > 0) return window.window_ms();
  }
  return channel == common::v1::CHANNEL_WHATSAPP ? kWhatsappDuplicateWindowMs : kDuplicateWindowMs;
}

int64_t TenantPolicy::ReplyWindowMs(Channel channel) const {
  for (const auto& window : section_.reply_windows()) {
    if (window.channel() == channel) return window.window_ms();
  }
  switch (channel) {
    case common::v1::CHANNEL_WHATSAPP:
    case common::v1::CHANNEL_MESSENGER:
    case common::v1::CHANNEL_INSTAGRAM:
      return kReplyWindowMs;
    default:
      return 0;
  }
}

int32_t TenantPolicy::Units(Channel channel) const {
  for (const auto& cost : section_.channel_costs()) {
    if (cost.channel() == channel && cost.units() > 0) return cost.units();
  }
  switch (channel) {
    case common::v1::CHANNEL_PHONE:
      return 100;
    case common::v1::CHANNEL_CHAT:
    case common::v1::CHANNEL_WHATSAPP:
    case common::v1::CHANNEL_MESSENGER:
    case common::v1::CHANNEL_INSTAGRAM:
    case common::v1::CHANNEL_TELEGRAM:
    case common::v1::CHANNEL_SMS:
      return 33;
    default:
      return 10;
  }
}

int64_t TenantPolicy::facts_kept_ms() const {
  return section_.facts_kept_ms() > 0 ? section_.facts_kept_ms() : kFactsKeptMs;
}

}  // namespace centralita::route
