#include "centralita/sla/clock_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "centralita/config/nearest.h"
#include "centralita/policy/conditions.h"
#include "centralita/policy/names.h"

namespace centralita::sla {
namespace {

using classification::v1::PriorityBand;
using clocks::v1::ChangeRule;
using clocks::v1::ClockKind;
using clocks::v1::ClockSpec;
using clocks::v1::StopCondition;
using clocks::v1::ThresholdActions;
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

constexpr std::array<Named<StopCondition>, 4> kStops = {{
    {"human_reply", clocks::v1::STOP_CONDITION_HUMAN_REPLY},
    {"any_reply", clocks::v1::STOP_CONDITION_ANY_REPLY},
    {"no_response_needed", clocks::v1::STOP_CONDITION_NO_RESPONSE_NEEDED},
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
int64_t ReadWarning(const Value& item, const ClockSpec& spec) {
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

struct Warning {
  int64_t before_ms = 0;
  ThresholdActions actions;
};

bool DoesAnything(const ThresholdActions& actions) {
  return actions.raise_to() != 0 || actions.next_step() || !actions.queue().empty() ||
         !actions.notify().empty();
}

ThresholdActions ReadActions(MapReader& map, ClocksDraft& draft) {
  ThresholdActions actions;
  actions.set_raise_to(
      map.Get("raise_to")
          .AsEnum<PriorityBand>(policy::Bands(), classification::v1::PRIORITY_BAND_UNSPECIFIED));
  actions.set_next_step(map.Get("next_step").AsBool(false));
  const Value queue = map.Get("queue");
  actions.set_queue(queue.AsName());
  if (!actions.queue().empty()) draft.queues.push_back({queue.place(), actions.queue()});
  actions.set_notify(map.Get("notify").AsName());
  if (actions.next_step() && !actions.queue().empty()) {
    queue.Error("takes it there in one go; remove next_step or this");
  }
  return actions;
}

// Of a breach or a forecast: what is to be done and nothing else.
void ReadEndActions(const Value& value, bool forecast, ClocksDraft& draft, ClockSpec& spec) {
  if (!value.present()) return;
  MapReader map(value);
  ThresholdActions actions = ReadActions(map, draft);
  if (value.is_map() && !DoesAnything(actions)) {
    value.Error("does nothing; write raise_to, next_step, queue or notify");
  }
  actions.set_forecast(forecast);
  if (!forecast) actions.set_threshold(static_cast<uint32_t>(spec.warn_before_ms_size()));
  *spec.add_actions() = std::move(actions);
}

Warning ReadOneWarning(const Value& item, const ClockSpec& spec, ClocksDraft& draft) {
  Warning warning;
  if (!item.is_map()) {
    warning.before_ms = ReadWarning(item, spec);
    return warning;
  }
  MapReader map(item);
  const Value at = map.Require("at");
  if (at.present()) warning.before_ms = ReadWarning(at, spec);
  warning.actions = ReadActions(map, draft);
  return warning;
}

// Longest before the end first.
void SetWarnings(std::vector<Warning>& warnings, ClockSpec& spec) {
  std::sort(warnings.begin(), warnings.end(),
            [](const Warning& a, const Warning& b) { return a.before_ms > b.before_ms; });
  for (size_t i = 0; i < warnings.size(); ++i) {
    spec.add_warn_before_ms(warnings[i].before_ms);
    if (!DoesAnything(warnings[i].actions)) continue;
    warnings[i].actions.set_threshold(static_cast<uint32_t>(i));
    *spec.add_actions() = std::move(warnings[i].actions);
  }
}

void ReadWarnings(const Value& list, ClocksDraft& draft, ClockSpec& spec) {
  std::vector<Warning> warnings;
  // A single map stands for a list of one, as a single scalar does.
  for (const Value& item : list.is_map() ? std::vector<Value>{list} : list.Items()) {
    Warning warning = ReadOneWarning(item, spec, draft);
    if (warning.before_ms == 0) continue;
    if (spec.target_ms() > 0 && warning.before_ms >= spec.target_ms()) {
      item.Error(fmt::format("{} before the end is no earlier than the start; the target is {}",
                             item.is_map()
                                 ? config::WriteDuration(base::Duration(warning.before_ms))
                                 : "'" + item.AsString() + "'",
                             config::WriteDuration(base::Duration(spec.target_ms()))));
    } else if (std::any_of(warnings.begin(), warnings.end(), [&](const Warning& other) {
                 return other.before_ms == warning.before_ms;
               })) {
      item.Error("is there twice; remove one");
    } else {
      warnings.push_back(std::move(warning));
    }
  }
  if (warnings.size() > kMaxWarnings) {
    list.Error(fmt::format("has {} warnings; at most {}", warnings.size(), kMaxWarnings));
  }
  SetWarnings(warnings, spec);
}

// The name of a calendar; empty for all day, every day.
std::string ReadCalendarName(const Value& value, const CalendarsDraft& calendars) {
  std::string name = value.AsName();
  if (name.empty() || name == kAlways) return {};
  std::vector<std::string_view> known = {kAlways};
  for (const auto& calendar : calendars.definitions) known.push_back(calendar.name());
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    value.Error(fmt::format("there is no calendar '{}'{}", name, config::Suggestion(name, known)));
  }
  return name;
}

void ReadPauses(MapReader& map, ClockSpec& spec) {
  const Value any = map.Get("pause_while_waiting");
  const Value list = map.Get("pause_for");
  spec.set_pause_while_waiting(any.AsBool(false));
  std::vector<std::string> names = list.Names();
  std::sort(names.begin(), names.end());
  spec.mutable_pause_for()->Add(names.begin(), names.end());
  if (spec.pause_while_waiting() && !names.empty()) {
    list.Error("is of no use beside pause_while_waiting: true, which is any wait; remove one");
  }
  if (spec.kind() != clocks::v1::CLOCK_KIND_REPLY_WINDOW) return;
  for (const Value* value : {&any, &list}) {
    if (value->present()) value->Error("cannot hold up the channel's window; remove it");
  }
}

// Reopened, it has at least a quarter of its target, unless the file says otherwise.
void ReadReopening(const Value& value, ClockSpec& spec) {
  const bool reopens = spec.kind() == clocks::v1::CLOCK_KIND_RESOLUTION;
  if (value.present() && !reopens) value.Error("is for clocks of kind resolution; remove it");
  if (!reopens) return;
  const base::Duration at_least = value.AsDuration(base::Duration(spec.target_ms() / 4));
  if (value.present() && at_least.count() > spec.target_ms() && spec.target_ms() > 0) {
    value.Error(fmt::format("is more than the target, {}",
                            config::WriteDuration(base::Duration(spec.target_ms()))));
  }
  spec.set_reopen_at_least_ms(at_least.count());
}

void ReadThresholds(MapReader& map, ClocksDraft& draft, ClockSpec& spec) {
  ReadWarnings(map.Get("warn"), draft, spec);
  ReadEndActions(map.Get("breach"), false, draft, spec);
  ReadEndActions(map.Get("forecast"), true, draft, spec);
  const Value hours = map.Get("notify_hours");
  spec.set_notify_calendar(ReadCalendarName(hours, draft.calendars));
  const bool tells = std::any_of(spec.actions().begin(), spec.actions().end(),
                                 [](const auto& actions) { return !actions.notify().empty(); });
  if (hours.present() && !tells) {
    hours.Error("is when somebody may be told, but nobody is; give a threshold 'notify'");
  }
}

void ReadSpec(MapReader& map, ClocksDraft& draft, ClockSpec& spec) {
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
  ReadThresholds(map, draft, spec);
  const Value calendar = map.Get("calendar");
  spec.set_calendar(ReadCalendarName(calendar, draft.calendars));
  if (!has_target && calendar.present()) {
    calendar.Error("has no say in the channel's window, which runs day and night; remove it");
  }
  spec.set_stop(map.Get("stop").AsEnum<StopCondition>(kStops, DefaultStop(spec.kind())));
  ReadPauses(map, spec);
  ReadReopening(map.Get("reopen_at_least"), spec);
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
    draft.references.Add(when);
    ReadSpec(map, draft, *rule.mutable_spec());
    rule.mutable_spec()->set_rule(rule.name());
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
