#include "policy_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "centralita/config/nearest.h"
#include "centralita/policy/names.h"

namespace centralita::app {
namespace {

using config::Place;
using config::Problems;
using directory::v1::Agent;
using policy::Reference;
using policy::v1::PoolSection;
using policy::v1::Step;

using Names = std::vector<std::string_view>;

bool Contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void CheckKnown(const std::vector<Reference>& references, const Names& known, std::string_view what,
                Problems& problems) {
  for (const Reference& reference : references) {
    if (Contains(known, reference.name)) continue;
    problems.Error(reference.place, fmt::format("there is no {} '{}'{}", what, reference.name,
                                                config::Suggestion(reference.name, known)));
  }
}

void CheckIntents(const PolicyDrafts& drafts, Problems& problems) {
  Names known(drafts.rules.section.intents().begin(), drafts.rules.section.intents().end());
  // Given when no rule matches, whatever the policy names.
  if (!Contains(known, "other")) known.push_back("other");
  CheckKnown(drafts.rules.intents, known, "intent", problems);
  CheckKnown(drafts.clocks.intents, known, "intent", problems);
  CheckKnown(drafts.routes.intents, known, "intent", problems);
}

void CheckTags(const PolicyDrafts& drafts, Problems& problems) {
  const auto built_in = policy::BuiltInTags();
  std::set<std::string_view> set(built_in.begin(), built_in.end());
  for (const auto& rule : drafts.rules.section.rules()) {
    set.insert(rule.tags().begin(), rule.tags().end());
  }
  const Names known(set.begin(), set.end());
  for (const auto* references : {&drafts.rules.tags, &drafts.clocks.tags, &drafts.routes.tags}) {
    for (const Reference& tag : *references) {
      if (set.contains(tag.name)) continue;
      problems.Warn(tag.place, fmt::format("no rule gives the tag '{}'{}", tag.name,
                                           config::Suggestion(tag.name, known)));
    }
  }
}

void CheckCalendars(const PolicyDrafts& drafts, Problems& problems) {
  Names known;
  for (const auto& calendar : drafts.clocks.calendars.definitions) known.push_back(calendar.name());
  for (const auto* references : {&drafts.clocks.references.calendars,
                                 &drafts.routes.references.calendars, &drafts.pools.calendars}) {
    CheckKnown(*references, known, "calendar", problems);
  }
}

void CheckTenants(const PolicyDrafts& drafts, Problems& problems) {
  Names known;
  for (const policy::TenantDraft& tenant : drafts.tenants) known.push_back(tenant.id);
  CheckKnown(drafts.clocks.references.tenants, known, "tenant", problems);
  CheckKnown(drafts.routes.references.tenants, known, "tenant", problems);
}

bool HasSkill(const Agent& agent, const directory::v1::Skill& wanted) {
  return std::any_of(agent.skills().begin(), agent.skills().end(), [&](const auto& skill) {
    return skill.name() == wanted.name() && skill.level() >= wanted.level();
  });
}

bool HasSkills(const Agent& agent, const Step& step) {
  return std::all_of(step.skills().begin(), step.skills().end(),
                     [&](const auto& skill) { return HasSkill(agent, skill); });
}

bool Speaks(const Agent& agent, const std::string& language) {
  return std::find(agent.languages().begin(), agent.languages().end(), language) !=
         agent.languages().end();
}

// Checks the steps of routes against pools and their agents.
class StepChecks final {
 public:
  StepChecks(const PolicyDrafts& drafts, Problems& problems)
      : drafts_(drafts), problems_(problems) {
    for (const PoolSection& pool : drafts.pools.pools) pools_.push_back(pool.pool());
    std::set<std::string_view> skills;
    for (const Agent& agent : drafts.pools.agents) {
      for (const auto& skill : agent.skills()) skills.insert(skill.name());
    }
    skills_.assign(skills.begin(), skills.end());
  }

  void Run() {
    CheckKnown(drafts_.pools.agent_pools, pools_, "pool", problems_);
    for (int i = 0; i < drafts_.routes.section.routes_size(); ++i) {
      const policy::v1::Route& route = drafts_.routes.section.routes(i);
      if (!route.has_answer() && !route.pool().empty()) {
        CheckRoute(route, drafts_.routes.places[static_cast<size_t>(i)]);
      }
    }
    CheckClockQueues();
    CheckLimits();
    CheckBots();
    WarnOfUnused();
  }

