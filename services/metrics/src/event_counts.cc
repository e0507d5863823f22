#include "event_counts.h"

#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include <algorithm>

#include "centralita/base/error.h"

namespace centralita::metrics {
namespace {

using events::v1::Event;

// How long a closed conversation is remembered for events that cross.
constexpr int64_t kClosedKeptMs = 60'000;

std::string ConversationKey(std::string_view tenant, std::string_view id) {
  return fmt::format("c/{}/{}", tenant, id);
}
std::string TenantKeyOf(std::string_view tenant) { return fmt::format("t/{}", tenant); }
std::string QueueKey(std::string_view tenant, std::string_view pool, std::string_view queue) {
  return fmt::format("q/{}/{}/{}", tenant, pool, queue);
}

std::string AgentKey(std::string_view tenant, std::string_view pool, std::string_view agent) {
  return fmt::format("a/{}/{}/{}", tenant, pool, agent);
}

bool Wanted(const std::string& tenant, const std::string& of) {
  return tenant.empty() || tenant == of;
}

snapshot::v1::WorkPlace PlaceAfter(const Event& event) {
  switch (event.kind_case()) {
    case Event::kQueued:
      return snapshot::v1::WORK_PLACE_QUEUED;
    case Event::kOffered:
      return snapshot::v1::WORK_PLACE_OFFERED;
    case Event::kAccepted:
      return snapshot::v1::WORK_PLACE_ACTIVE;
    case Event::kResumed:
      return snapshot::v1::WORK_PLACE_ACTIVE;
    case Event::kHeld:
      return snapshot::v1::WORK_PLACE_WAITING;
    case Event::kReleased:
      return snapshot::v1::WORK_PLACE_IN_FLIGHT;
    default:
      return snapshot::v1::WORK_PLACE_UNSPECIFIED;
  }
}

}  // namespace

base::ApplyResult EventCounts::Apply(const base::InputRecord& record, base::Outputs& outputs) {
  google::protobuf::Arena arena;
  auto& event = *google::protobuf::Arena::CreateMessage<Event>(&arena);
  if (!event.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
    return base::ApplyResult::kUndecodable;
  }
  Count(event);
  Place(event);
  Forget(record.now);
  return base::ApplyResult::kApplied;
}

void EventCounts::Count(const Event& event) {
  snapshot::v1::TenantCounters& tenant = Tenant(event.tenant());
  switch (event.kind_case()) {
    case Event::kDuplicate:
      if (event.duplicate().replayed()) {
        tenant.set_replayed_duplicates(tenant.replayed_duplicates() + 1);
        break;
      }
      tenant.set_duplicates(tenant.duplicates() + 1);
      tenant.set_routed(tenant.routed() + 1);
      break;
    case Event::kAnswered:
      tenant.set_answered(tenant.answered() + 1);
      tenant.set_routed(tenant.routed() + 1);
      if (event.answered().replayed()) tenant.set_replays_routed(tenant.replays_routed() + 1);
      tenant.set_resolved(tenant.resolved() + 1);
      break;
    case Event::kOpened:
      tenant.set_conversations_opened(tenant.conversations_opened() + 1);
      break;
    case Event::kClosed:
      tenant.set_conversations_closed(tenant.conversations_closed() + 1);
      break;
    case Event::kOffered:
      tenant.set_offers(tenant.offers() + 1);
      break;
    case Event::kOfferEnded:
      if (event.offer_ended().end() == events::v1::OFFER_END_DECLINED) {
        tenant.set_offers_declined(tenant.offers_declined() + 1);
      } else if (event.offer_ended().end() == events::v1::OFFER_END_EXPIRED) {
        tenant.set_offers_expired(tenant.offers_expired() + 1);
      }
      break;
    case Event::kWarned:
      tenant.set_warnings(tenant.warnings() + 1);
      break;
    case Event::kBreached: {
      tenant.set_breaches(tenant.breaches() + 1);
      snapshot::v1::QueueCounters& queue = Queue(event);
      queue.set_breaches(queue.breaches() + 1);
      break;
    }
    case Event::kAmended:
      tenant.set_amendments(tenant.amendments() + 1);
      break;
    case Event::kRejected:
      tenant.set_rejected(tenant.rejected() + 1);
      break;
    case Event::kReplied:
      if (event.replied().first_response()) {
        tenant.set_first_responses(tenant.first_responses() + 1);
        tenant.set_first_response_sum_ms(tenant.first_response_sum_ms() +
                                         event.replied().response_ms());
      }
      break;
    default:
      return;
  }
  Touch(TenantKeyOf(event.tenant()));
}

void EventCounts::Place(const Event& event) {
  switch (event.kind_case()) {
    case Event::kOpened:
      MessageIn(event, event.opened().message().sequence(), event.opened().replayed());
      return;
    case Event::kJoined:
      MessageIn(event, event.joined().message().sequence(), event.joined().replayed());
      return;
    case Event::kReopened:
      MessageIn(event, event.reopened().message().sequence(), event.reopened().replayed());
      return;
    case Event::kMoved:
      Moved(event);
      return;
    case Event::kClosed:
      Close(event);
      return;
    case Event::kPresence:
      Presence(event);
      return;
    default:
      break;
  }
  const snapshot::v1::WorkPlace place = PlaceAfter(event);
  if (place == snapshot::v1::WORK_PLACE_UNSPECIFIED) return;
  Conversation& conversation = Find(event.tenant(), event.conversation_id());
  if (event.revision() < conversation.revision()) return;
  conversation.set_revision(event.revision());
  conversation.set_place(place);
  conversation.set_pool(event.pool());
  conversation.set_queue(event.queue());
  conversation.set_last_event_unix_ms(event.at_unix_ms());
  if (event.has_queued()) conversation.set_eligible_unix_ms(event.queued().eligible_unix_ms());
}

void EventCounts::MessageIn(const Event& event, uint64_t sequence, bool replayed) {
  Conversation& conversation = Find(event.tenant(), event.conversation_id());
  snapshot::v1::TenantCounters& tenant = Tenant(event.tenant());
  Touch(TenantKeyOf(event.tenant()));
  if (replayed) tenant.set_replays_routed(tenant.replays_routed() + 1);
  if (event.has_reopened() && event.revision() > conversation.revision()) {
    conversation.set_revision(event.revision());
    conversation.set_place(snapshot::v1::WORK_PLACE_IN_FLIGHT);
  }
  // Said before, and counted: a close sent it back to this conversation.
  if (sequence <= conversation.routed_up_to()) return;
  conversation.set_routed_up_to(sequence);
  tenant.set_routed(tenant.routed() + 1);
  if (sequence <= conversation.resolved_up_to()) {
    // The shard's close came before route's own word of this message.
    tenant.set_resolved(tenant.resolved() + 1);
    return;
  }
  // Route numbers them in order.
  conversation.add_open_sequences(sequence);
}

void EventCounts::Moved(const Event& event) {
  MessageIn(event, event.moved().message().sequence(), false);
  if (event.moved().from_conversation_id() == event.conversation_id()) return;
  MessageOut(event);
  // It has been counted in two conversations now, and route has had it once.
  snapshot::v1::TenantCounters& tenant = Tenant(event.tenant());
  tenant.set_routed(tenant.routed() - 1);
}

// One of those that were beyond the close; they are the last ones.
void EventCounts::MessageOut(const Event& event) {
  const std::string& from = event.moved().from_conversation_id();
  Conversation& conversation = Find(event.tenant(), from);
  if (!conversation.open_sequences().empty()) conversation.mutable_open_sequences()->RemoveLast();
  // Its close may have been looked at already, when this one was still open.
  if (conversation.open_sequences().empty()) {
    closed_.emplace_back(std::max(event.at_unix_ms(), conversation.last_event_unix_ms()),
                         ConversationKey(event.tenant(), from));
  }
}

void EventCounts::Close(const Event& event) {
  Conversation& conversation = Find(event.tenant(), event.conversation_id());
  const uint64_t up_to = event.closed().last_sequence();
  auto& open = *conversation.mutable_open_sequences();
  const auto beyond = std::upper_bound(open.begin(), open.end(), up_to);
  snapshot::v1::TenantCounters& tenant = Tenant(event.tenant());
  tenant.set_resolved(tenant.resolved() + static_cast<uint64_t>(beyond - open.begin()));
  open.erase(open.begin(), beyond);
  conversation.set_resolved_up_to(std::max(conversation.resolved_up_to(), up_to));
  if (event.revision() >= conversation.revision()) {
    conversation.set_revision(event.revision());
    conversation.set_place(snapshot::v1::WORK_PLACE_IN_FLIGHT);
  }
  conversation.set_last_event_unix_ms(event.at_unix_ms());
  snapshot::v1::QueueCounters& queue = Queue(event);
  queue.set_closed(queue.closed() + 1);
  closed_.emplace_back(event.at_unix_ms(),
                       ConversationKey(event.tenant(), event.conversation_id()));
}

// An agent is in one pool at a time, and the pool that he leaves says that he went offline.
void EventCounts::Presence(const Event& event) {
  const events::v1::AgentPresence& presence = event.presence();
  std::string key = AgentKey(event.tenant(), event.pool(), presence.agent_id());
  Touch(key);
  if (presence.status() != commands::v1::PRESENCE_STATUS_AVAILABLE) {
    available_.erase(key);
    return;
  }
  snapshot::v1::AvailableAgentEntry& agent = available_[std::move(key)];
  agent.set_tenant(event.tenant());
  agent.set_pool(event.pool());
  agent.set_agent_id(presence.agent_id());
}

void EventCounts::Forget(base::TimePoint now) {
  const int64_t before = base::ToUnixMillis(now) - kClosedKeptMs;
  while (!closed_.empty() && closed_.front().first < before) {
    const auto found = conversations_.find(closed_.front().second);
    if (found != conversations_.end() && found->second.open_sequences().empty() &&
        found->second.last_event_unix_ms() <= closed_.front().first) {
      Touch(found->first);
      conversations_.erase(found);
    }
    closed_.pop_front();
  }
}

EventCounts::Conversation& EventCounts::Find(const std::string& tenant,
                                             const std::string& conversation_id) {
  std::string key = ConversationKey(tenant, conversation_id);
  Touch(key);
  Conversation& conversation = conversations_[std::move(key)];
  if (conversation.conversation_id().empty()) {
    conversation.set_tenant(tenant);
    conversation.set_conversation_id(conversation_id);
    conversation.set_place(snapshot::v1::WORK_PLACE_IN_FLIGHT);
  }
  return conversation;
}

snapshot::v1::TenantCounters& EventCounts::Tenant(const std::string& tenant) {
  snapshot::v1::TenantCounters& counters = tenants_[TenantKeyOf(tenant)];
  counters.set_tenant(tenant);
  return counters;
}

snapshot::v1::QueueCounters& EventCounts::Queue(const Event& event) {
  std::string key = QueueKey(event.tenant(), event.pool(), event.queue());
  Touch(key);
  snapshot::v1::QueueCounters& counters = queues_[std::move(key)];
  counters.set_tenant(event.tenant());
  counters.set_pool(event.pool());
  counters.set_queue(event.queue());
  return counters;
}

uint64_t EventCounts::ReplayedDuplicates(const std::string& tenant) const {
  uint64_t sum = 0;
  for (const auto& [key, from] : tenants_) {
    if (Wanted(tenant, from.tenant())) sum += from.replayed_duplicates();
  }
  return sum;
}

void EventCounts::AddTo(const std::string& tenant, v1::GetOverviewResponse& to) const {
  v1::Conservation& messages = *to.mutable_messages();
  for (const auto& [key, from] : tenants_) {
    if (!Wanted(tenant, from.tenant())) continue;
    messages.set_duplicates(messages.duplicates() + from.duplicates());
    messages.set_resolved(messages.resolved() + from.resolved());
    messages.set_answered(messages.answered() + from.answered());
    to.set_tagged(to.tagged() + from.routed());
    to.set_conversations_opened(to.conversations_opened() + from.conversations_opened());
    to.set_conversations_closed(to.conversations_closed() + from.conversations_closed());
    to.set_offers(to.offers() + from.offers());
    to.set_offers_declined(to.offers_declined() + from.offers_declined());
    to.set_offers_expired(to.offers_expired() + from.offers_expired());
    to.set_warnings(to.warnings() + from.warnings());
    to.set_breaches(to.breaches() + from.breaches());
    to.set_amendments(to.amendments() + from.amendments());
    to.set_rejected(to.rejected() + from.rejected());
    to.set_first_responses(to.first_responses() + from.first_responses());
    to.set_first_response_sum_ms(to.first_response_sum_ms() + from.first_response_sum_ms());
  }
  for (const auto& [key, agent] : available_) {
    if (Wanted(tenant, agent.tenant())) to.set_agents_available(to.agents_available() + 1);
  }
  for (const auto& [key, conversation] : conversations_) {
    if (!Wanted(tenant, conversation.tenant())) continue;
    const auto count = static_cast<uint64_t>(conversation.open_sequences_size());
    switch (conversation.place()) {
      case snapshot::v1::WORK_PLACE_QUEUED:
        messages.set_queued(messages.queued() + count);
        break;
      case snapshot::v1::WORK_PLACE_OFFERED:
        messages.set_offered(messages.offered() + count);
        break;
      case snapshot::v1::WORK_PLACE_ACTIVE:
        messages.set_active(messages.active() + count);
        break;
      case snapshot::v1::WORK_PLACE_WAITING:
        messages.set_waiting(messages.waiting() + count);
        break;
      default:
        break;
    }
  }
}

void EventCounts::AddTo(const std::string& tenant,
                        std::map<std::string, v1::QueueRow>& rows) const {
  const auto row_of = [&rows](const std::string& of, const std::string& pool,
                              const std::string& queue) -> v1::QueueRow& {
    v1::QueueRow& row = rows[QueueKey(of, pool, queue)];
    row.set_tenant(of);
    row.set_pool(pool);
    row.set_queue(queue);
    return row;
  };
  for (const auto& [key, from] : queues_) {
    if (!Wanted(tenant, from.tenant())) continue;
    v1::QueueRow& row = row_of(from.tenant(), from.pool(), from.queue());
    row.set_closed(row.closed() + from.closed());
    row.set_breaches(row.breaches() + from.breaches());
  }
  for (const auto& [key, conversation] : conversations_) {
    if (!Wanted(tenant, conversation.tenant()) ||
        conversation.place() == snapshot::v1::WORK_PLACE_IN_FLIGHT)
      continue;
    v1::QueueRow& row = row_of(conversation.tenant(), conversation.pool(), conversation.queue());
    switch (conversation.place()) {
      case snapshot::v1::WORK_PLACE_QUEUED:
        row.set_queued(row.queued() + 1);
        if (row.oldest_eligible_unix_ms() == 0 ||
            conversation.eligible_unix_ms() < row.oldest_eligible_unix_ms()) {
          row.set_oldest_eligible_unix_ms(conversation.eligible_unix_ms());
        }
        break;
      case snapshot::v1::WORK_PLACE_OFFERED:
        row.set_offered(row.offered() + 1);
        break;
      case snapshot::v1::WORK_PLACE_ACTIVE:
        row.set_active(row.active() + 1);
        break;
      case snapshot::v1::WORK_PLACE_WAITING:
        row.set_waiting(row.waiting() + 1);
        break;
      default:
        break;
    }
  }
}

void EventCounts::TakeChanges(base::EntrySink& sink) {
  for (const std::string& key : changed_) {
    if (const auto tenant = tenants_.find(key); tenant != tenants_.end()) {
      sink.Put(key, tenant->second.SerializeAsString());
    } else if (const auto queue = queues_.find(key); queue != queues_.end()) {
      sink.Put(key, queue->second.SerializeAsString());
    } else if (const auto agent = available_.find(key); agent != available_.end()) {
      sink.Put(key, agent->second.SerializeAsString());
    } else if (const auto found = conversations_.find(key); found != conversations_.end()) {
      sink.Put(key, found->second.SerializeAsString());
    } else {
      sink.Erase(key);
    }
  }
  changed_.clear();
}

void EventCounts::ForEachEntry(base::EntrySink& sink) const {
  for (const auto& [key, agent] : available_) sink.Put(key, agent.SerializeAsString());
  std::map<std::string_view, const Conversation*> sorted;
  for (const auto& [key, conversation] : conversations_) sorted.emplace(key, &conversation);
  for (const auto& [key, conversation] : sorted) sink.Put(key, conversation->SerializeAsString());
  for (const auto& [key, queue] : queues_) sink.Put(key, queue.SerializeAsString());
  for (const auto& [key, tenant] : tenants_) sink.Put(key, tenant.SerializeAsString());
}

absl::Status EventCounts::Load(std::string_view key, std::string_view value) {
  const auto parse = [&](google::protobuf::MessageLite& into) {
    return into.ParseFromArray(value.data(), static_cast<int>(value.size()));
  };
  bool ok = false;
  if (key.starts_with("t/")) {
    ok = parse(tenants_[std::string(key)]);
  } else if (key.starts_with("q/")) {
    ok = parse(queues_[std::string(key)]);
  } else if (key.starts_with("a/")) {
    ok = parse(available_[std::string(key)]);
  } else if (key.starts_with("c/")) {
    Conversation& conversation = conversations_[std::string(key)];
    ok = parse(conversation);
    if (ok && conversation.open_sequences().empty()) {
      closed_.emplace_back(conversation.last_event_unix_ms(), std::string(key));
    }
  }
  if (ok) return absl::OkStatus();
  return base::Error(absl::StatusCode::kDataLoss, "damaged_entry",
                     fmt::format("Metrics entry {} is damaged.", key));
}

}  // namespace centralita::metrics
