#include "forecasts.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/time.h"

namespace centralita::sla_timer {
namespace {

using clocks::v1::ClockKind;
using events::v1::Event;

constexpr std::string_view kConversationPrefix = "+c/";
constexpr std::string_view kQueuePrefix = "+q/";
// What nobody speaks of any more is forgotten.
constexpr int64_t kKeptMs = int64_t{90} * 24 * 3'600'000;
constexpr int64_t kLookAtLeastMs = 1000;
constexpr int64_t kLookAtMostMs = 300'000;

std::string ConversationKey(const Event& event) {
  return base::TenantKey(event.tenant(), event.conversation_id());
}

std::string QueueKey(const std::string& tenant, const std::string& pool, const std::string& name) {
  return base::TenantKey(tenant, fmt::format("{}/{}", pool, name));
}

bool IsResolution(ClockKind kind) { return kind == clocks::v1::CLOCK_KIND_RESOLUTION; }

void Put(const FadingMean& mean, snapshot::v1::ForecastMean& to) {
  to.set_observed(static_cast<uint32_t>(mean.observed()));
  to.set_mean_us(mean.mean_us());
}

FadingMean Read(const snapshot::v1::ForecastMean& from) {
  return {static_cast<int64_t>(from.observed()), from.mean_us()};
}

absl::Status Damaged(std::string_view key) {
  return base::Error(absl::StatusCode::kDataLoss, "damaged_entry",
                     fmt::format("Entry {} of the forecasts is damaged.", key));
}

}  // namespace

bool Forecasts::Wants(const clocks::v1::ClockSpec& spec) {
  return std::any_of(spec.actions().begin(), spec.actions().end(),
                     [](const auto& actions) { return actions.forecast(); });
}

// ---- conversations and queues

void Forecasts::Follow(const Event& event, int64_t now) {
  for (const auto& clock : event.clocks()) {
    if (Wants(clock.spec())) names_[event.tenant()].insert(clock.spec().name());
  }
  // Route's have no shard's word on where a conversation is.
  if (event.conversation_id().empty() || event.pool().empty()) return;
  if (!names_.contains(event.tenant())) return;
  const std::string key = ConversationKey(event);
  auto found = conversations_.find(key);
  if (found == conversations_.end()) {
    if (!event.has_queued() && !event.has_accepted()) return;
    found = conversations_.try_emplace(key).first;
    found->second.queue = &QueueOf(event.tenant(), event.pool(), event.queue());
  }
  Conversation& conversation = found->second;
  // Words of two pools may cross.
  if (event.revision() < conversation.revision) return;
  conversation.revision = event.revision();
  conversation.touched = now;
  changed_conversations_.insert(key);
  switch (event.kind_case()) {
    case Event::kQueued:
    case Event::kReprioritized:
      Enter(event, conversation, now);
      break;
    case Event::kAccepted:
      Take(conversation, now);
      break;
    case Event::kResumed:
      conversation.stage = snapshot::v1::FORECAST_STAGE_WITH_AGENT;
      conversation.since = now;
      break;
    case Event::kReplied:
      return Replied(event, conversation, now);
    case Event::kHeld:
    case Event::kUnassigned:
      StopWork(event, conversation, now);
      break;
    case Event::kStepRelaxed:
      MoveTo(event, event.queue(), conversation);
      break;
    case Event::kOverflowed: {
      const auto& told = event.overflowed();
      const bool here = told.to_pool().empty() || told.to_pool() == event.pool();
      if (here && !told.to_queue().empty()) MoveTo(event, told.to_queue(), conversation);
      break;
    }
    case Event::kClosed:
      Resolved(event, conversation, now);
      return Forget(found);
    case Event::kReleased:
      return Forget(found);
    default:
      return;
  }
  LookAtAllOf(event, now);
  ForgetOld(now);
}

void Forecasts::Enter(const Event& event, Conversation& conversation, int64_t now) {
  const bool waits = conversation.stage == snapshot::v1::FORECAST_STAGE_WAITING;
  // What an agent has already has no place.
  if (event.has_reprioritized() && !waits) return;
  Leave(conversation);
  conversation.queue = &QueueOf(event.tenant(), event.pool(), event.queue());
  conversation.stage = snapshot::v1::FORECAST_STAGE_WAITING;
  conversation.order =
      event.has_queued() ? event.queued().due_unix_ms() : event.reprioritized().due_unix_ms();
  // A callback waits from its time on.
  if (!waits) conversation.since = std::max(now, event.queued().eligible_unix_ms());
  conversation.queue->pace.Join(conversation.order);
  Changed(conversation);
}

void Forecasts::MoveTo(const Event& event, const std::string& queue, Conversation& conversation) {
  if (conversation.stage != snapshot::v1::FORECAST_STAGE_WAITING) return;
  Leave(conversation);
  conversation.queue = &QueueOf(event.tenant(), event.pool(), queue);
  conversation.queue->pace.Join(conversation.order);
  Changed(conversation);
}

void Forecasts::Take(Conversation& conversation, int64_t now) {
  if (conversation.stage == snapshot::v1::FORECAST_STAGE_WAITING) {
    conversation.queue->pace.Take(conversation.order, conversation.since, now);
    Changed(conversation);
  }
  conversation.stage = snapshot::v1::FORECAST_STAGE_WITH_AGENT;
  conversation.since = now;
}

void Forecasts::Leave(Conversation& conversation) {
  if (conversation.stage != snapshot::v1::FORECAST_STAGE_WAITING) return;
  conversation.queue->pace.Leave(conversation.order);
  Changed(conversation);
}

// By the hours of the conversation's first clock of resolution that asks for forecasts.
void Forecasts::StopWork(const Event& event, Conversation& conversation, int64_t now) {
  if (conversation.stage == snapshot::v1::FORECAST_STAGE_WITH_AGENT) {
    for (const std::string& name : names_.find(event.tenant())->second) {
      const uint32_t number = table_.Find(event.tenant(), event.conversation_id(), name);
      if (number == kNone || !IsResolution(table_.SpecOf(table_[number]).kind())) continue;
      conversation.worked_ms += Between(event.tenant(), table_.SpecOf(table_[number]).calendar(),
                                        conversation.since, now);
      break;
    }
  }
  Leave(conversation);
  conversation.stage = snapshot::v1::FORECAST_STAGE_HELD;
}

// The first of its clocks that ended with the reply.
void Forecasts::Replied(const Event& event, const Conversation& conversation, int64_t now) {
  if (conversation.stage != snapshot::v1::FORECAST_STAGE_WITH_AGENT) return;
  for (const auto& clock : event.clocks()) {
    if (clock.phase() != clocks::v1::CLOCK_PHASE_STOPPED || !Wants(clock.spec())) continue;
    if (IsResolution(clock.spec().kind())) continue;
    const int64_t from = std::max(conversation.since, clock.started_unix_ms());
    conversation.queue->answer.Observe(Between(event.tenant(), clock.spec().calendar(), from, now));
    return Changed(conversation);
  }
}

void Forecasts::Resolved(const Event& event, Conversation& conversation, int64_t now) {
  const auto reason = event.closed().reason();
  if (reason != routing::v1::CLOSE_REASON_RESOLVED_BY_AGENT &&
      reason != routing::v1::CLOSE_REASON_RESOLVED_BY_BOT) {
    return;
  }
  StopWork(event, conversation, now);
  for (const auto& clock : event.clocks()) {
    if (!Wants(clock.spec()) || !IsResolution(clock.spec().kind())) continue;
    conversation.queue->resolution.Observe(conversation.worked_ms);
    return Changed(conversation);
  }
}

void Forecasts::Forget(Conversations::iterator at) {
  Leave(at->second);
  changed_conversations_.insert(at->first);
  conversations_.erase(at);
}

// One at each event: whoever comes, somebody is looked at.
void Forecasts::ForgetOld(int64_t now) {
  const auto next = conversations_.upper_bound(swept_);
  if (next == conversations_.end()) {
    swept_.clear();
    std::erase_if(queues_, [&](const auto& named) {
      const QueuePace& pace = named.second.pace;
      if (pace.waiting() > 0 || pace.taken_at() > now - kKeptMs) return false;
      const auto is_of = [&](const auto& each) { return each.second.queue == &named.second; };
      if (std::any_of(conversations_.begin(), conversations_.end(), is_of)) return false;
      changed_queues_.insert(named.first);
      return true;
    });
    return;
  }
  swept_ = next->first;
  if (next->second.touched < now - kKeptMs) Forget(next);
}

Forecasts::Queue& Forecasts::QueueOf(const std::string& tenant, const std::string& pool,
                                     const std::string& name) {
  Queue& queue = queues_[QueueKey(tenant, pool, name)];
  if (queue.tenant.empty()) {
    queue.tenant = tenant;
    queue.pool = pool;
    queue.name = name;
  }
  return queue;
}

void Forecasts::Changed(const Conversation& conversation) {
  const Queue& queue = *conversation.queue;
  changed_queues_.insert(QueueKey(queue.tenant, queue.pool, queue.name));
}

// ---- clocks

void Forecasts::Watch(uint32_t number, int64_t now) {
  const Timer& timer = table_[number];
  if (!Wants(table_.SpecOf(timer))) return Unwatch(number);
  names_[table_.PlaceOf(timer).tenant].insert(table_.SpecOf(timer).name());
  if (timer.state != TimerState::kRunning || timer.forecast) return Unwatch(number);
  const auto found = watched_.find(number);
  const bool told = found != watched_.end() && found->second.look == INT64_MAX &&
                    found->second.generation == timer.generation;
  if (!told) Schedule(number, now);
}

void Forecasts::Unwatch(uint32_t number) {
  const auto found = watched_.find(number);
  if (found == watched_.end()) return;
  looks_.erase({found->second.look, number});
  watched_.erase(found);
}

void Forecasts::Schedule(uint32_t number, int64_t look) {
  Watched& watched = watched_[number];
  looks_.erase({watched.look, number});
  watched = {.look = look, .generation = table_[number].generation};
  looks_.insert({look, number});
}

void Forecasts::Sent(uint32_t number) {
  Watched& watched = watched_[number];
  looks_.erase({watched.look, number});
  watched.look = INT64_MAX;
}

void Forecasts::LookAtAllOf(const Event& event, int64_t now) {
  for (const std::string& name : names_.find(event.tenant())->second) {
    const uint32_t number = table_.Find(event.tenant(), event.conversation_id(), name);
    const auto found = number == kNone ? watched_.end() : watched_.find(number);
    if (found != watched_.end() && found->second.look != INT64_MAX) Schedule(number, now);
  }
}

int64_t Forecasts::Between(const std::string& tenant, const std::string& calendar, int64_t from,
                           int64_t to) const {
  if (calendar.empty()) return std::max<int64_t>(0, to - from);
  return calendars_.Find(tenant, calendar)
      ->Between(base::FromUnixMillis(from), base::FromUnixMillis(to))
      .count();
}

std::optional<commands::v1::Command> Forecasts::Look(uint32_t number, int64_t now) {
  const Timer& timer = table_[number];
  const Place& place = table_.PlaceOf(timer);
  const int64_t left = Between(place.tenant, table_.SpecOf(timer).calendar(), now, timer.deadline);
  // From here on the deadline itself tells.
  if (left <= 0) {
    Unwatch(number);
    return std::nullopt;
  }
  // Closed: the queue stands still, and so does the time that is left.
  const std::string& hours = table_.SpecOf(timer).calendar();
  const bool open =
      hours.empty() || calendars_.Find(place.tenant, hours)->IsOpen(base::FromUnixMillis(now));
  const auto forecast = open ? Expect(timer, left, now) : std::optional<commands::v1::Forecast>();
  if (!forecast.has_value() || forecast->slack_ms() >= 0) {
    const int64_t slack = forecast.has_value() ? forecast->slack_ms() : left;
    Schedule(number, now + std::clamp(slack / 4, kLookAtLeastMs, kLookAtMostMs));
    return std::nullopt;
  }
  commands::v1::Command command;
  command.set_tenant(place.tenant);
  command.set_pool(place.pool);
  *command.mutable_alarm()->mutable_forecast() = *forecast;
  auto& id = *command.mutable_alarm()->mutable_alarm();
  id.set_conversation_id(table_.ConversationOf(timer));
  id.set_clock(table_.SpecOf(timer).name());
  id.set_generation(timer.generation);
  return command;
}

std::optional<commands::v1::Forecast> Forecasts::Expect(const Timer& timer, int64_t left,
                                                        int64_t now) {
  const auto found = conversations_.find(
      base::TenantKey(table_.PlaceOf(timer).tenant, table_.ConversationOf(timer)));
  if (found == conversations_.end()) return std::nullopt;
  const Conversation& conversation = found->second;
  std::optional<int64_t> wait;
  if (conversation.stage == snapshot::v1::FORECAST_STAGE_WITH_AGENT) wait = 0;
  if (conversation.stage == snapshot::v1::FORECAST_STAGE_WAITING) {
    wait = conversation.queue->pace.ExpectedWait(conversation.order, conversation.since, now);
  }
  const auto handling = IsResolution(table_.SpecOf(timer).kind())
                            ? conversation.queue->resolution.Milliseconds()
                            : conversation.queue->answer.Milliseconds();
  if (!wait.has_value() || !handling.has_value()) return std::nullopt;
  commands::v1::Forecast forecast;
  forecast.set_expected_wait_ms(*wait);
  forecast.set_expected_handling_ms(*handling);
  forecast.set_slack_ms(left - *wait - *handling);
  return forecast;
}

// ---- state

std::string Forecasts::Entry(const std::string& key, const Conversation& conversation) const {
  snapshot::v1::ForecastConversation entry;
  entry.set_tenant(conversation.queue->tenant);
  entry.set_conversation_id(key.substr(conversation.queue->tenant.size() + 1));
  entry.set_revision(conversation.revision);
  entry.set_pool(conversation.queue->pool);
  entry.set_queue(conversation.queue->name);
  entry.set_stage(conversation.stage);
  entry.set_order_unix_ms(conversation.order);
  entry.set_since_unix_ms(conversation.since);
  entry.set_worked_ms(conversation.worked_ms);
  entry.set_touched_unix_ms(conversation.touched);
  return entry.SerializeAsString();
}

std::string Forecasts::Entry(const Queue& queue) {
  snapshot::v1::ForecastQueue entry;
  entry.set_tenant(queue.tenant);
  entry.set_pool(queue.pool);
  entry.set_queue(queue.name);
  Put(queue.pace.between(), *entry.mutable_between());
  Put(queue.answer, *entry.mutable_answer());
  Put(queue.resolution, *entry.mutable_resolution());
  entry.set_taken_unix_ms(queue.pace.taken_at());
  return entry.SerializeAsString();
}

void Forecasts::TakeChanges(base::EntrySink& sink) {
  for (const std::string& key : changed_conversations_) {
    const std::string name = fmt::format("{}{}", kConversationPrefix, key);
    const auto found = conversations_.find(key);
    if (found == conversations_.end()) {
      sink.Erase(name);
    } else {
      sink.Put(name, Entry(key, found->second));
    }
  }
  for (const std::string& key : changed_queues_) {
    const std::string name = fmt::format("{}{}", kQueuePrefix, key);
    const auto found = queues_.find(key);
    if (found == queues_.end()) {
      sink.Erase(name);
    } else {
      sink.Put(name, Entry(found->second));
    }
  }
  changed_conversations_.clear();
  changed_queues_.clear();
}

void Forecasts::ForEachEntry(base::EntrySink& sink) const {
  for (const auto& [key, conversation] : conversations_) {
    sink.Put(fmt::format("{}{}", kConversationPrefix, key), Entry(key, conversation));
  }
  for (const auto& [key, queue] : queues_) {
    sink.Put(fmt::format("{}{}", kQueuePrefix, key), Entry(queue));
  }
}

absl::Status Forecasts::Load(std::string_view key, std::string_view value) {
  if (key.starts_with(kQueuePrefix)) {
    snapshot::v1::ForecastQueue entry;
    if (!entry.ParseFromArray(value.data(), static_cast<int>(value.size()))) return Damaged(key);
    names_.try_emplace(entry.tenant());
    Queue& queue = QueueOf(entry.tenant(), entry.pool(), entry.queue());
    queue.pace.Restore(Read(entry.between()), entry.taken_unix_ms());
    queue.answer = Read(entry.answer());
    queue.resolution = Read(entry.resolution());
    return absl::OkStatus();
  }
  snapshot::v1::ForecastConversation entry;
  if (!entry.ParseFromArray(value.data(), static_cast<int>(value.size()))) return Damaged(key);
  names_.try_emplace(entry.tenant());
  Conversation& conversation =
      conversations_[base::TenantKey(entry.tenant(), entry.conversation_id())];
  conversation = {.revision = entry.revision(),
                  .queue = &QueueOf(entry.tenant(), entry.pool(), entry.queue()),
                  .stage = entry.stage(),
                  .order = entry.order_unix_ms(),
                  .since = entry.since_unix_ms(),
                  .worked_ms = entry.worked_ms(),
                  .touched = entry.touched_unix_ms()};
  if (conversation.stage == snapshot::v1::FORECAST_STAGE_WAITING) {
    conversation.queue->pace.Join(conversation.order);
  }
  return absl::OkStatus();
}

}  // namespace centralita::sla_timer