 private:
  // Pools without such a queue keep the conversation where it is.
  void CheckClockQueues() {
    Names known;
    for (const PoolSection& pool : drafts_.pools.pools) {
      for (const auto& queue : pool.queues()) known.push_back(queue.name());
    }
    CheckKnown(drafts_.clocks.queues, known, "queue", problems_);
    for (const Reference& queue : drafts_.clocks.queues) {
      for (const PoolSection& pool : drafts_.pools.pools) used_.insert({pool.pool(), queue.name});
    }
  }

  // Where limits and bounces lead.
  void CheckLimits() {
    for (const auto& [index, queue] : drafts_.pools.own_queues) {
      CheckQueue(drafts_.pools.pools[index], queue);
    }
    for (const auto& [name, queue] : drafts_.pools.other_pools) {
      const PoolSection* const pool = FindPool(name.name, name.place);
      if (pool == nullptr) continue;
      const Reference first{name.place, pool->queues_size() > 0 ? pool->queues(0).name() : ""};
      CheckQueue(*pool, queue.name.empty() ? first : queue);
    }
  }

  void CheckQueue(const PoolSection& pool, const Reference& queue) {
    Names queues;
    for (const auto& known : pool.queues()) queues.push_back(known.name());
    if (queue.name.empty()) return;
    used_.insert({pool.pool(), queue.name});
    if (Contains(queues, queue.name)) return;
    problems_.Error(queue.place, fmt::format("the pool '{}' has no queue '{}'{}", pool.pool(),
                                             queue.name, config::Suggestion(queue.name, queues)));
  }

  // What bots must not have needs people where it goes in the end.
  void CheckBots() {
    const policy::v1::RouteSection& section = drafts_.routes.section;
    if (section.routes().empty()) return;
    const std::string& pool = section.routes().rbegin()->pool();
    if (!HasOnlyBots(drafts_.pools, pool)) return;
    if (!section.bots().has_never_for()) {
      problems_.Warn(drafts_.routes.places.back().pool,
                     fmt::format("leads to the pool '{}', which has only bots: what they hand on "
                                 "finds nobody",
                                 pool));
      return;
    }
    problems_.Error(drafts_.routes.never_for_bots,
                    fmt::format("keeps work from bots, but the last route leads to the pool '{}', "
                                "which has nobody else; give that route a pool with people",
                                pool));
  }

  // Null, with a problem at `place`, if there is none.
  const PoolSection* FindPool(const std::string& name, const Place& place) {
    for (const PoolSection& pool : drafts_.pools.pools) {
      if (pool.pool() == name) return &pool;
    }
    if (!name.empty()) {
      problems_.Error(
          place, fmt::format("there is no pool '{}'{}", name, config::Suggestion(name, pools_)));
    }
    return nullptr;
  }

  void CheckRoute(const policy::v1::Route& route, const route::RoutePlaces& places) {
    const PoolSection* pool = FindPool(route.pool(), places.pool);
    std::vector<std::pair<std::string, std::string>> seen;
    for (int i = 0; i < route.steps_size(); ++i) {
      const auto& at = places.steps[static_cast<size_t>(i)];
      const Step& step = route.steps(i);
      if (i > 0 && !step.pool().empty()) pool = FindPool(step.pool(), at.pool);
      if (pool == nullptr) continue;
      CheckStep(*pool, step, i + 1 == route.steps_size(), at);
      // Who comes to a pool goes on from the route's first step there with that queue.
      const std::pair here(pool->pool(), step.queue());
      if (!seen.empty() && seen.back() != here && std::ranges::find(seen, here) != seen.end()) {
        problems_.Error(
            at.queue, "was in this route before, which would start there anew; name another queue");
      }
      seen.push_back(here);
    }
  }

