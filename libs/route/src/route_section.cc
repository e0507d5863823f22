#include "centralita/route/route_section.h"

#include <fmt/format.h>

#include <algorithm>

#include "centralita/policy/conditions.h"
#include "centralita/policy/names.h"

namespace centralita::route {
namespace {

using common::v1::Channel;
using config::MapReader;
using config::Value;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;

constexpr size_t kMaxSteps = 16;
constexpr size_t kMaxAnswerBytes = 4096;
constexpr base::Duration kDefaultDuplicateWindow = 48h;
constexpr base::Duration kDefaultReopenWindow = 48h;
constexpr base::Duration kDefaultFactsKept = 10min;
constexpr base::Duration kDefaultDeflectionWindow = 24h;

struct ChannelDefaults {
  Channel channel;
  int units;
  base::Duration reply_window;
};

constexpr ChannelDefaults kChannelDefaults[] = {
    {common::v1::CHANNEL_CHAT, 33, 0h},       {common::v1::CHANNEL_EMAIL, 10, 0h},
    {common::v1::CHANNEL_FORM, 10, 0h},       {common::v1::CHANNEL_PHONE, 100, 0h},
    {common::v1::CHANNEL_SMS, 20, 0h},        {common::v1::CHANNEL_WHATSAPP, 25, 24h},
    {common::v1::CHANNEL_MESSENGER, 25, 24h}, {common::v1::CHANNEL_INSTAGRAM, 25, 24h},
    {common::v1::CHANNEL_X, 20, 0h},          {common::v1::CHANNEL_TELEGRAM, 25, 0h},
    {common::v1::CHANNEL_REVIEW, 10, 0h},     {common::v1::CHANNEL_MARKETPLACE, 15, 0h},
};

void ReadSkills(const Value& value, policy::v1::Step& step, StepPlaces& places) {
  MapReader map(value);
  std::vector<std::pair<std::string, Value>> entries = map.Entries();
  // Sorted, so that two ways of writing one requirement are one requirement.
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [name, level] : entries) {
    directory::v1::Skill& skill = *step.add_skills();
    skill.set_name(name);
    if (!level.present()) level.Error("needs a level from 1 to 10");
    skill.set_level(static_cast<int32_t>(level.AsInt(1, 1, 10)));
    places.skills.push_back(level.place());
  }
}

void ReadStep(const Value& value, bool last, policy::v1::Step& step, StepPlaces& places) {
  places.step = value.place();
  MapReader map(value);
  const Value queue = map.Require("queue");
  step.set_queue(queue.AsName());
  places.queue = queue.place();
  ReadSkills(map.Get("skills"), step, places);
  const Value pool = map.Get("pool");
  if (pool.present()) {
    step.set_pool(pool.AsName());
    places.pool = pool.place();
  }
  step.set_match_language(map.Get("match_language").AsBool(false));
  const Value translation = map.Get("needs_translation");
  step.set_needs_translation(translation.AsBool(false));
  if (step.needs_translation() && step.match_language()) {
    translation.Error(
        "is of no use beside match_language: whoever takes the step speaks the language; remove "
        "one of them");
  }
  const Value wait = map.Get("for");
  step.set_for_ms(wait.AsDuration(0ms, 1ms).count());
  if (last && wait.present()) {
    wait.Error("has no step after it to go on to; remove it from the last step");
  } else if (!last && !wait.present() && value.is_map()) {
    wait.Error("is missing; say how long before the next step, for example 90s");
  }
}

void ReadSteps(const Value& list, policy::v1::Route& route, RoutePlaces& places) {
  const std::vector<Value> items = list.Items();
  if (list.is_list() && items.empty()) list.Error("is empty; a route needs a step");
  if (items.size() > kMaxSteps) {
    list.Error(fmt::format("has {} steps; at most {}", items.size(), kMaxSteps));
  }
  for (size_t i = 0; i < items.size(); ++i) {
    ReadStep(items[i], i + 1 == items.size(), *route.add_steps(), places.steps.emplace_back());
  }
}

void ReadTarget(MapReader& map, policy::v1::Route& route, RoutePlaces& places) {
  const Value answer = map.Get("answer");
  if (!answer.present()) {
    const Value pool = map.Require("pool");
    route.set_pool(pool.AsName());
    places.pool = pool.place();
    ReadSteps(map.Require("steps"), route, places);
    if (!places.steps.empty() && !route.steps(0).pool().empty()) {
      map.problems().Error(places.steps.front().pool,
                           "stands in the first step, whose pool is the route's; write it there");
    }
    return;
  }
  const std::string text = answer.AsString();
  if (text.empty() && answer.is_scalar()) answer.Error("is empty; write what the customer is told");
  if (text.size() > kMaxAnswerBytes) {
    answer.Error(fmt::format("has {} bytes; at most {}", text.size(), kMaxAnswerBytes));
  }
  route.mutable_answer()->set_text(text);
  for (const char* key : {"pool", "steps"}) {
    const Value other = map.Get(key);
    if (other.present()) other.Error("is of no use beside 'answer'; remove one of them");
  }
}

void WarnIfNeverReached(const policy::v1::Route& route, const Value& value,
                        const policy::v1::RouteSection& section) {
  for (const policy::v1::Route& before : section.routes()) {
    if (!policy::Covers(before.when(), route.when())) continue;
    value.Warn(
        fmt::format("is never reached: '{}' before it takes all that it would", before.name()));
    return;
  }
}

void ReadRoute(const Value& value, policy::UniqueNames& names, RouteDraft& draft) {
  policy::v1::Route route;
  RoutePlaces places;
  places.route = value.place();
  {
    MapReader map(value);
    route.set_name(names.Read(map.Require("name")));
    policy::ConditionsDraft when = policy::ReadConditions(map.Get("when"));
    *route.mutable_when() = std::move(when.conditions);
    draft.intents.insert(draft.intents.end(), when.intents.begin(), when.intents.end());
    draft.tags.insert(draft.tags.end(), when.tags.begin(), when.tags.end());
    draft.references.Add(when);
    ReadTarget(map, route, places);
  }
  WarnIfNeverReached(route, value, draft.section);
  *draft.section.add_routes() = std::move(route);
  draft.places.push_back(std::move(places));
}

void SetDefault(const Value& list, RouteDraft& draft) {
  if (draft.places.empty()) {
    if (list.is_list()) list.Error("is empty; the last route, without 'when', takes what is left");
    return;
  }
  const policy::v1::Route& last = *draft.section.routes().rbegin();
  const config::Place& place = draft.places.back().route;
  if (!policy::IsUnconditional(last.when())) {
    list.problems().Error(place,
                          "is the last route and must take what is left: remove its 'when', or add "
                          "a route without 'when' after it");
  }
  if (last.has_answer()) {
    list.problems().Error(place,
                          "is the last route and cannot be an automatic answer; give it a pool");
    return;
  }
  draft.section.set_default_pool(last.pool());
  if (last.steps_size() > 0) draft.section.set_default_queue(last.steps(0).queue());
}

void ReadBots(const Value& value, RouteDraft& draft) {
  MapReader map(value);
  policy::v1::BotPolicy& bots = *draft.section.mutable_bots();
  const Value never = map.Get("never_for");
  if (never.present()) {
    policy::ConditionsDraft when = policy::ReadConditions(never);
    draft.intents.insert(draft.intents.end(), when.intents.begin(), when.intents.end());
    draft.tags.insert(draft.tags.end(), when.tags.begin(), when.tags.end());
    draft.references.Add(when);
    draft.never_for_bots = never.place();
    *bots.mutable_never_for() = std::move(when.conditions);
    if (never.is_map() && policy::IsUnconditional(bots.never_for())) {
      never.Error(
          "says nothing and would keep everything from bots; write for example {tags: "
          "[angry, vip]}");
    }
  }
  bots.set_deflection_window_ms(
      map.Get("deflection_window").AsDuration(kDefaultDeflectionWindow).count());
}

void ReadChannels(const Value& value, policy::v1::RouteSection& section) {
  MapReader map(value);
  for (const ChannelDefaults& defaults : kChannelDefaults) {
    MapReader channel(map.Get(policy::NameOf(defaults.channel)));
    policy::v1::ChannelCost& cost = *section.add_channel_costs();
    cost.set_channel(defaults.channel);
    cost.set_units(static_cast<int32_t>(channel.Get("units").AsInt(defaults.units, 1, 100)));
    const base::Duration window = channel.Get("reply_window").AsDuration(defaults.reply_window);
    if (window == 0ms) continue;
    policy::v1::ReplyWindow& reply = *section.add_reply_windows();
    reply.set_channel(defaults.channel);
    reply.set_window_ms(window.count());
  }
}

void ReadDuplicates(const Value& value, policy::v1::RouteSection& section) {
  MapReader map(value);
  const base::Duration usual = map.Get("default").AsDuration(kDefaultDuplicateWindow, 1ms);
  for (const ChannelDefaults& defaults : kChannelDefaults) {
    policy::v1::DuplicateWindow& window = *section.add_duplicate_windows();
    window.set_channel(defaults.channel);
    window.set_window_ms(map.Get(policy::NameOf(defaults.channel)).AsDuration(usual, 1ms).count());
  }
}

}  // namespace

RouteDraft ReadRouteSection(MapReader& policy) {
  RouteDraft draft;
  policy::UniqueNames names("route");
  const Value routes = policy.Require("routes");
  for (const Value& item : routes.Items()) ReadRoute(item, names, draft);
  SetDefault(routes, draft);
  ReadBots(policy.Get("bots"), draft);
  ReadChannels(policy.Get("channels"), draft.section);
  ReadDuplicates(policy.Get("duplicates"), draft.section);
  draft.section.set_reopen_window_ms(
      policy.Get("reopen_window").AsDuration(kDefaultReopenWindow).count());
  draft.section.set_facts_kept_ms(policy.Get("facts_kept").AsDuration(kDefaultFactsKept).count());
  return draft;
}

}  // namespace centralita::route
