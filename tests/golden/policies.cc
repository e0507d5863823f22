#include "tests/golden/policies.h"

#include <string>

namespace centralita::golden {
namespace {

void AddRoute(policy::v1::RouteSection& section, const char* name, const char* intent,
              const char* pool) {
  auto& route = *section.add_routes();
  route.set_name(name);
  if (*intent != '\0') route.mutable_when()->add_intents(intent);
  route.set_pool(pool);
  auto& skilled = *route.add_steps();
  skilled.set_queue("first");
  skilled.set_for_ms(5'000);
  auto& anybody = *route.add_steps();
  anybody.set_queue("second");
}

void AddClock(policy::v1::RouteSection& section, const char* name, clocks::v1::ClockKind kind,
              int64_t target_ms) {
  auto& rule = *section.add_clocks();
  rule.set_name(name);
  auto& spec = *rule.mutable_spec();
  spec.set_name(name);
  spec.set_rule(name);
  spec.set_kind(kind);
  spec.set_target_ms(target_ms);
  spec.add_warn_before_ms(target_ms / 3);
  spec.set_pause_while_waiting(kind != clocks::v1::CLOCK_KIND_FIRST_RESPONSE);
  spec.set_stop(kind == clocks::v1::CLOCK_KIND_RESOLUTION
                    ? clocks::v1::STOP_CONDITION_RESOLVED
                    : clocks::v1::STOP_CONDITION_NO_RESPONSE_NEEDED);
  spec.set_reopen_at_least_ms(target_ms / 4);
  spec.set_calendar(kind == clocks::v1::CLOCK_KIND_NEXT_RESPONSE ? "shift" : "");
  spec.set_notify_calendar("shift");
  auto& warning = *spec.add_actions();
  warning.set_raise_to(classification::v1::PRIORITY_BAND_HIGH);
  auto& breach = *spec.add_actions();
  breach.set_threshold(1);
  breach.set_queue("second");
  breach.set_notify("leads");
  auto& forecast = *spec.add_actions();
  forecast.set_forecast(true);
  forecast.set_next_step(true);
}

// Open for two thirds of the time, at other moments in each version.
void AddShift(google::protobuf::RepeatedPtrField<clocks::v1::Calendar>& calendars,
              uint64_t version) {
  constexpr int64_t kBegin = 1'767'225'600'000;  // 2026-01-01
  constexpr int64_t kTurn = 15'000;
  auto& calendar = *calendars.Add();
  calendar.set_name("shift");
  calendar.set_known_from_unix_ms(kBegin);
  for (int64_t i = 0; i < 400; ++i) {
    auto& span = *calendar.add_spans();
    span.set_start_unix_ms(kBegin + i * kTurn + static_cast<int64_t>(version % 5) * 1'000);
    span.set_end_unix_ms(span.start_unix_ms() + kTurn * 2 / 3);
  }
  calendar.set_known_until_unix_ms(kBegin + 400 * kTurn);
}

void AddClocks(policy::v1::RouteSection& section, uint64_t version) {
  AddClock(section, "answer", clocks::v1::CLOCK_KIND_FIRST_RESPONSE, 9'000);
  AddClock(section, "next_answer", clocks::v1::CLOCK_KIND_NEXT_RESPONSE, 12'000);
  AddClock(section, "solved", clocks::v1::CLOCK_KIND_RESOLUTION,
           version % 3 == 0 ? 30'000 : 40'000);
}

policy::v1::PoolSection Pool(const char* name, uint64_t version) {
  policy::v1::PoolSection pool;
  pool.set_pool(name);
  pool.add_queues()->set_name("first");
  pool.add_queues()->set_name("second");
  pool.set_offer_lease_ms(3'000);
  pool.set_decline_cooldown_ms(4'000);
  pool.set_reconnect_grace_ms(2'000);
  pool.set_silence_ms(20'000);
  pool.set_sticky_window_ms(30'000);
  pool.set_sla_margin_ms(2'000);
  pool.set_burst_window_ms(2'000);
  pool.set_hold_frees_capacity(version % 2 == 1);
  pool.set_hold_timeout_ms(15'000);
  pool.set_bounce_limit(2);
  return pool;
}

}  // namespace

routing::v1::RoutingRecord RoutePolicy(uint64_t version) {
  routing::v1::RoutingRecord record;
  record.set_tenant(kTenant);
  auto& activate = *record.mutable_activate();
  activate.set_tenant(kTenant);
  activate.set_version(version);
  auto& section = *activate.mutable_route();
  AddRoute(section, "discounts", "discount_promo", "sales");
  auto& thanks = *section.add_routes();
  thanks.set_name("thanks");
  thanks.mutable_when()->add_intents("praise_feedback");
  thanks.mutable_answer()->set_text("¡Gracias! Благодарим Ви! 🙂");
  AddRoute(section, "rest", "", "care");
  section.set_default_pool("care");
  section.set_default_queue("first");
  section.set_reopen_window_ms(version % 2 == 1 ? 60'000 : 0);
  section.set_facts_kept_ms(30'000);
  AddClocks(section, version);
  AddShift(*section.mutable_calendars(), version);
  return record;
}

std::vector<commands::v1::Command> PoolPolicies(uint64_t version) {
  std::vector<commands::v1::Command> commands;
  for (const char* name : {"care", "sales"}) {
    auto& command = commands.emplace_back();
    command.set_tenant(kTenant);
    command.set_pool(name);
    auto& activate = *command.mutable_activate();
    activate.set_tenant(kTenant);
    activate.set_version(version);
    *activate.mutable_pool() = Pool(name, version);
    activate.set_parts(1);
    policy::v1::RouteSection route;
    AddClocks(route, version);
    *activate.mutable_clocks() = route.clocks();
    AddShift(*activate.mutable_calendars(), version);
    for (int i = 0; i < kAgentsPerPool; ++i) {
      auto& agent = *activate.add_agents();
      agent.set_agent_id(std::string(name) + "-" + std::to_string(i));
      agent.set_pool(name);
      agent.set_capacity_units(100);
      agent.add_languages(i % 2 == 0 ? "es" : "bg");
      agent.add_languages("en");
    }
  }
  return commands;
}

}  // namespace centralita::golden
