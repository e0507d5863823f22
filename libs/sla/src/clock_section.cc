#include "centralita/sla/clock_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "centralita/config/nearest.h"
#include "centralita/policy/conditions.h"

namespace centralita::sla {
namespace {

using clocks::v1::ChangeRule;
using clocks::v1::ClockKind;
using clocks::v1::StopCondition;
using config::MapReader;
using config::Named;
using config::Value;
using std::chrono_literals::operator""ms;

constexpr std::string_view kAlways = "always";
constexpr size_t kMaxWarnings = 8;

constexpr std::array<Named<ClockKind>, 4> kKinds = {{
    {"first_response", clocks::v1::CLOCK_KIND_FIRST_RESPONSE},
    {"next_response", clocks::v1::CLOCK_KIND_NEXT_RESPONSE},
    {"resolution", clocks::v1::CLOCK_KIND_RESOLUTION},
    {"reply_window", clocks::v1::CLOCK_KIND_REPLY_WINDOW},
}};

constexpr std::array<Named<StopCondition>, 3> kStops = {{
    {"human_reply", clocks::v1::STOP_CONDITION_HUMAN_REPLY},
    {"any_reply", clocks::v1::STOP_CONDITION_ANY_REPLY},
    {"resolved", clocks::v1::STOP_CONDITION_RESOLVED},
}};

constexpr std::array<Named<ChangeRule>, 3> kChangeRules = {{
    {"keep_used", clocks::v1::CHANGE_RULE_KEEP_USED},
    {"restart", clocks::v1::CHANGE_RULE_RESTART},
    {"ignore", clocks::v1::CHANGE_RULE_IGNORE},
}};

StopCondition DefaultStop(ClockKind kind) {
  switch (kind) {
    case clocks::v1::CLOCK_KIND_RESOLUTION:
      return clocks::v1::STOP_CONDITION_RESOLVED;
    case clocks::v1::CLOCK_KIND_REPLY_WINDOW:
      return clocks::v1::STOP_CONDITION_ANY_REPLY;
    default:
      return clocks::v1::STOP_CONDITION_HUMAN_REPLY;
  }
}

std::string_view NameOf(ClockKind kind) {
  for (const auto& [name, value] : kKinds) {
    if (value == kind) return name;
  }
  return {};
}

// Before the end; "80%" is when so much of the target has passed. 0 with a problem told.
int64_t ReadWarning(const Value& item, const clocks::v1::ClockSpec& spec) {
  const std::string text = item.AsString();
  if (text.empty() || text.back() != '%') return item.AsDuration(0ms, 1ms).count();
  const int percent = item.AsPercent(-1);
  if (percent < 0) return 0;
  if (percent == 0 || percent == 100) {
    item.Error(fmt::format("'{}' is the start or the end itself; write for example 80%", text));
  } else if (spec.kind() == clocks::v1::CLOCK_KIND_REPLY_WINDOW) {
    item.Error(fmt::format("'{}' needs a target; write how long before the end", text));
  } else {
    return spec.target_ms() - spec.target_ms() * percent / 100;
  }
  return 0;
}

void ReadWarnings(const Value& list, clocks::v1::ClockSpec& spec) {
  std::vector<int64_t> warnings;
  for (const Value& item : list.Items()) {
    const int64_t before = ReadWarning(item, spec);
    if (before == 0) continue;
    if (spec.target_ms() > 0 && before >= spec.target_ms()) {
      item.Error(fmt::format("'{}' before the end is no earlier than the start; the target is {}",
                             item.AsString(),
                             config::WriteDuration(base::Duration(spec.target_ms()))));
    } else if (std::find(warnings.begin(), warnings.end(), before) != warnings.end()) {
      item.Error("is there twice; remove one");
    } else {
      warnings.push_back(before);
    }
  }
  if (warnings.size() > kMaxWarnings) {
    list.Error(fmt::format("has {} warnings; at most {}", warnings.size(), kMaxWarnings));
  }
  std::sort(warnings.rbegin(), warnings.rend());
  spec.mutable_warn_before_ms()->Add(warnings.begin(), warnings.end());
}

void ReadCalendarOf(const Value& value, const CalendarsDraft& calendars,
                    clocks::v1::ClockSpec& spec) {
  const std::string name = value.AsName();
  if (name.empty() || name == kAlways) return;
  std::vector<std::string_view> known = {kAlways};
  for (const auto& calendar : calendars.definitions) known.push_back(calendar.name());
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    value.Error(fmt::format("there is no calendar '{}'{}", name, config::Suggestion(name, known)));
  }
  spec.set_calendar(name);
}

void ReadSpec(MapReader& map, const CalendarsDraft& calendars, clocks::v1::ClockSpec& spec) {
  spec.set_kind(map.Require("kind").AsEnum<ClockKind>(kKinds, clocks::v1::CLOCK_KIND_UNSPECIFIED));
  spec.set_name(std::string(NameOf(spec.kind())));
  if (const Value clock = map.Get("clock"); clock.present()) spec.set_name(clock.AsName());
  // The deadline of a reply window comes from its channel.
  const bool has_target = spec.kind() != clocks::v1::CLOCK_KIND_REPLY_WINDOW;
  const Value target = has_target ? map.Require("target") : map.Get("target");
  if (has_target) {
    spec.set_target_ms(target.AsDuration(0ms, 1ms).count());
  } else if (target.present()) {
    target.Error("is given by channels.<channel>.reply_window; remove it here");
  }
  ReadWarnings(map.Get("warn"), spec);
  ReadCalendarOf(map.Get("calendar"), calendars, spec);
  spec.set_stop(map.Get("stop").AsEnum<StopCondition>(kStops, DefaultStop(spec.kind())));
  spec.set_pause_while_waiting(map.Get("pause_while_waiting").AsBool(false));
  // Unset is keep_used.
  spec.set_on_change(
      map.Get("on_change").AsEnum<ChangeRule>(kChangeRules, clocks::v1::CHANGE_RULE_UNSPECIFIED));
}

void WarnIfNeverReached(const policy::v1::ClockRule& rule, const Value& value,
                        const std::vector<policy::v1::ClockRule>& before) {
  for (const policy::v1::ClockRule& other : before) {
    if (other.spec().name() != rule.spec().name()) continue;
    if (!policy::Covers(other.when(), rule.when())) continue;
    value.Warn(fmt::format("is never used: '{}' before it takes all that it would", other.name()));
    return;
  }
}

void ReadClock(const Value& value, policy::UniqueNames& names, ClocksDraft& draft) {
  policy::v1::ClockRule rule;
  {
    MapReader map(value);
    rule.set_name(names.Read(map.Require("name")));
    policy::ConditionsDraft when = policy::ReadConditions(map.Get("when"));
    *rule.mutable_when() = std::move(when.conditions);
    draft.intents.insert(draft.intents.end(), when.intents.begin(), when.intents.end());
    draft.tags.insert(draft.tags.end(), when.tags.begin(), when.tags.end());
    ReadSpec(map, draft.calendars, *rule.mutable_spec());
  }
  WarnIfNeverReached(rule, value, draft.clocks);
  draft.clocks.push_back(std::move(rule));
}

}  // namespace

ClocksDraft ReadClockSection(MapReader& policy) {
  ClocksDraft draft;
  draft.calendars = ReadCalendars(policy);
  policy::UniqueNames names("clock");
  for (const Value& item : policy.Get("clocks").Items()) ReadClock(item, names, draft);
  return draft;
}

}  // namespace centralita::sla
