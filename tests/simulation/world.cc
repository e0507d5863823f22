#include "tests/simulation/world.h"

#include <algorithm>
#include <string>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/dispatch/dispatch.h"
#include "centralita/route/route.h"
#include "fmt/format.h"
#include "tests/golden/policies.h"

namespace centralita::simulation {
namespace {

constexpr base::Duration kRound{25};
// Rounds in which everything must come to its end: longer than all holds, graces and pauses.
constexpr int kMaxRounds = 4'000;
constexpr int kQuietRounds = 200;
constexpr int kMaxDelayRounds = 20;

uint32_t PartitionOf(const Agent& agent) {
  return base::PartitionOf(base::TenantKey(golden::kTenant, agent.pool()), kPartitions);
}

absl::Status Wrong(const std::string& what) {
  return base::Error(absl::StatusCode::kInternal, "simulation", what);
}

}  // namespace

World::World()
    : route_(
          disks_, common::v1::STAGE_ROUTE, base::topics::kRouting,
          [](uint32_t partition) { return std::make_unique<route::Route>(partition); }, oracle_),
      dispatch_(
          disks_, common::v1::STAGE_DISPATCH, base::topics::kCommands,
          [](uint32_t partition) { return std::make_unique<dispatch::Dispatch>(partition); },
          oracle_) {
  for (const char* pool : {"care", "sales"}) {
    for (int i = 0; i < golden::kAgentsPerPool; ++i)
      agents_.emplace_back(fmt::format("{}-{}", pool, i), pool, 100);
  }
  for (int i = 0; i < 2; ++i) gateways_.push_back(std::make_unique<Gateway>(disks_, i, agents_));
  ActivateNextPolicy();
  for (size_t i = 0; i < kRouters; ++i) Start(i);
}

absl::Status World::Do(const Step& step) {
  // Something always takes a little while.
  disks_.clock.Advance(base::Duration(step.a % 7));
  if (step.op <= Op::kPolicy) {
    DoCustomers(step);
  } else if (step.op <= Op::kBreak) {
    DoAgents(step);
  } else if (step.op <= Op::kGatewayCrash) {
    DoGateways(step);
  } else if (step.op <= Op::kWake) {
    ABSL_RETURN_IF_ERROR(DoRouters(step));
  } else if (step.op <= Op::kReleaseAcks) {
    DoFaults(step);
  } else {
    DoStore(step);
  }
  return Check();
}

void World::DoCustomers(const Step& step) {
  switch (step.op) {
    case Op::kSay:
      return customers_.Say(step.a, step.b);
    case Op::kSayAgain:
      return customers_.SayAgain(step.a);
    case Op::kReclassify:
      return customers_.Reclassify(step.a, step.b);
    case Op::kAmend:
      return customers_.Amend(step.a, step.b);
    case Op::kLink:
      return customers_.Link(step.a, step.b);
    default:
      return ActivateNextPolicy();
  }
}

void World::DoAgents(const Step& step) {
  Agent& agent = agents_[step.a % agents_.size()];
  switch (step.op) {
    case Op::kAct:
      return SendFrom(agent, agent.Act(step.b));
    case Op::kRetry:
      return SendFrom(agent, agent.Again());
    case Op::kArrive:
      // A connection that is still there is found dead later on.
      if (agent.connected()) gateways_[static_cast<size_t>(agent.gateway())]->Lose(agent);
      return gateways_[step.b % gateways_.size()]->Arrive(agent);
    case Op::kAway:
      if (agent.connected())
        gateways_[static_cast<size_t>(agent.gateway())]->SetStatus(
            agent, commands::v1::PRESENCE_STATUS_AWAY);
      return;
    case Op::kLeave:
      return Leave(agent);
    default:
      if (agent.connected()) gateways_[static_cast<size_t>(agent.gateway())]->Lose(agent);
  }
}

void World::Leave(Agent& agent) {
  if (!agent.connected()) return;
  gateways_[static_cast<size_t>(agent.gateway())]->SetStatus(agent,
                                                             commands::v1::PRESENCE_STATUS_OFFLINE);
  agent.Disconnect();
}

void World::SendFrom(Agent& agent, std::optional<commands::v1::Command> command) {
  if (command.has_value() && agent.connected())
    gateways_[static_cast<size_t>(agent.gateway())]->Send(*std::move(command));
}

void World::DoGateways(const Step& step) {
  Gateway& gateway = *gateways_[step.a % gateways_.size()];
  switch (step.op) {
    case Op::kFlush:
      return gateway.Flush(step.b + 1);
    case Op::kResend:
      return gateway.Resend(step.b);
    case Op::kDeliver:
      return gateway.Deliver(step.b % kPartitions);
    case Op::kWatch: {
      // Whoever it finds: the lease may be of yesterday.
      Router* const router = RouterOf(step.a / 2 + step.b);
      if (router != nullptr) gateway.Watch(step.b % kPartitions, *router);
      return;
    }
    default:
      return gateway.Crash();
  }
}

absl::Status World::DoRouters(const Step& step) {
  const size_t number = step.a % kRouters;
  Router* const router = routers_[number].get();
  switch (step.op) {
    case Op::kAlarm: {
      const auto& heard = oracle_.clocks();
      if (!heard.empty())
        AppendCommand(Oracle::AlarmOf(heard[heard.size() - 1 - step.a % heard.size()], step.b));
      return absl::OkStatus();
    }
    case Op::kRing:
      for (const auto& alarm : oracle_.AlarmsDue(now_ms())) AppendCommand(alarm);
      return absl::OkStatus();
    case Op::kRingOld:
      for (const auto& alarm : oracle_.AlarmsOfOldGenerations(now_ms())) AppendCommand(alarm);
      return absl::OkStatus();
    case Op::kWait:
      disks_.clock.Advance(base::Duration(step.a));
      return absl::OkStatus();
    case Op::kStart:
      if (router == nullptr) Start(number);
      return absl::OkStatus();
    default:
      break;
  }
  if (router == nullptr) return absl::OkStatus();
  switch (step.op) {
    case Op::kStep:
      return Turn(number);
    case Op::kBackground:
      router->RunJobs();
      return absl::OkStatus();
    case Op::kCrash:
      router->process().Crash();
      Bury(number);
      return absl::OkStatus();
    case Op::kCrashAt:
      router->process().CrashAtStep(step.b + 1);
      return absl::OkStatus();
    case Op::kDrain:
      router->Drain();
      Bury(number);
      return absl::OkStatus();
    case Op::kZombie:
      disks_.log.SetZombie(router->process(), true);
      return absl::OkStatus();
    default:
      disks_.log.SetZombie(router->process(), false);
      return absl::OkStatus();
  }
}

void World::DoFaults(const Step& step) {
  Router* const router = RouterOf(step.a);
  if (router == nullptr) return;
  switch (step.op) {
    case Op::kFailAppend:
      return router->log().FailNext(step.b + 1, false);
    case Op::kLoseAck:
      return router->log().FailNext(step.b + 1, true);
    case Op::kHoldAcks:
      return router->log().HoldAcks();
    default:
      router->log().ReleaseAcks(step.b == 0 ? SIZE_MAX : step.b);
  }
}

void World::DoStore(const Step& step) {
  switch (step.op) {
    case Op::kStoreDown:
      return disks_.store.SetDown(true);
    case Op::kStoreUp:
      return disks_.store.SetDown(false);
    case Op::kLoseAnswer:
      return disks_.store.LoseNextAnswer();
    case Op::kKeepStore:
      kept_store_ = disks_.store.Copy();
      return;
    case Op::kRollBack:
      if (kept_store_.has_value()) disks_.store.Restore(*kept_store_);
      return;
    default:
      disks_.store.Restore({});
  }
}

void World::ActivateNextPolicy() {
  ++policy_;
  const auto route = golden::RoutePolicy(policy_);
  for (uint32_t partition = 0; partition < kPartitions; ++partition)
    Append(base::topics::kRouting, partition, "", route.SerializeAsString());
  for (const auto& command : golden::PoolPolicies(policy_)) AppendCommand(command);
}

void World::Append(std::string_view topic, uint32_t partition, const std::string& key,
                   const std::string& value) {
  disks_.log.Append(std::string(topic), partition, key, value);
}

void World::AppendCommand(const commands::v1::Command& command) {
  const std::string key = base::TenantKey(command.tenant(), command.pool());
  Append(base::topics::kCommands, base::PartitionOf(key, kPartitions), key,
         command.SerializeAsString());
}

void World::Start(size_t number) {
  routers_[number] = std::make_unique<Router>(disks_, fmt::format("router-{}", started_++));
}

absl::Status World::Turn(size_t number) {
  const absl::Status turned = routers_[number]->Turn();
  if (absl::IsCancelled(turned)) {
    Bury(number);
    return absl::OkStatus();
  }
  return turned;
}

void World::Bury(size_t number) {
  ++crashes_;
  disks_.log.SetZombie(routers_[number]->process(), false);
  routers_[number].reset();
}

// ---- what must hold

absl::Status World::Check() {
  // Shards first: what they closed, route hears of.
  ABSL_RETURN_IF_ERROR(dispatch_.Follow());
  ABSL_RETURN_IF_ERROR(route_.Follow());
  for (const auto topic : {base::topics::kRouting, base::topics::kCommands, base::topics::kEvents,
                           base::topics::kOutbound, base::topics::kIdentity}) {
    ABSL_RETURN_IF_ERROR(route_.Compare(topic));
    ABSL_RETURN_IF_ERROR(dispatch_.Compare(topic));
  }
  ABSL_RETURN_IF_ERROR(CheckResyncs());
  return CheckAgents();
}

absl::Status World::CheckResyncs() {
  for (auto& gateway : gateways_) {
    for (uint32_t partition = 0; partition < kPartitions; ++partition) {
      if (gateway->TakeResynced(partition) != dispatch_.next_offset(partition)) continue;
      for (const Agent& agent : agents_) {
        if (agent.gateway() != gateway->number() || PartitionOf(agent) != partition) continue;
        ABSL_RETURN_IF_ERROR(CompareView(agent));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status World::CheckAgents() const {
  for (const Agent& agent : agents_) {
    if (agent.Load() > agent.capacity())
      return Wrong(fmt::format("agent {} sees {} units of {}: {}", agent.id(), agent.Load(),
                               agent.capacity(), agent.View()));
  }
  return absl::OkStatus();
}

absl::Status World::CheckViews() {
  // What was appended last may be on its way to them.
  absl::Status seen = CompareViews();
  for (int round = 0; round < kMaxDelayRounds && !seen.ok(); ++round) {
    ABSL_RETURN_IF_ERROR(Round(base::Duration(0)));
    seen = CompareViews();
  }
  return seen;
}

absl::Status World::CompareViews() {
  for (const Agent& agent : agents_) {
    if (agent.connected()) ABSL_RETURN_IF_ERROR(CompareView(agent));
  }
  return absl::OkStatus();
}

absl::Status World::CompareView(const Agent& agent) {
  const auto& machine =
      static_cast<const dispatch::Dispatch&>(dispatch_.machine(PartitionOf(agent)));
  Agent must("", "", 0);
  const std::string incarnation = agent.session().substr(0, agent.session().find('/'));
  machine.ForEachAgentUpdate(incarnation, [&](const owner::v1::AgentUpdate& update) {
    if (update.session() == agent.session()) must.Take(update.update());
  });
  if (must.View() == agent.View()) return absl::OkStatus();
  return Wrong(
      fmt::format("agent {} sees: {}\n  and has: {}", agent.id(), agent.View(), must.View()));
}

// ---- coming to rest

void World::WatchOwners() {
  for (uint32_t partition = 0; partition < kPartitions; ++partition) {
    for (const auto& router : routers_) {
      if (!router->hub().Owned().contains(partition)) continue;
      for (auto& gateway : gateways_) {
        if (gateway->Watched(partition) != router.get()) gateway->Watch(partition, *router);
      }
    }
  }
}

absl::Status World::Round(base::Duration passes) {
  disks_.clock.Advance(passes);
  for (auto& gateway : gateways_) gateway->Flush(UINT32_MAX);
  for (const auto& alarm : oracle_.AlarmsDue(now_ms())) AppendCommand(alarm);
  for (size_t i = 0; i < kRouters; ++i) {
    routers_[i]->RunJobs();
    ABSL_RETURN_IF_ERROR(Turn(i));
    if (routers_[i] == nullptr) Start(i);
  }
  WatchOwners();
  for (auto& gateway : gateways_) {
    for (uint32_t partition = 0; partition < kPartitions; ++partition) gateway->Deliver(partition);
  }
  return Check();
}

absl::Status World::Settle() {
  disks_.store.SetDown(false);
  for (size_t i = 0; i < kRouters; ++i) {
    if (routers_[i] == nullptr) Start(i);
    disks_.log.SetZombie(routers_[i]->process(), false);
    routers_[i]->log().FailNext(0, false);
    routers_[i]->log().ReleaseAcks();
  }
  // First nobody does anything: what agents see must become what they have.
  for (int round = 0; round < kQuietRounds; ++round) ABSL_RETURN_IF_ERROR(Round(kRound));
  ABSL_RETURN_IF_ERROR(CheckViews());
  absl::Status done;
  for (int round = 0; round < kMaxRounds; ++round) {
    for (Agent& agent : agents_) {
      if (!agent.connected()) {
        gateways_[0]->Arrive(agent);
      } else if (agent.status() != commands::v1::PRESENCE_STATUS_AVAILABLE) {
        gateways_[static_cast<size_t>(agent.gateway())]->SetStatus(
            agent, commands::v1::PRESENCE_STATUS_AVAILABLE);
      }
      SendFrom(agent, agent.Finish());
    }
    ABSL_RETURN_IF_ERROR(Round(kRound));
    done = oracle_.AllDone(customers_.delivered());
    if (done.ok()) break;
  }
  ABSL_RETURN_IF_ERROR(done);
  for (int round = 0; round < kQuietRounds; ++round) ABSL_RETURN_IF_ERROR(Round(kRound));
  ABSL_RETURN_IF_ERROR(route_.Complete());
  ABSL_RETURN_IF_ERROR(dispatch_.Complete());
  ABSL_RETURN_IF_ERROR(CheckViews());
  return oracle_.AllDone(customers_.delivered());
}

}  // namespace centralita::simulation
