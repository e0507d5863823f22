#include "tests/simulation/oracle.h"

#include <algorithm>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/dispatch/dispatch.h"
#include "fmt/format.h"
#include "tests/golden/policies.h"

namespace centralita::simulation {
namespace {

using events::v1::Event;

// As all agents of the policy have it.
constexpr int32_t kCapacity = 100;

absl::Status Wrong(const Event& event, const std::string& what) {
  return base::Error(absl::StatusCode::kInternal, "simulation",
                     fmt::format("{}\n  at the event {}", what, event.ShortDebugString()));
}

absl::Status Wrong(const std::string& what) {
  return base::Error(absl::StatusCode::kInternal, "simulation", what);
}

std::string ClockKey(std::string_view conversation, std::string_view clock) {
  return fmt::format("{}/{}", conversation, clock);
}

// When the next threshold of a running clock on an always open calendar is due.
int64_t NextThresholdAt(const clocks::v1::ClockState& clock) {
  const auto& spec = clock.spec();
  const auto warned = static_cast<int>(clock.warned());
  const int64_t before = warned < spec.warn_before_ms_size() ? spec.warn_before_ms(warned) : 0;
  return clock.deadline_unix_ms() - before;
}

}  // namespace

absl::Status Oracle::OnApplied(common::v1::Stage stage, const base::InputRecord& record,
                               const base::StateMachine& machine,
                               const std::vector<Output>& outputs) {
  for (const Output& output : outputs) {
    if (output.topic == base::OutputTopic::kDeadLetter)
      return Wrong(fmt::format("a good record became a dead letter: {}", output.key));
    if (output.topic != base::OutputTopic::kEvents) continue;
    Event event;
    event.ParseFromString(output.value);
    ABSL_RETURN_IF_ERROR(stage == common::v1::STAGE_ROUTE
                             ? OnRouteEvent(event)
                             : OnDispatchEvent(record.partition, event));
  }
  if (stage == common::v1::STAGE_ROUTE) return absl::OkStatus();
  ABSL_RETURN_IF_ERROR(OnPresence(record, outputs));
  return static_cast<const dispatch::Dispatch&>(machine).Audit();
}

// ---- route: where each message is

absl::Status Oracle::Joined(const Event& event, const routing::v1::MessageRef& message,
                            bool again) {
  Place& place = places_[message.message_id()];
  if (!again && ++place.seen > 1) return Wrong(event, "a message became work twice");
  uint64_t& given = given_[event.conversation_id()];
  if (message.sequence() != given + 1)
    return Wrong(event, fmt::format("the conversation's last message was number {}", given));
  given = message.sequence();
  place.conversation = event.conversation_id();
  place.sequence = message.sequence();
  return absl::OkStatus();
}

// Whether its conversation was closed without it.
bool Oracle::WasLeft(const std::string& message_id) const {
  const auto place = places_.find(message_id);
  if (place == places_.end() || place->second.seen == 0) return false;
  const auto closed = closed_up_to_.find(place->second.conversation);
  return closed != closed_up_to_.end() && closed->second < place->second.sequence;
}

absl::Status Oracle::OnRouteEvent(const Event& event) {
  switch (event.kind_case()) {
    case Event::kOpened:
      return Joined(event, event.opened().message(),
                    WasLeft(event.opened().message().message_id()));
    case Event::kJoined:
      return Joined(event, event.joined().message(), false);
    case Event::kReopened: {
      // Perhaps by a message that was on its way when its conversation closed, and has its number.
      const Place& place = places_[event.reopened().message().message_id()];
      if (place.conversation == event.conversation_id() &&
          place.sequence == event.reopened().message().sequence()) {
        return absl::OkStatus();
      }
      return Joined(event, event.reopened().message(), false);
    }
    case Event::kMoved: {
      // Sent again to another shard, told of already, or numbered anew in another conversation.
      const Place& place = places_[event.moved().message().message_id()];
      if (place.conversation == event.conversation_id() &&
          place.sequence == event.moved().message().sequence()) {
        return absl::OkStatus();
      }
      return Joined(event, event.moved().message(), true);
    }
    case Event::kDuplicate:
      ++duplicates_[event.duplicate().message_id()];
      return absl::OkStatus();
    case Event::kAnswered:
      if (++answered_[event.answered().message_id()] > 1)
        return Wrong(event, "a message was answered twice");
      return absl::OkStatus();
    default:
      return absl::OkStatus();
  }
}

// ---- dispatch: who has what

absl::Status Oracle::Count(Conversation& conversation, bool counted) {
  if (conversation.counted == counted) return absl::OkStatus();
  conversation.counted = counted;
  int32_t& load = load_[conversation.agent];
  load += counted ? conversation.units : -conversation.units;
  if (load > kCapacity)
    return Wrong(fmt::format("agent {} has {} units of {}", conversation.agent, load, kCapacity));
  return absl::OkStatus();
}

absl::Status Oracle::OnOffer(const Event& event) {
  Conversation& c = open_[event.conversation_id()];
  if (c.phase != Phase::kQueued)
    return Wrong(event, "a conversation that somebody has was offered");
  c.phase = Phase::kOffered;
  c.agent = event.offered().agent_id();
  c.units = event.offered().units();
  c.lease_until = event.offered().lease_until_unix_ms();
  return Count(c, true);
}

absl::Status Oracle::OnOfferEnded(const Event& event) {
  Conversation& c = open_[event.conversation_id()];
  if (c.phase != Phase::kOffered || c.agent != event.offer_ended().agent_id())
    return Wrong(event, "an offer ended that nobody had");
  if (event.offer_ended().end() == events::v1::OFFER_END_EXPIRED &&
      event.at_unix_ms() < c.lease_until) {
    return Wrong(event, fmt::format("an offer expired before {}", c.lease_until));
  }
  c.phase = Phase::kQueued;
  return Count(c, false);
}

absl::Status Oracle::End(const Event& event) {
  Conversation& c = open_[event.conversation_id()];
  ABSL_RETURN_IF_ERROR(Count(c, false));
  if (event.has_closed()) closed_up_to_[event.conversation_id()] = event.closed().last_sequence();
  open_.erase(event.conversation_id());
  return absl::OkStatus();
}

absl::Status Oracle::OnDispatchEvent(uint32_t partition, const Event& event) {
  const bool about_work = !event.conversation_id().empty();
  const auto found = open_.find(event.conversation_id());
  const bool known = found != open_.end();
  if (event.has_queued()) {
    Conversation& c = open_[event.conversation_id()];
    if (known && event.revision() < c.revision) return Wrong(event, "an older revision was queued");
    const bool entered = !known || event.revision() > c.revision;
    if (!entered && c.phase == Phase::kQueued && c.partition == partition && c.agent.empty())
      return Wrong(event, "a conversation was queued twice");
    if (!entered && event.queued().eligible_unix_ms() != c.eligible)
      return Wrong(event, fmt::format("its age counted from {} before", c.eligible));
    if (c.counted) return Wrong(event, "a conversation was queued that counts against an agent");
    c.partition = partition;
    c.pool = event.pool();
    c.revision = event.revision();
    c.eligible = event.queued().eligible_unix_ms();
    c.phase = Phase::kQueued;
    c.agent.clear();
  } else if (about_work && !known && (event.has_offered() || event.has_accepted())) {
    return Wrong(event, "nobody had queued it");
  } else if (about_work && known && event.revision() == found->second.revision) {
    Conversation& c = found->second;
    switch (event.kind_case()) {
      case Event::kOffered:
        ABSL_RETURN_IF_ERROR(OnOffer(event));
        break;
      case Event::kAccepted:
        if (c.phase != Phase::kOffered || c.agent != event.accepted().agent_id())
          return Wrong(event, "somebody accepted what he was not offered");
        c.phase = Phase::kActive;
        break;
      case Event::kOfferEnded:
        ABSL_RETURN_IF_ERROR(OnOfferEnded(event));
        break;
      case Event::kUnassigned:
        c.phase = Phase::kOffered;  // Nobody's until it is queued.
        ABSL_RETURN_IF_ERROR(Count(c, false));
        break;
      case Event::kHeld:
        c.phase = Phase::kHeld;
        if (event.held().freed()) ABSL_RETURN_IF_ERROR(Count(c, false));
        break;
      case Event::kResumed:
        c.phase = Phase::kActive;
        ABSL_RETURN_IF_ERROR(Count(c, true));
        break;
      case Event::kClosed:
      case Event::kReleased:
        ABSL_RETURN_IF_ERROR(End(event));
        break;
      default:
        break;
    }
  }
  if (event.has_warned()) ABSL_RETURN_IF_ERROR(OnAlarm(event, event.warned(), false));
  if (event.has_breached()) ABSL_RETURN_IF_ERROR(OnAlarm(event, event.breached(), true));
  return OnClocks(event);
}

// ---- clocks

absl::Status Oracle::OnAlarm(const Event& event, const events::v1::ClockAlarm& alarm, bool breach) {
  const auto& id = alarm.alarm();
  const auto found = running_.find(ClockKey(id.conversation_id(), id.clock()));
  if (found == running_.end()) return Wrong(event, "an alarm of no clock was obeyed");
  const auto& clock = found->second.clock;
  if (clock.phase() != clocks::v1::CLOCK_PHASE_RUNNING || clock.generation() != id.generation()) {
    return Wrong(event, fmt::format("an alarm of generation {} was obeyed; the clock has {}",
                                    id.generation(), clock.generation()));
  }
  if (breach && event.at_unix_ms() < clock.deadline_unix_ms())
    return Wrong(event, fmt::format("a clock was breached before {}", clock.deadline_unix_ms()));
  const auto key =
      fmt::format("{}/{}/{}/{}", id.conversation_id(), id.clock(), id.generation(), id.threshold());
  if (++effective_[key] > 1) return Wrong(event, "an alarm was effective twice");
  return absl::OkStatus();
}

absl::Status Oracle::OnClocks(const Event& event) {
  for (const auto& clock : event.clocks()) {
    KnownClock known{event.pool(), event.conversation_id(), clock};
    KnownClock& latest = running_[ClockKey(event.conversation_id(), clock.spec().name())];
    if (clock.generation() < latest.clock.generation())
      return Wrong(event, "a clock's generation went back");
    latest = known;
    heard_.push_back(std::move(known));
  }
  return absl::OkStatus();
}

commands::v1::Command Oracle::AlarmOf(const KnownClock& clock, uint32_t threshold) {
  commands::v1::Command command;
  command.set_tenant(golden::kTenant);
  command.set_pool(clock.pool);
  auto& alarm = *command.mutable_alarm()->mutable_alarm();
  alarm.set_conversation_id(clock.conversation);
  alarm.set_clock(clock.clock.spec().name());
  alarm.set_generation(clock.clock.generation());
  alarm.set_threshold(threshold);
  alarm.set_due_unix_ms(clock.clock.deadline_unix_ms());
  return command;
}

std::vector<commands::v1::Command> Oracle::AlarmsDue(int64_t now) const {
  std::vector<commands::v1::Command> due;
  for (const auto& [key, known] : running_) {
    const auto& clock = known.clock;
    if (clock.phase() != clocks::v1::CLOCK_PHASE_RUNNING || clock.breached()) continue;
    if (NextThresholdAt(clock) <= now) due.push_back(AlarmOf(known, clock.warned()));
  }
  return due;
}

std::vector<commands::v1::Command> Oracle::AlarmsOfOldGenerations(int64_t now) const {
  std::vector<commands::v1::Command> old = AlarmsDue(now);
  std::erase_if(old, [](const auto& due) { return due.alarm().alarm().generation() < 2; });
  for (auto& command : old) {
    auto& alarm = *command.mutable_alarm()->mutable_alarm();
    alarm.set_generation(alarm.generation() - 1);
  }
  return old;
}

// ---- presence

absl::Status Oracle::OnPresence(const base::InputRecord& record,
                                const std::vector<Output>& outputs) {
  commands::v1::Command command;
  command.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()));
  bool rejected = false;
  for (const Output& output : outputs) {
    if (output.topic != base::OutputTopic::kEvents) continue;
    Event event;
    event.ParseFromString(output.value);
    rejected = rejected || event.has_rejected();
    if (event.presence().status() != commands::v1::PRESENCE_STATUS_LOST) continue;
    const std::string& session = sessions_[event.presence().agent_id()];
    const bool his = command.presence().session() == session;
    const bool his_gateway = command.has_gateway_lost() &&
                             session.starts_with(command.gateway_lost().incarnation() + "/");
    if (!his && !his_gateway)
      return Wrong(event, fmt::format("the loss of another session than {} was obeyed", session));
  }
  const auto& presence = command.presence();
  if (command.has_presence() && !rejected &&
      (presence.status() == commands::v1::PRESENCE_STATUS_AVAILABLE ||
       presence.status() == commands::v1::PRESENCE_STATUS_AWAY)) {
    sessions_[presence.agent_id()] = presence.session();
  }
  return absl::OkStatus();
}

// ---- the end

absl::Status Oracle::AllDone(const std::map<std::string, uint32_t>& delivered) const {
  for (const auto& [id, times] : delivered) {
    const auto place = places_.find(id);
    const auto answered = answered_.find(id);
    if ((place != places_.end()) == (answered != answered_.end()))
      return Wrong(fmt::format("message {} is nowhere, or in two places", id));
    const auto repeats = duplicates_.find(id);
    const uint32_t duplicates = repeats == duplicates_.end() ? 0 : repeats->second;
    if (duplicates + 1 != times) {
      return Wrong(fmt::format("message {} was delivered {} times and counted as a duplicate {}",
                               id, times, duplicates));
    }
    if (place == places_.end()) continue;
    const auto closed = closed_up_to_.find(place->second.conversation);
    if (closed == closed_up_to_.end() || closed->second < place->second.sequence) {
      return Wrong(fmt::format("message {} (number {} of conversation {}) was never resolved", id,
                               place->second.sequence, place->second.conversation));
    }
  }
  if (open_.empty()) return absl::OkStatus();
  return Wrong(fmt::format("conversation {} is still open", open_.begin()->first));
}

}  // namespace centralita::simulation
