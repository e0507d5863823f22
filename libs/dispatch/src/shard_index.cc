// How the indexes follow the objects' states.
#include <algorithm>
#include <utility>

#include "centralita/base/strings.h"
#include "shard.h"

namespace centralita::dispatch {
namespace {

constexpr size_t kKeptSignatures = 4096;

int64_t PhaseDue(const state::DispatchConversation& c) {
  switch (c.phase()) {
    case state::DISPATCH_PHASE_QUEUED: {
      if (!c.ripe()) return c.eligible_unix_ms();
      int64_t due = kNoTime;
      const auto step = static_cast<int>(c.step());
      if (step + 1 < c.steps_size() && c.steps(step).for_ms() > 0) {
        due = c.step_since_unix_ms() + c.steps(step).for_ms();
      }
      for (const auto& cooldown : c.cooldowns()) due = std::min(due, cooldown.until_unix_ms());
      return due;
    }
    case state::DISPATCH_PHASE_OFFERED:
      return c.offer().lease_until_unix_ms();
    case state::DISPATCH_PHASE_ACTIVE:
      return c.silent_until_unix_ms() > 0 ? c.silent_until_unix_ms() : kNoTime;
    case state::DISPATCH_PHASE_WAITING:
      return c.hold_until_unix_ms() > 0 ? c.hold_until_unix_ms() : kNoTime;
    default:
      return kNoTime;
  }
}

int64_t ConversationDue(const state::DispatchConversation& c) {
  int64_t due = PhaseDue(c);
  for (const auto& notice : c.notices()) due = std::min(due, notice.due_unix_ms());
  return due;
}

bool HasHolder(const state::DispatchConversation& c) {
  return c.phase() == state::DISPATCH_PHASE_OFFERED || c.phase() == state::DISPATCH_PHASE_ACTIVE ||
         c.phase() == state::DISPATCH_PHASE_WAITING;
}

int32_t UnitsHeld(const state::DispatchConversation& c) {
  return HasHolder(c) && !(c.phase() == state::DISPATCH_PHASE_WAITING && c.freed()) ? c.units() : 0;
}

// What a conversation asks for, as one string without ambiguity.
void AppendPart(std::string& key, std::string_view part) {
  key.append(std::to_string(part.size())).push_back(':');
  key.append(part);
}

std::string_view LanguageAskedFor(const state::DispatchConversation& c) {
  if (!c.steps(static_cast<int>(c.step())).match_language()) return {};
  const std::string& language = c.facts().language();
  return language == "und" ? std::string_view() : std::string_view(language);
}

void WriteSignatureKey(const state::DispatchConversation& c, std::string& key) {
  key.clear();
  const auto& step = c.steps(static_cast<int>(c.step()));
  AppendPart(key, step.queue());
  AppendPart(key, LanguageAskedFor(c));
  key.append(std::to_string(c.units()));
  if (c.facts().people_only()) key.push_back('p');
  for (const auto& skill : step.skills()) {
    AppendPart(key.append("/"), skill.name());
    key.append(std::to_string(skill.level()));
  }
}

ClassFit FitOf(const AgentClass& agents, const Signature& signature) {
  if (signature.people_only && agents.bot) return {Fit::kBot, 0};
  ClassFit fit;
  for (const auto& wanted : signature.skills) {
    const auto has = std::find_if(agents.skills.begin(), agents.skills.end(),
                                  [&](const auto& skill) { return skill.name() == wanted.name(); });
    if (has == agents.skills.end() || has->level() < wanted.level()) return {Fit::kSkill, 0};
    fit.level += has->level();
  }
  if (!signature.language.empty() && std::find(agents.languages.begin(), agents.languages.end(),
                                               signature.language) == agents.languages.end()) {
    return {Fit::kLanguage, 0};
  }
  return fit;
}

std::string ClassKey(const directory::v1::Agent& agent) {
  std::string key = std::to_string(agent.capacity_units());
  if (agent.bot()) key.push_back('b');
  for (const auto& skill : agent.skills()) {
    AppendPart(key.append("/"), skill.name());
    key.append(std::to_string(skill.level()));
  }
  for (const auto& language : agent.languages()) AppendPart(key.append("~"), language);
  return key;
}

}  // namespace

void Shard::Index(Conversation& conversation) {
  IndexHolder(conversation);
  IndexQueue(conversation);
  SetTimer(conversation.timer, ConversationDue(conversation.state), conversation.state.arrival(),
           {&conversation, nullptr});
}

void Shard::SetTimer(int64_t& slot, int64_t due, uint64_t arrival, TimerTarget target) {
  if (slot == due) return;
  if (slot != kNoTime) timers_.erase({slot, arrival});
  if (due != kNoTime) timers_.emplace(TimerKey{due, arrival}, target);
  slot = due;
}

void Shard::IndexHolder(Conversation& conversation) {
  const auto& c = conversation.state;
  Agent* holder = nullptr;
  if (HasHolder(c)) {
    holder = conversation.holder != nullptr && conversation.holder->state.agent_id() == c.agent_id()
                 ? conversation.holder
                 : FindAgent(c.agent_id());
  }
  const int32_t units = holder == nullptr ? 0 : UnitsHeld(c);
  if (holder == conversation.holder && units == conversation.counted_units) return;
  if (Agent* const before = conversation.holder) {
    before->load -= conversation.counted_units;
    if (holder != before) before->work.erase(c.arrival());
    if (holder != before) Place(*before);
  }
  conversation.holder = holder;
  conversation.counted_units = units;
  if (holder != nullptr) {
    holder->load += units;
    holder->work.emplace(c.arrival(), &conversation);
    Place(*holder);
  }
}

void Shard::IndexQueue(Conversation& conversation) {
  const auto& c = conversation.state;
  if (c.phase() != state::DISPATCH_PHASE_QUEUED || !c.ripe()) {
    LeaveQueue(conversation);
    return;
  }
  const QueueKey place{c.due_unix_ms(), c.eligible_unix_ms(), c.arrival()};
  Signature& signature = SignatureOf(conversation);
  if (conversation.signature != &signature || conversation.place != place) {
    LeaveQueue(conversation);
    Enqueue(conversation, signature, place);
  }
  if (!watches_.empty()) Watch(conversation);
}

void Shard::Watch(Conversation& conversation) {
  if (conversation.watch != nullptr) return;
  const auto watch = watches_.find(conversation.QueueName());
  if (watch == watches_.end() || !watch->second.active) return;
  conversation.watch = &watch->second;
  conversation.watch->waiting.emplace(conversation.place.eligible, conversation.place.arrival);
}

void Shard::CompileLimits() {
  for (auto& [queue, watch] : watches_) watch.active = false;
  for (const auto& queue : policy.section().queues()) {
    if (!queue.limits().empty()) watches_[queue.name()].active = true;
  }
}

const QueueWatch* Shard::WatchOf(std::string_view queue) const {
  const auto watch = watches_.find(queue);
  return watch == watches_.end() || !watch->second.active ? nullptr : &watch->second;
}

void Shard::Enqueue(Conversation& conversation, Signature& signature, const QueueKey& place) {
  if (signature.waiting.empty()) {
    heads_.emplace(place, &signature);
  } else if (place < signature.waiting.begin()->first) {
    heads_.erase(signature.waiting.begin()->first);
    heads_.emplace(place, &signature);
  }
  signature.waiting.emplace(place, &conversation);
  conversation.signature = &signature;
  conversation.place = place;
}

void Shard::LeaveQueue(Conversation& conversation) {
  Signature* const signature = conversation.signature;
  if (signature == nullptr) return;
  const auto it = signature->waiting.find(conversation.place);
  const bool was_head = it == signature->waiting.begin();
  signature->waiting.erase(it);
  if (was_head) {
    heads_.erase(conversation.place);
    if (!signature->waiting.empty()) heads_.emplace(signature->waiting.begin()->first, signature);
  }
  conversation.signature = nullptr;
  if (conversation.watch == nullptr) return;
  conversation.watch->waiting.erase({conversation.place.eligible, conversation.place.arrival});
  conversation.watch = nullptr;
}

Signature& Shard::SignatureOf(const Conversation& conversation) {
  const auto& c = conversation.state;
  WriteSignatureKey(c, scratch_);
  // The usual case: it asks for what it asked for.
  if (conversation.signature != nullptr && conversation.signature->key == scratch_)
    return *conversation.signature;
  if (const auto it = signatures_.find(scratch_); it != signatures_.end()) return *it->second;
  if (signatures_.size() >= kKeptSignatures) DropEmptySignatures();
  auto signature = std::make_unique<Signature>();
  const auto& step = c.steps(static_cast<int>(c.step()));
  signature->key = scratch_;
  signature->skills.assign(step.skills().begin(), step.skills().end());
  signature->language = LanguageAskedFor(c);
  signature->units = c.units();
  signature->people_only = c.facts().people_only();
  return *signatures_.emplace(scratch_, std::move(signature)).first->second;
}

void Shard::DropEmptySignatures() {
  absl::erase_if(signatures_, [](const auto& entry) { return entry.second->waiting.empty(); });
}

const std::vector<AgentClass*>& Shard::classes() {
  if (class_list_generation_ != class_generation_) {
    class_list_.clear();
    for (auto& [key, agents] : classes_) {
      agents->index = class_list_.size();
      class_list_.push_back(agents.get());
    }
    class_list_generation_ = class_generation_;
  }
  return class_list_;
}

const std::vector<ClassFit>& Shard::FitsOf(Signature& signature) {
  if (signature.fits_generation != class_generation_) {
    signature.fits.clear();
    for (const AgentClass* const agents : classes())
      signature.fits.push_back(FitOf(*agents, signature));
    signature.fits_generation = class_generation_;
  }
  return signature.fits;
}

void Shard::Index(Agent& agent) {
  IndexClass(agent);
  Place(agent);
  IndexSession(agent);
  const int64_t grace = agent.state.grace_until_unix_ms();
  SetTimer(agent.timer, grace > 0 ? grace : kNoTime, agent.state.arrival(), {nullptr, &agent});
}

void Shard::IndexClass(Agent& agent) {
  AgentClass* const before = agent.agent_class;
  AgentClass* after = nullptr;
  if (agent.state.has_record()) {
    // A record changes only with its version.
    if (before != nullptr && agent.class_version == agent.state.version()) return;
    agent.class_version = agent.state.version();
    auto& slot = classes_[ClassKey(agent.state.record())];
    if (slot == nullptr) {
      const auto& record = agent.state.record();
      slot = std::make_unique<AgentClass>();
      slot->capacity = record.capacity_units();
      slot->bot = record.bot();
      slot->skills.assign(record.skills().begin(), record.skills().end());
      slot->languages.assign(record.languages().begin(), record.languages().end());
      ++class_generation_;
    }
    after = slot.get();
  }
  if (before == after) return;
  Unplace(agent);
  agent.agent_class = after;
  if (after != nullptr) ++after->members;
  if (before != nullptr && --before->members == 0) {
    absl::erase_if(classes_, [&](const auto& entry) { return entry.second.get() == before; });
    ++class_generation_;
  }
}

void Shard::Unplace(Agent& agent) {
  if (!agent.listed) return;
  AgentClass& agents = *agent.agent_class;
  agents.available.erase(agent.place);
  const auto count = agents.loads.find(agent.place.load);
  if (--count->second == 0) agents.loads.erase(count);
  agent.listed = false;
}

void Shard::Place(Agent& agent) {
  const AvailableKey place{agent.load, agent.state.idle_since_unix_ms(), &agent};
  const bool available = agent.Available() && agent.agent_class != nullptr;
  if (agent.listed && available && place.load == agent.place.load &&
      place.idle_since == agent.place.idle_since) {
    return;
  }
  Unplace(agent);
  if (!available) return;
  agent.place = place;
  agent.agent_class->available.insert(place);
  ++agent.agent_class->loads[place.load];
  agent.listed = true;
}

void Shard::IndexSession(Agent& agent) {
  const std::string& now = agent.Connected() ? agent.state.incarnation() : std::string();
  if (now == agent.incarnation) return;
  const SessionKey key{key_, agent.state.agent_id()};
  if (!agent.incarnation.empty()) {
    const auto it = sessions_.find(agent.incarnation);
    it->second.erase(key);
    if (it->second.empty()) sessions_.erase(it);
  }
  if (!now.empty()) sessions_[now].emplace(key, std::pair(this, &agent));
  agent.incarnation = now;
}

}  // namespace centralita::dispatch
