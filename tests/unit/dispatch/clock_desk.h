// A desk with office hours, and clocks as a policy would give them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "centralita/snapshot/v1/dispatch_state.pb.h"
#include "tests/unit/dispatch/harness.h"

namespace centralita::dispatch {

inline constexpr int64_t kMinute = 60'000;
inline constexpr int64_t kHour = 60 * kMinute;
inline constexpr int64_t kDay = 24 * kHour;
// 2026-01-05, a Monday, 00:00 UTC.
inline constexpr int64_t kMonday = 1'767'571'200'000;

// Monday to Friday for ten weeks, from one hour to another.
inline clocks::v1::Calendar Office(int64_t from = 9, int64_t to = 17) {
  clocks::v1::Calendar calendar;
  calendar.set_name("office");
  for (int day = 0; day < 70; ++day) {
    if (day % 7 >= 5) continue;
    auto& span = *calendar.add_spans();
    span.set_start_unix_ms(kMonday + day * kDay + from * kHour);
    span.set_end_unix_ms(kMonday + day * kDay + to * kHour);
  }
  calendar.set_known_from_unix_ms(kMonday - kDay);
  calendar.set_known_until_unix_ms(kMonday + 70 * kDay);
  return calendar;
}

inline clocks::v1::ClockSpec Spec(std::string_view name, clocks::v1::ClockKind kind, int64_t target,
                                  std::vector<int64_t> warnings = {},
                                  std::string_view calendar = {}) {
  clocks::v1::ClockSpec spec;
  spec.set_name(std::string(name));
  spec.set_rule(std::string(name));
  spec.set_kind(kind);
  spec.set_target_ms(target);
  for (const int64_t before : warnings) spec.add_warn_before_ms(before);
  spec.set_calendar(std::string(calendar));
  return spec;
}

inline clocks::v1::ClockSpec FirstResponse(int64_t target, std::vector<int64_t> warnings = {},
                                           std::string_view calendar = {}) {
  auto spec =
      Spec("first", clocks::v1::CLOCK_KIND_FIRST_RESPONSE, target, std::move(warnings), calendar);
  spec.set_stop(clocks::v1::STOP_CONDITION_HUMAN_REPLY);
  return spec;
}

inline clocks::v1::ClockSpec NextResponse(int64_t target) {
  auto spec = Spec("next", clocks::v1::CLOCK_KIND_NEXT_RESPONSE, target);
  spec.set_stop(clocks::v1::STOP_CONDITION_HUMAN_REPLY);
  return spec;
}

inline clocks::v1::ClockSpec Resolution(int64_t target, std::vector<int64_t> warnings = {},
                                        std::string_view calendar = {}) {
  return Spec("resolution", clocks::v1::CLOCK_KIND_RESOLUTION, target, std::move(warnings),
              calendar);
}

struct ClockPolicy {
  std::vector<clocks::v1::Calendar> calendars = {Office()};
  std::vector<clocks::v1::ClockSpec> rules = {};
  policy::v1::PoolSection pool = PoolWith(60 * kMinute);
};

class ClockDesk : public Desk {
 public:
  ClockDesk() { now = kMonday + 9 * kHour; }

  Recorder& Activate(uint64_t version, const ClockPolicy& policy) {
    auto command =
        Activation(version, policy.pool, {{"ana"}, {"berta"}, {"robot", 100, {}, {"es"}, true}});
    auto& activate = *command.mutable_activate();
    for (const auto& calendar : policy.calendars) *activate.add_calendars() = calendar;
    for (const auto& spec : policy.rules) {
      auto& rule = *activate.add_clocks();
      rule.set_name(spec.rule());
      *rule.mutable_spec() = spec;
    }
    version_ = version;
    return Apply(command);
  }

  commands::v1::Enqueue Work(std::string_view id, const std::vector<clocks::v1::ClockSpec>& specs) {
    auto enqueue = NewEnqueue(id, 50, now);
    enqueue.set_policy_version(version_);
    for (const auto& spec : specs) {
      auto& clock = *enqueue.add_clocks();
      *clock.mutable_spec() = spec;
      clock.set_policy_version(version_);
    }
    return enqueue;
  }
  Recorder& Open(std::string_view id, const std::vector<clocks::v1::ClockSpec>& specs) {
    return Enqueue(Work(id, specs));
  }
  // Route's answer to a close, once the customer is back.
  Recorder& Reopen(const routing::v1::ConversationClosed& closed) {
    auto enqueue = NewEnqueue(closed.conversation_id(), 50, now);
    enqueue.set_revision(closed.revision() + 1);
    enqueue.set_reopened(true);
    *enqueue.mutable_clocks() = closed.clocks();
    *enqueue.mutable_messages(0) =
        Message(closed.conversation_id(), closed.last_sequence() + 1, now);
    enqueue.set_first_sequence(closed.last_sequence() + 1);
    return Enqueue(enqueue);
  }

  Recorder& Ring(std::string_view id, std::string_view clock, uint64_t generation,
                 uint32_t threshold) {
    return Apply(AlarmOf(id, clock, generation, threshold));
  }
  Recorder& Forecast(std::string_view id, std::string_view clock, uint64_t generation) {
    auto command = AlarmOf(id, clock, generation, 0);
    command.mutable_alarm()->mutable_forecast()->set_slack_ms(-1);
    return Apply(command);
  }
  Recorder& HoldFor(std::string_view agent, std::string_view id, std::string_view waiting_for,
                    int64_t until = 0) {
    auto command = Action(agent, id);
    command.mutable_action()->mutable_hold()->set_waiting_for(std::string(waiting_for));
    command.mutable_action()->mutable_hold()->set_until_unix_ms(until);
    return Apply(command);
  }
  Recorder& NoneNeeded(std::string_view agent, std::string_view id) {
    auto command = Action(agent, id);
    command.mutable_action()->mutable_reply()->set_no_response_needed(true);
    return Apply(command);
  }

  // From the state, so that it also shows what no event tells.
  clocks::v1::ClockState ClockOf(std::string_view id, std::string_view name) const {
    const auto state = StateOf(id);
    for (const auto& clock : state.clocks()) {
      if (clock.spec().name() == name) return clock;
    }
    ADD_FAILURE() << id << " has no clock " << name;
    return {};
  }
  snapshot::v1::DispatchConversation StateOf(std::string_view id) const {
    for (const auto& [key, value] : AllEntries(*machine)) {
      if (!key.starts_with("c/") || !key.ends_with(id)) continue;
      snapshot::v1::DispatchConversation state;
      EXPECT_TRUE(state.ParseFromString(value));
      return state;
    }
    ADD_FAILURE() << "no conversation " << id;
    return {};
  }
  // Until nothing is due any more.
  void Settle() {
    while (machine->NextDue() <= base::FromUnixMillis(now)) Tick(0);
  }
  size_t Count(events::v1::Event::KindCase kind) const {
    size_t count = 0;
    for (const auto& event : out.events) count += event.kind_case() == kind ? 1 : 0;
    return count;
  }

 private:
  static commands::v1::Command AlarmOf(std::string_view id, std::string_view clock,
                                       uint64_t generation, uint32_t threshold) {
    auto command = Command();
    auto& alarm = *command.mutable_alarm()->mutable_alarm();
    alarm.set_conversation_id(std::string(id));
    alarm.set_clock(std::string(clock));
    alarm.set_generation(generation);
    alarm.set_threshold(threshold);
    return command;
  }

  uint64_t version_ = 0;
};

}  // namespace centralita::dispatch
