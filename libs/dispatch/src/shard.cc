#include "shard.h"

#include <algorithm>
#include <utility>

#include "centralita/base/key.h"

namespace centralita::dispatch {
namespace {

// Neither pools nor ids may hold this byte (libs/policy, ingest), so keys are unique.
constexpr char kBorder = '\x1f';

}  // namespace

Shard::Shard(std::string_view tenant, std::string_view pool, ChangedKeys& changed,
             Sessions& sessions)
    : key_(base::TenantKey(tenant, pool)),
      pool_event_key_(base::TenantKey(tenant, std::string("pool/").append(pool))),
      changed_(changed),
      sessions_(sessions) {
  counters.set_tenant(tenant.data(), tenant.size());
  counters.set_pool(pool.data(), pool.size());
  counters.set_next_arrival(1);
  policy.set_tenant(counters.tenant());
  policy.set_pool(counters.pool());
}

std::string Shard::ConversationKey(std::string_view id) const {
  std::string key = "c/" + key_;
  key.push_back(kBorder);
  return key.append(id);
}

std::string Shard::AgentKey(std::string_view id) const {
  std::string key = "a/" + key_;
  key.push_back(kBorder);
  return key.append(id);
}

Conversation* Shard::Find(std::string_view id) {
  const auto it = conversations_.find(id);
  return it == conversations_.end() ? nullptr : it->second.get();
}

Conversation& Shard::Create(std::string_view id) {
  auto conversation = std::make_unique<Conversation>();
  Conversation& created = *conversation;
  created.state.set_tenant(tenant());
  created.state.set_pool(pool());
  created.state.set_conversation_id(id.data(), id.size());
  created.state.set_arrival(counters.next_arrival());
  counters.set_next_arrival(counters.next_arrival() + 1);
  UpdateCounters();
  conversations_.emplace(std::string(id), std::move(conversation));
  by_arrival_.emplace(created.state.arrival(), &created);
  return created;
}

void Shard::Remove(Conversation& conversation) {
  LeaveQueue(conversation);
  conversation.state.set_phase(state::DISPATCH_PHASE_UNSPECIFIED);
  IndexHolder(conversation);
  SetTimer(conversation.timer, kNoTime, conversation.state.arrival(), {});
  by_arrival_.erase(conversation.state.arrival());
  if (!conversation.dirty)
    changed_.push_back(ConversationKey(conversation.state.conversation_id()));
  conversations_.erase(conversations_.find(conversation.state.conversation_id()));
}

Agent* Shard::FindAgent(std::string_view id) {
  const auto it = agents_.find(id);
  return it == agents_.end() ? nullptr : it->second.get();
}

Agent& Shard::FindOrCreateAgent(std::string_view id) {
  if (Agent* const agent = FindAgent(id)) return *agent;
  auto agent = std::make_unique<Agent>();
  agent->state.set_tenant(tenant());
  agent->state.set_pool(pool());
  agent->state.set_agent_id(id.data(), id.size());
  agent->state.set_arrival(counters.next_arrival());
  counters.set_next_arrival(counters.next_arrival() + 1);
  UpdateCounters();
  return *agents_.emplace(std::string(id), std::move(agent)).first->second;
}

void Shard::Remove(Agent& agent) {
  agent.state.clear_record();
  agent.state.clear_session();
  agent.state.clear_grace_until_unix_ms();
  Index(agent);
  if (!agent.dirty) changed_.push_back(AgentKey(agent.state.agent_id()));
  agents_.erase(agents_.find(agent.state.agent_id()));
}

void Shard::Update(Conversation& conversation) {
  if (!conversation.dirty) {
    conversation.dirty = true;
    changed_.push_back(ConversationKey(conversation.state.conversation_id()));
  }
  Index(conversation);
}

void Shard::Update(Agent& agent) {
  if (!agent.dirty) {
    agent.dirty = true;
    changed_.push_back(AgentKey(agent.state.agent_id()));
  }
  Index(agent);
}

void Shard::UpdateCounters() {
  if (counters_dirty) return;
  counters_dirty = true;
  changed_.push_back(CountersKey());
}

void Shard::UpdatePolicy() {
  if (policy_dirty) return;
  policy_dirty = true;
  changed_.push_back(PolicyKey());
}

int64_t Shard::NextDue() const {
  if (counters.sweep() != state::DISPATCH_SWEEP_UNSPECIFIED) return 0;
  int64_t due = timers_.empty() ? kNoTime : timers_.begin()->first.due;
  if (counters.pace_until_unix_ms() > 0) due = std::min(due, counters.pace_until_unix_ms());
  return due;
}

void Shard::LoadConversation(state::DispatchConversation saved) {
  auto conversation = std::make_unique<Conversation>();
  conversation->state = std::move(saved);
  by_arrival_.emplace(conversation->state.arrival(), conversation.get());
  std::string id = conversation->state.conversation_id();
  conversations_.insert_or_assign(std::move(id), std::move(conversation));
}

void Shard::LoadAgent(state::DispatchAgent saved) {
  auto agent = std::make_unique<Agent>();
  agent->state = std::move(saved);
  agent->IndexRecent();
  std::string id = agent->state.agent_id();
  agents_.insert_or_assign(std::move(id), std::move(agent));
}

void Shard::CompilePolicy() {
  calendars_ = sla::Calendars(policy.calendars());
  previous_calendars_ = sla::Calendars(policy.previous_calendars());
  clock_rules_.clear();
  for (int i = 0; i < policy.clock_rules_size(); ++i) {
    clock_rules_.try_emplace(policy.clock_rules(i).name(), i);
  }
  CompileLimits();
}

const clocks::v1::ClockSpec* Shard::ClockRule(std::string_view rule) const {
  const auto found = clock_rules_.find(rule);
  return found == clock_rules_.end() ? nullptr : &policy.clock_rules(found->second).spec();
}

void Shard::BuildIndexes() {
  CompilePolicy();
  for (auto& [id, agent] : agents_) Index(*agent);
  for (auto& [arrival, conversation] : by_arrival_) Index(*conversation);
}

}  // namespace centralita::dispatch
