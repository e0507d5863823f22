#include "views/event_text.h"

#include <fmt/format.h>

#include "absl/strings/ascii.h"
#include "centralita/base/time.h"

namespace centralita::views {
namespace {

using events::v1::Event;

std::string EnumTail(const std::string& name, size_t prefix) {
  std::string tail = absl::AsciiStrToLower(name.substr(prefix));
  for (char& c : tail) {
    if (c == '_') c = ' ';
  }
  return tail;
}

std::string Facts(const commands::v1::WorkFacts& facts) {
  std::string tags;
  for (const auto& tag : facts.tags()) tags += (tags.empty() ? "" : " ") + tag;
  return fmt::format(
      "{} in {}, priority {} ({}){}", facts.intent(), facts.language(), facts.priority(),
      EnumTail(classification::v1::PriorityBand_Name(facts.band()), sizeof("PRIORITY_BAND_") - 1),
      tags.empty() ? "" : ", " + tags);
}

std::string Time(int64_t unix_ms) {
  return base::FormatUtc(base::FromUnixMillis(unix_ms)).substr(11, 12);
}

std::string Alarm(const events::v1::ClockAlarm& alarm) {
  return fmt::format("{} (threshold {}, due {})", alarm.alarm().clock(), alarm.alarm().threshold(),
                     Time(alarm.alarm().due_unix_ms()));
}

std::string PolicyText(const events::v1::PolicyActivated& activated) {
  std::string text = fmt::format("policy {} is active", activated.version());
  if (activated.stage_percent() > 0) {
    text += fmt::format(" for {} % of the customers", activated.stage_percent());
  }
  if (activated.restores_version() > 0) {
    text += fmt::format(", as {} was", activated.restores_version());
  }
  if (activated.applied_by().empty()) return text;
  return text + fmt::format(", applied by {} at {}", activated.applied_by(),
                            base::FormatUtc(base::FromUnixMillis(activated.applied_unix_ms())));
}

std::string OverflowText(const events::v1::Overflowed& overflowed) {
  const std::string where = overflowed.to_pool().empty()
                                ? overflowed.to_queue()
                                : overflowed.to_pool() + "/" + overflowed.to_queue();
  return fmt::format("limit {} of queue {} ({} wait, the oldest for {}): {}", overflowed.limit(),
                     overflowed.from_queue(), overflowed.length(),
                     base::FormatDuration(base::Duration(overflowed.oldest_age_ms())),
                     where.empty() ? "raised" : "goes to " + where);
}

}  // namespace

std::string Describe(const Event& e) {
  switch (e.kind_case()) {
    case Event::kDuplicate:
      return fmt::format("duplicate of message {}: nothing to do", e.duplicate().message_id());
    case Event::kOpened:
      return fmt::format("opened with message {}: {}", e.opened().message().message_id(),
                         Facts(e.opened().facts()));
    case Event::kJoined:
      return fmt::format("message {} joined as number {}", e.joined().message().message_id(),
                         e.joined().message().sequence());
    case Event::kAnswered:
      return fmt::format("answered automatically ({})", e.answered().intent());
    case Event::kReopened:
      return fmt::format("reopened by message {}", e.reopened().message().message_id());
    case Event::kMoved:
      return fmt::format("message {} moved here from {}", e.moved().message().message_id(),
                         e.moved().from_conversation_id());
    case Event::kLinked:
      return fmt::format("handle {} belongs to {} now", e.linked().handle().handle(),
                         e.linked().to_customer_id());
    case Event::kAmended:
      return fmt::format("amended ({}): {}", e.amended().reason(), Facts(e.amended().facts()));
    case Event::kRejected:
      return fmt::format("rejected ({}): {}", e.rejected().code(), e.rejected().detail());
    case Event::kPolicyActivated:
      return PolicyText(e.policy_activated());
    case Event::kDeflection:
      return fmt::format("what {} answered {}", Time(e.deflection().answered_unix_ms()),
                         e.deflection().deflected() ? "was enough: deflected"
                                                    : "was not enough: the customer came back");
    case Event::kQueued:
      return fmt::format("queued in {}/{} ({}), due {}", e.pool(), e.queue(), e.queued().reason(),
                         Time(e.queued().due_unix_ms()));
    case Event::kOffered:
      return fmt::format("offered to {} until {}, by step {}{}", e.offered().agent_id(),
                         Time(e.offered().lease_until_unix_ms()), e.offered().step() + 1,
                         e.offered().needs_translation() ? ", who needs a translation" : "");
    case Event::kAccepted:
      return fmt::format("accepted by {}", e.accepted().agent_id());
    case Event::kOfferEnded:
      return fmt::format(
          "offer to {} ended: {}{}", e.offer_ended().agent_id(),
          EnumTail(events::v1::OfferEnd_Name(e.offer_ended().end()), sizeof("OFFER_END_") - 1),
          e.offer_ended().reason().empty() ? "" : " (" + e.offer_ended().reason() + ")");
    case Event::kReplied:
      return fmt::format(
          "{} replied up to message {}{}", e.replied().agent_id(), e.replied().up_to_sequence(),
          e.replied().first_response()
              ? fmt::format(", first response after {}",
                            base::FormatDuration(base::Duration(e.replied().response_ms())))
              : "");
    case Event::kHeld:
      return fmt::format("held by {}: waits for {}", e.held().agent_id(),
                         e.held().waiting_for().empty() ? "the customer" : e.held().waiting_for());
    case Event::kResumed:
      return fmt::format("the customer came back; {} goes on", e.resumed().agent_id());
    case Event::kUnassigned:
      return fmt::format("taken from {} ({})", e.unassigned().agent_id(), e.unassigned().reason());
    case Event::kClosed:
      return fmt::format(
          "closed: {}{}, {} message(s) up to number {}",
          EnumTail(routing::v1::CloseReason_Name(e.closed().reason()), sizeof("CLOSE_REASON_") - 1),
          e.closed().agent_id().empty() ? "" : " " + e.closed().agent_id(), e.closed().messages(),
          e.closed().last_sequence());
    case Event::kReleased:
      return fmt::format("released ({}) to {}/{}", e.released().reason(), e.released().to_pool(),
                         e.released().to_queue());
    case Event::kStepRelaxed:
      return fmt::format("nobody free: step {} of its route", e.step_relaxed().step() + 1);
    case Event::kWarned:
      return "WARNING of clock " + Alarm(e.warned());
    case Event::kBreached:
      return "BREACH of clock " + Alarm(e.breached());
    case Event::kPresence:
      return fmt::format("agent {} is {}", e.presence().agent_id(),
                         EnumTail(commands::v1::PresenceStatus_Name(e.presence().status()),
                                  sizeof("PRESENCE_STATUS_") - 1));
    case Event::kReprioritized:
      return fmt::format("priority {} ({}), due {}", e.reprioritized().priority(),
                         e.reprioritized().reason(), Time(e.reprioritized().due_unix_ms()));
    case Event::kForecast:
      return fmt::format("clock {} is going to breach: {} too late", e.forecast().alarm().clock(),
                         base::FormatDuration(base::Duration(-e.forecast().forecast().slack_ms())));
    case Event::kRetimed:
      return fmt::format("clocks timed anew by policy {}", e.retimed().policy_version());
    case Event::kNoResponseNeeded:
      return fmt::format("{} says that no answer is needed up to message {}",
                         e.no_response_needed().agent_id(),
                         e.no_response_needed().up_to_sequence());
    case Event::kOverflowed:
      return OverflowText(e.overflowed());
    case Event::KIND_NOT_SET:
      break;
  }
  return "an event that this version does not know";
}

std::string DescribeDecision(const events::v1::Decision& decision) {
  std::string out;
  const auto add = [&out](const std::string& line) { out += "      " + line + "\n"; };
  for (const auto& rule : decision.rules()) {
    add(fmt::format("{} {}{}", rule.won() ? "rule taken: " : "rule beaten:", rule.rule(),
                    rule.detail().empty() ? "" : " (" + rule.detail() + ")"));
  }
  for (const auto& addend : decision.addends()) {
    add(fmt::format("priority {:+} {}{}", addend.points(), addend.name(),
                    addend.detail().empty() ? "" : ": " + addend.detail()));
  }
  if (decision.due_unix_ms() != 0)
    add(fmt::format("due {} by {}", Time(decision.due_unix_ms()), decision.due_by()));
  const auto candidate = [](const events::v1::Candidate& c) {
    return fmt::format("{}: level {}, load {}{}", c.agent_id(), c.skill_level(), c.load_units(),
                       c.sticky() ? ", the customer's last agent" : "");
  };
  if (decision.has_winner()) add("winner " + candidate(decision.winner()));
  for (const auto& other : decision.runners_up()) add("  behind " + candidate(other));
  for (const auto& excluded : decision.excluded()) {
    add(fmt::format("not in question: {} by {}", excluded.count(), excluded.reason()));
  }
  if (!out.empty() && decision.policy_version() != 0)
    add(fmt::format("under policy {}", decision.policy_version()));
  return out;
}

}  // namespace centralita::views
