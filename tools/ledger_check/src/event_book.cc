#include <fmt/format.h>

#include <functional>
#include <utility>

#include "books.h"
#include "centralita/metrics/v1/metrics.pb.h"

namespace centralita::ledger {
namespace {

using events::v1::Event;

uint64_t HashOf(std::string_view bytes) { return std::hash<std::string_view>{}(bytes); }

SourceAt At(const common::v1::Source& source) {
  return {source.log_epoch(), source.partition(), source.offset(), source.index()};
}

std::string Told(const common::v1::Source& source) {
  return fmt::format("stage {} epoch {} {}/{} output {}", static_cast<int>(source.stage()),
                     source.log_epoch(), source.partition(), source.offset(), source.index());
}

}  // namespace

uint64_t ActionHash(std::string_view agent_id, std::string_view action_id) {
  return HashOf(fmt::format("{}:{}:{}", agent_id.size(), agent_id, action_id));
}

absl::Status EventBook::Read(std::string_view block) {
  metrics::v1::TracedEvent traced;
  if (!traced.ParseFromArray(block.data(), static_cast<int>(block.size())) || !traced.has_event()) {
    return absl::DataLossError("not a TracedEvent");
  }
  // The same coordinates again: two dumps overlap.
  uint64_t& next = next_offsets_[traced.coordinates().partition()];
  if (traced.coordinates().offset() < next) {
    facts_.findings.Note("events_dumped_twice");
    return absl::OkStatus();
  }
  next = traced.coordinates().offset() + 1;
  facts_.Moment(traced.append_unix_ms());
  const Event& event = traced.event();
  if (!IsNew(event, traced.coordinates().partition(), event.SerializeAsString())) {
    return absl::OkStatus();
  }
  facts_.findings.Note("events");
  ReadRoute(event);
  ReadDispatch(event);
  return absl::OkStatus();
}

bool EventBook::IsNew(const Event& event, uint32_t partition, std::string_view value) {
  if (!event.origin().has_source()) return true;
  const auto& source = event.origin().source();
  const uint64_t stage = (static_cast<uint64_t>(source.stage()) << 32) | source.log_epoch();
  const uint64_t content = HashOf(value);
  const uint64_t place = (static_cast<uint64_t>(source.partition()) << 32) | source.index();
  const auto [known, is_new] = seen_.emplace(SourceKey{{stage, place}, source.offset()}, content);
  if (!is_new) {
    facts_.findings.Note("event_repeats_dropped");
    if (known->second != content) {
      facts_.findings.Add("diverging_repeats", 1,
                          [&] { return fmt::format("two different events of {}", Told(source)); });
    }
    return false;
  }
  auto& highest = watermarks_[SourceKey{{stage, source.partition()}, partition}];
  const std::pair<uint64_t, uint32_t> at(source.offset(), source.index());
  if (at < highest) {
    facts_.findings.Add("output_order", 1, [&] {
      return fmt::format("event of {} came after output {}/{} of the same log, so readers drop it",
                         Told(source), highest.first, highest.second);
    });
    return true;
  }
  highest = at;
  return true;
}

void EventBook::ReadRoute(const Event& event) {
  switch (event.kind_case()) {
    case Event::kDuplicate:
      ++facts_.Message(facts_.MessageId(event.duplicate().message_id())).duplicates;
      return;
    case Event::kAnswered: {
      const Id id = facts_.MessageId(event.answered().message_id());
      MessageFacts& message = facts_.Message(id);
      if (event.answered().replayed()) message.replayed = true;
      if (!message.Placed() && message.answered == 0) CheckCustomerOrder(event.customer_id(), id);
      ++message.answered;
      return;
    }
    case Event::kOpened:
      return Place(event, event.opened().message().message_id(),
                   event.opened().message().sequence(), event.opened().replayed(), true);
    case Event::kJoined:
      return Place(event, event.joined().message().message_id(),
                   event.joined().message().sequence(), event.joined().replayed(), false);
    case Event::kReopened:
      return Place(event, event.reopened().message().message_id(),
                   event.reopened().message().sequence(), event.reopened().replayed(), true);
    case Event::kMoved:
      return Place(event, event.moved().message().message_id(), event.moved().message().sequence(),
                   false, false);
    default:
      return;
  }
}

void EventBook::Place(const Event& event, const std::string& message_id, uint64_t sequence,
                      bool replayed, bool starts_revision) {
  const Id id = facts_.MessageId(message_id);
  const Id conversation = facts_.ConversationId(event.conversation_id());
  MessageFacts& message = facts_.Message(id);
  if (replayed) message.replayed = true;
  const bool told_again = message.conversation == conversation &&
                          message.revision == event.revision() && message.sequence == sequence;
  if (told_again) return;  // an opening for several messages tells the first of them twice
  if (message.Placed()) {
    facts_.replacements.push_back({id, message.conversation, message.revision, message.sequence,
                                   conversation, event.revision()});
  } else if (message.answered == 0) {
    CheckCustomerOrder(event.customer_id(), id);
  }
  CheckConversationOrder(conversation, id, event.revision(), sequence, starts_revision);
  message.conversation = conversation;
  message.revision = event.revision();
  message.sequence = sequence;
}

void EventBook::CheckConversationOrder(Id conversation, Id message, uint64_t revision,
                                       uint64_t sequence, bool starts_revision) {
  const LastOfConversation now_last{revision, sequence, message};
  const auto [last, is_first] = conversations_.try_emplace(conversation, now_last);
  if (is_first) return;
  // What the shard had not taken is told again, in order, with the next revision.
  const bool continues = !starts_revision && revision == last->second.revision;
  const MessageFacts& before = facts_.Message(last->second.message);
  const MessageFacts& now = facts_.Message(message);
  const bool comparable = before.partition >= 0 && before.partition == now.partition;
  if (continues &&
      (sequence <= last->second.sequence || (comparable && now.offset < before.offset))) {
    facts_.disorders.push_back({message, last->second.message});
  }
  last->second = now_last;
}

void EventBook::CheckCustomerOrder(const std::string& customer_id, Id id) {
  const MessageFacts& message = facts_.Message(id);
  if (message.partition < 0 || message.replayed) return;
  const std::pair<Id, int32_t> key(facts_.customer_ids.Of(customer_id), message.partition);
  const auto [last, is_first] = customers_.try_emplace(key, std::pair(message.offset, id));
  if (is_first) return;
  if (message.offset < last->second.first) {
    facts_.disorders.push_back({id, last->second.second});
  } else {
    last->second = {message.offset, id};
  }
}

void EventBook::ReadDispatch(const Event& event) {
  switch (event.kind_case()) {
    case Event::kQueued:
      return Step(event, StepKind::kQueued, "");
    case Event::kOffered:
      return Step(event, StepKind::kOffered, event.offered().agent_id(), event.offered().units());
    case Event::kAccepted:
      facts_.effective_actions.insert(
          ActionHash(event.accepted().agent_id(), event.accepted().action_id()));
      return Step(event, StepKind::kAccepted, event.accepted().agent_id());
    case Event::kOfferEnded:
      return Step(event, StepKind::kOfferEnded, event.offer_ended().agent_id());
    case Event::kReplied:
      facts_.effective_actions.insert(
          ActionHash(event.replied().agent_id(), event.replied().action_id()));
      return Step(event, StepKind::kReplied, event.replied().agent_id());
    case Event::kHeld:
      return Step(event, event.held().freed() ? StepKind::kHeldFreed : StepKind::kHeld,
                  event.held().agent_id());
    case Event::kResumed:
      return Step(event, StepKind::kResumed, event.resumed().agent_id());
    case Event::kUnassigned:
      return Step(event, StepKind::kUnassigned, event.unassigned().agent_id());
    case Event::kClosed: {
      const auto& closed = event.closed();
      const bool by_agent = closed.reason() != routing::v1::CLOSE_REASON_CUSTOMER_SILENT;
      if (!closed.action_id().empty()) {
        facts_.effective_actions.insert(ActionHash(closed.agent_id(), closed.action_id()));
      }
      facts_.conversations[facts_.ConversationId(event.conversation_id())].closes.push_back(
          {event.revision(), closed.last_sequence(), closed.messages(), event.at_unix_ms(),
           At(event.origin().source())});
      return Step(event, StepKind::kClosed, by_agent ? closed.agent_id() : "");
    }
    case Event::kReleased:
      facts_.conversations[facts_.ConversationId(event.conversation_id())].released = true;
      return Step(event, StepKind::kReleased, "");
    case Event::kPresence:
      if (event.presence().capacity_units() > 0) {
        Step(event, StepKind::kCapacity, event.presence().agent_id(),
             event.presence().capacity_units());
      }
      return;
    case Event::kWarned:
      return ReadAlarm(event, false);
    case Event::kBreached:
      return ReadAlarm(event, true);
    default:
      return;
  }
}

void EventBook::Step(const Event& event, StepKind kind, const std::string& agent_id,
                     int32_t units) {
  const Id conversation =
      event.conversation_id().empty() ? kNoId : facts_.ConversationId(event.conversation_id());
  const Id agent = agent_id.empty()
                       ? kNoId
                       : facts_.agent_ids.Of(fmt::format("{}/{}", event.tenant(), agent_id));
  facts_.steps.push_back({At(event.origin().source()), conversation, agent, kind, units,
                          event.revision(), event.at_unix_ms()});
}

void EventBook::ReadAlarm(const Event& event, bool breach) {
  const auto& alarm = breach ? event.breached().alarm() : event.warned().alarm();
  const auto told = [&] {
    return fmt::format("clock {} of conversation {}, generation {}, threshold {}, at {} (due {})",
                       alarm.clock(), alarm.conversation_id(), alarm.generation(),
                       alarm.threshold(), event.at_unix_ms(), alarm.due_unix_ms());
  };
  if (event.at_unix_ms() < alarm.due_unix_ms()) facts_.findings.Add("early_alarms", 1, told);
  const std::string key = fmt::format("{}:{}:{}:{}", alarm.conversation_id(), alarm.clock(),
                                      alarm.generation(), alarm.threshold());
  if (!alarms_.insert(HashOf(key)).second) {
    facts_.findings.Add("alarms_twice", 1, told);
    return;
  }
  ++(breach ? facts_.breaches : facts_.warnings);
}

}  // namespace centralita::ledger