  void CheckStep(const PoolSection& pool, const Step& step, bool last,
                 const route::StepPlaces& places) {
    CheckQueue(pool, {places.queue, step.queue()});
    bool skills_exist = true;
    for (int i = 0; i < step.skills_size(); ++i) {
      const std::string& skill = step.skills(i).name();
      if (Contains(skills_, skill)) continue;
      skills_exist = false;
      problems_.Warn(
          places.skills[static_cast<size_t>(i)],
          fmt::format("no agent has the skill '{}'{}", skill, config::Suggestion(skill, skills_)));
    }
    if (skills_exist) WarnIfNobodyCan(pool, step, last, places.step);
  }

  void WarnIfNobodyCan(const PoolSection& pool, const Step& step, bool last, const Place& place) {
    std::vector<const Agent*> able;
    for (const Agent& agent : drafts_.pools.agents) {
      if (agent.pool() == pool.pool() && HasSkills(agent, step)) able.push_back(&agent);
    }
    if (able.empty()) {
      problems_.Warn(place, fmt::format("no agent of the pool '{}' could take this{}", pool.pool(),
                                        WhyNobody(pool, step)));
      return;
    }
    // An earlier step may well be for some languages only; behind the last one nothing comes.
    if (!last || !step.match_language()) return;
    std::set<std::string> missing;
    for (const policy::TenantDraft& tenant : drafts_.tenants) {
      for (const std::string& language : tenant.section.languages()) {
        const bool spoken = std::any_of(
            able.begin(), able.end(), [&](const Agent* agent) { return Speaks(*agent, language); });
        if (!spoken) missing.insert(language);
      }
    }
    if (missing.empty()) return;
    problems_.Warn(place,
                   fmt::format("no agent of the pool '{}' could take this in {}, and no step "
                               "without match_language comes after it",
                               pool.pool(), fmt::join(missing, ", ")));
  }

  // Each requirement that nobody of the pool meets by itself, with the best that there is.
  std::string WhyNobody(const PoolSection& pool, const Step& step) const {
    bool anybody = false;
    for (const Agent& agent : drafts_.pools.agents) anybody |= agent.pool() == pool.pool();
    if (!anybody) return ": it has no agents";
    std::string why;
    for (const auto& wanted : step.skills()) {
      int best = 0;
      for (const Agent& agent : drafts_.pools.agents) {
        if (agent.pool() != pool.pool()) continue;
        for (const auto& skill : agent.skills()) {
          if (skill.name() == wanted.name()) best = std::max(best, skill.level());
        }
      }
      if (best >= wanted.level()) continue;
      why += fmt::format("{} {} {} is asked for, {}", why.empty() ? ":" : ",", wanted.name(),
                         wanted.level(),
                         best == 0 ? "nobody has it" : fmt::format("the best has {}", best));
    }
    return why.empty() ? ": nobody has all its skills at once" : why;
  }

  void WarnOfUnused() {
    for (size_t i = 0; i < drafts_.pools.pools.size(); ++i) {
      const PoolSection& pool = drafts_.pools.pools[i];
      const bool has_agent =
          std::any_of(drafts_.pools.agents.begin(), drafts_.pools.agents.end(),
                      [&](const Agent& agent) { return agent.pool() == pool.pool(); });
      if (!has_agent) problems_.Warn(drafts_.pools.places[i], "has no agents");
      for (int q = 0; q < pool.queues_size(); ++q) {
        if (used_.contains({pool.pool(), pool.queues(q).name()})) continue;
        problems_.Warn(drafts_.pools.queues[i][static_cast<size_t>(q)],
                       fmt::format("no route leads to the queue '{}'", pool.queues(q).name()));
      }
    }
  }

  const PolicyDrafts& drafts_;
  Problems& problems_;
  Names pools_;
  Names skills_;
  std::set<std::pair<std::string, std::string>> used_;
};

}  // namespace

bool HasOnlyBots(const dispatch::PoolsDraft& draft, std::string_view pool) {
  bool any = false;
  for (const Agent& agent : draft.agents) {
    if (agent.pool() != pool) continue;
    if (!agent.bot()) return false;
    any = true;
  }
  return any;
}

void CheckPolicy(const PolicyDrafts& drafts, Problems& problems) {
  CheckIntents(drafts, problems);
  CheckCalendars(drafts, problems);
  CheckTenants(drafts, problems);
  CheckTags(drafts, problems);
  StepChecks(drafts, problems).Run();
}

}  // namespace centralita::app
