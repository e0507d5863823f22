#include "centralita/dispatch/pool_section.h"

#include <algorithm>

#include "centralita/policy/names.h"

namespace centralita::dispatch {
namespace {

using config::MapReader;
using config::Value;
using policy::v1::PoolSection;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// As a name that is looked for once all pools are read.
policy::Reference ReadReference(const Value& value) { return {value.place(), value.AsName()}; }

std::string ReadCalendar(const Value& value, PoolsDraft& draft) {
  if (!value.present()) return {};
  draft.calendars.push_back(ReadReference(value));
  return draft.calendars.back().name;
}

void ReadLimit(const Value& value, PoolsDraft& draft, policy::v1::QueueLimit& limit) {
  MapReader map(value);
  const Value longer = map.Get("longer_than");
  limit.set_longer_than(static_cast<uint32_t>(longer.AsInt(0, 1, 10'000'000)));
  const Value older = map.Get("older_than");
  limit.set_older_than_ms(older.AsDuration(0ms, 1ms).count());
  const Value outside = map.Get("outside_hours");
  limit.set_outside_hours(ReadCalendar(outside, draft));
  if (value.is_map() && !longer.present() && !older.present() && !outside.present()) {
    value.Error("has no condition; write longer_than (how many wait), older_than or outside_hours");
  }
  const Value pool = map.Get("to_pool");
  const Value queue = map.Get("to_queue");
  limit.set_to_pool(pool.AsName());
  limit.set_to_queue(queue.AsName());
  limit.set_raise_to(
      map.Get("raise_to").AsEnum(policy::Bands(), classification::v1::PRIORITY_BAND_UNSPECIFIED));
  if (pool.present()) {
    if (limit.raise_to() != 0)
      value.Error("raises in this pool only, and goes to another; remove raise_to or to_pool");
    draft.other_pools.push_back(
        {{pool.place(), limit.to_pool()}, {queue.place(), limit.to_queue()}});
  } else if (queue.present()) {
    draft.own_queues.push_back({draft.pools.size() - 1, {queue.place(), limit.to_queue()}});
  } else if (value.is_map() && limit.raise_to() == 0) {
    value.Error("does nothing; write to_queue, to_pool or raise_to");
  }
}

// A name, or a map with the name and the queue's limits.
void ReadQueue(const Value& item, policy::UniqueNames& names, PoolsDraft& draft,
               PoolSection& pool) {
  constexpr int kMaxLimits = 8;
  policy::v1::QueuePolicy& queue = *pool.add_queues();
  draft.queues.back().push_back(item.place());
  if (!item.is_map()) {
    if (!item.present()) item.Error("is empty");
    queue.set_name(names.Read(item));
    return;
  }
  MapReader map(item);
  queue.set_name(names.Read(map.Require("name")));
  const Value limits = map.Get("limits");
  for (const Value& limit : limits.Items()) ReadLimit(limit, draft, *queue.add_limits());
  if (queue.limits_size() > kMaxLimits) limits.Error("has more than 8 limits; the first decides");
}

void ReadQueues(const Value& list, PoolsDraft& draft, PoolSection& pool) {
  policy::UniqueNames names("queue");
  for (const Value& item : list.Items()) ReadQueue(item, names, draft, pool);
  if (list.is_list() && pool.queues_size() == 0) list.Error("is empty; a pool needs a queue");
}

void ReadUnits(const Value& value, PoolSection& pool) {
  MapReader map(value);
  for (const auto& [name, channel] : policy::Channels()) {
    const Value units = map.Get(name);
    if (!units.present()) continue;
    policy::v1::ChannelCost& cost = *pool.add_channel_costs();
    cost.set_channel(channel);
    cost.set_units(static_cast<int32_t>(units.AsInt(1, 1, 100)));
  }
}

void ReadPatience(const Value& value, PoolSection& pool) {
  // From the least urgent band on.
  constexpr base::Duration kDefaults[] = {30min, 15min, 5min, 1min};
  MapReader map(value);
  base::Duration before = base::Duration::max();
  for (size_t i = 0; i < policy::Bands().size(); ++i) {
    const auto& [name, band] = policy::Bands()[i];
    const Value item = map.Get(name);
    const base::Duration patience = item.AsDuration(std::min(kDefaults[i], before));
    if (patience > before)
      item.Warn("is longer than that of the band before, which is less urgent");
    before = patience;
    policy::v1::BandPatience& out = *pool.add_patience();
    out.set_band(band);
    out.set_patience_ms(patience.count());
  }
}

void ReadTimes(MapReader& map, PoolSection& pool) {
  const auto read = [&](std::string_view key, base::Duration fallback, base::Duration min) {
    return map.Get(key).AsDuration(fallback, min).count();
  };
  pool.set_offer_lease_ms(read("offer_lease", 30s, 100ms));
  pool.set_decline_cooldown_ms(read("decline_cooldown", 60s, 0ms));
  pool.set_reconnect_grace_ms(read("reconnect_grace", 30s, 0ms));
  pool.set_silence_ms(read("silence", 0ms, 0ms));
  pool.set_sticky_window_ms(read("sticky_window", 24h, 0ms));
  pool.set_sla_margin_ms(read("sla_margin", 1min, 0ms));
  pool.set_burst_window_ms(read("burst_window", 10s, 0ms));
  pool.set_hold_timeout_ms(read("hold_timeout", 72h, 0ms));
  pool.set_undeliverable_cooldown_ms(read("undeliverable_cooldown", 5s, 0ms));
}

void ReadPool(const Value& value, policy::UniqueNames& names, PoolsDraft& draft) {
  PoolSection& pool = draft.pools.emplace_back();
  draft.places.push_back(value.place());
  draft.queues.emplace_back();
  MapReader map(value);
  pool.set_pool(names.Read(map.Require("name")));
  ReadQueues(map.Require("queues"), draft, pool);
  ReadTimes(map, pool);
  ReadPatience(map.Get("patience"), pool);
  pool.set_release_per_second(
      static_cast<uint32_t>(map.Get("release_per_second").AsInt(0, 0, 100'000)));
  pool.set_hold_frees_capacity(map.Get("hold_frees_capacity").AsBool(true));
  pool.set_bounce_limit(static_cast<uint32_t>(map.Get("bounce_limit").AsInt(3, 1, 1000)));
  const Value bounced = map.Get("bounce_queue");
  if (bounced.present()) {
    draft.own_queues.push_back({draft.pools.size() - 1, ReadReference(bounced)});
    pool.set_bounce_queue(draft.own_queues.back().second.name);
  }
  pool.set_calendar(ReadCalendar(map.Get("calendar"), draft));
  pool.set_sticky_limit_percent(map.Get("sticky_limit").AsPercent(100));
  ReadUnits(map.Get("units"), pool);
}

void ReadSkills(const Value& value, directory::v1::Agent& agent) {
  MapReader map(value);
  for (const auto& [name, level] : map.Entries()) {
    directory::v1::Skill& skill = *agent.add_skills();
    skill.set_name(name);
    if (!level.present()) level.Error("needs a level from 1 to 10");
    skill.set_level(static_cast<int32_t>(level.AsInt(1, 1, 10)));
  }
  std::sort(agent.mutable_skills()->begin(), agent.mutable_skills()->end(),
            [](const auto& a, const auto& b) { return a.name() < b.name(); });
}

void ReadAgent(const Value& value, const policy::SecretFileReader& read_file,
               policy::UniqueNames& ids, PoolsDraft& draft) {
  directory::v1::Agent& agent = draft.agents.emplace_back();
  MapReader map(value);
  agent.set_agent_id(ids.Read(map.Require("id")));
  agent.set_display_name(map.Get("name").AsString(agent.agent_id()));
  const Value pool = map.Require("pool");
  agent.set_pool(pool.AsName());
  if (!agent.pool().empty()) draft.agent_pools.push_back({pool.place(), agent.pool()});
  ReadSkills(map.Get("skills"), agent);
  std::vector<std::string> languages = policy::ReadLanguages(map.Get("languages"));
  std::sort(languages.begin(), languages.end());
  for (std::string& language : languages) agent.add_languages(std::move(language));
  agent.set_bot(map.Get("bot").AsBool(false));
  agent.set_capacity_units(
      static_cast<int32_t>(map.Get("capacity").AsInt(100, 1, agent.bot() ? 1'000'000 : 100)));
  agent.set_token_sha256(policy::ReadSecretHash(map.Get("token"), read_file));
}

}  // namespace

PoolsDraft ReadPoolSection(MapReader& policy, const policy::SecretFileReader& read_file) {
  PoolsDraft draft;
  policy::UniqueNames pools("pool");
  const Value list = policy.Require("pools");
  for (const Value& item : list.Items()) ReadPool(item, pools, draft);
  if (list.is_list() && draft.pools.empty()) list.Error("is empty; name at least one pool");
  policy::UniqueNames ids("agent");
  for (const Value& item : policy.Get("agents").Items()) {
    ReadAgent(item, read_file, ids, draft);
  }
  std::sort(draft.agents.begin(), draft.agents.end(),
            [](const auto& a, const auto& b) { return a.agent_id() < b.agent_id(); });
  return draft;
}

}  // namespace centralita::dispatch
