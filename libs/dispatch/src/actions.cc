#include "actions.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "agents.h"
#include "centralita/base/key.h"
#include "centralita/outbound/v1/outbound.pb.h"
#include "clocks.h"
#include "emit.h"
#include "fmt/format.h"
#include "matching.h"
#include "messages.h"
#include "offers.h"
#include "queueing.h"
#include "settings.h"
#include "views.h"

namespace centralita::dispatch {
namespace {

using Problem = std::optional<common::v1::ItemError>;

struct Doing {
  Shard& shard;
  Context& context;
  const cmd::AgentAction& action;
  Agent& agent;
  // Null if the shard does not hold it.
  Conversation* conversation = nullptr;
  // The agent has room again.
  bool made_room = false;
};

Problem Error(std::string_view code, std::string message) {
  common::v1::ItemError error;
  error.set_code(code.data(), code.size());
  error.set_message(std::move(message));
  return error;
}

void Reject(Shard& shard, Context& context, const Conversation* conversation,
            const cmd::AgentAction& action, const common::v1::ItemError& error) {
  auto& rejected = context.Make<events::v1::Rejected>();
  rejected.set_code(error.code());
  rejected.set_detail(error.message());
  rejected.set_agent_id(action.agent_id());
  rejected.set_action_id(action.action_id());
  EmitRejected(shard, context, conversation, rejected);
}

state::DispatchAction Outcome(const cmd::AgentAction& action, const Problem& problem) {
  state::DispatchAction outcome;
  outcome.set_action_id(action.action_id());
  outcome.set_conversation_id(action.conversation_id());
  outcome.set_agent_id(action.agent_id());
  if (problem) *outcome.mutable_error() = *problem;
  return outcome;
}

const state::DispatchAction* Remembered(const Agent& agent, const Conversation* conversation,
                                        const cmd::AgentAction& action) {
  if (const auto* const done = agent.Recent(action.action_id())) return done;
  if (conversation == nullptr) return nullptr;
  for (const auto& done : conversation->state.actions()) {
    if (done.action_id() == action.action_id() && done.agent_id() == action.agent_id())
      return &done;
  }
  return nullptr;
}

void Remember(Conversation& conversation, const state::DispatchAction& done) {
  auto& actions = *conversation.state.mutable_actions();
  if (actions.size() == kConversationActions) actions.DeleteSubrange(0, 1);
  *actions.Add() = done;
}

// For all that needs the work to be the agent's: active, or waiting for its customer.
Problem CheckHis(const Doing& doing) {
  if (doing.conversation == nullptr) {
    return Error("unknown_conversation",
                 "The conversation is not in this pool (any more): it was closed, transferred, or "
                 "never here.");
  }
  const auto& c = doing.conversation->state;
  if (c.phase() == state::DISPATCH_PHASE_QUEUED || c.phase() == state::DISPATCH_PHASE_OFFERED) {
    return Error("not_active",
                 "The conversation is not assigned to anybody: accept an offer of it first.");
  }
  if (c.agent_id() != doing.action.agent_id()) {
    return Error("not_yours", "The conversation is assigned to another agent.");
  }
  return std::nullopt;
}

// The n of "<conversation>.<revision>.<n>", or 0 if the offer is not of this conversation and
// revision.
uint32_t OfferNumber(const state::DispatchConversation& c, std::string_view offer_id) {
  const std::string prefix = fmt::format("{}.{}.", c.conversation_id(), c.revision());
  if (offer_id.substr(0, prefix.size()) != prefix) return 0;
  uint64_t number = 0;
  for (const char digit : offer_id.substr(prefix.size())) {
    if (digit < '0' || digit > '9' || number > c.offers_made()) return 0;
    number = number * 10 + static_cast<uint64_t>(digit - '0');
  }
  return number <= c.offers_made() ? static_cast<uint32_t>(number) : 0;
}

Problem CheckOffered(const Doing& doing, std::string_view offer_id) {
  if (doing.conversation == nullptr) {
    return Error("unknown_conversation",
                 "The conversation is not in this pool (any more): it was closed, transferred, or "
                 "never here.");
  }
  const auto& c = doing.conversation->state;
  if (c.phase() == state::DISPATCH_PHASE_OFFERED && c.offer().offer_id() == offer_id) {
    if (c.agent_id() == doing.action.agent_id()) return std::nullopt;
    return Error("not_yours", "The offer is for another agent.");
  }
  if (OfferNumber(c, offer_id) > 0)
    return Error("offer_ended", "The offer has ended: it lapsed or was taken back.");
  return Error("no_such_offer", "There was no such offer of this conversation.");
}

Problem DoAccept(Doing& doing) {
  const std::string& offer_id = doing.action.accept().offer_id();
  if (Problem problem = CheckOffered(doing, offer_id)) return problem;
  auto& c = doing.conversation->state;
  c.set_phase(state::DISPATCH_PHASE_ACTIVE);
  c.clear_offer();
  const int64_t silence = doing.shard.policy.section().silence_ms();
  c.set_silent_until_unix_ms(silence > 0 ? doing.context.now + silence : 0);
  doing.shard.Update(*doing.conversation);
  auto& event = BeginEvent(doing.shard, doing.context, *doing.conversation);
  auto& accepted = *event.mutable_accepted();
  accepted.set_offer_id(offer_id);
  accepted.set_agent_id(doing.action.agent_id());
  accepted.set_action_id(doing.action.action_id());
  Emit(doing.shard, doing.context, event);
  NotifyAssigned(doing.shard, doing.context, *doing.conversation, offer_id);
  return std::nullopt;
}

Problem DoDecline(Doing& doing) {
  const auto& decline = doing.action.decline();
  if (Problem problem = CheckOffered(doing, decline.offer_id())) return problem;
  EndOffer(doing.shard, doing.context, *doing.conversation,
           decline.undeliverable() ? events::v1::OFFER_END_UNDELIVERABLE
                                   : events::v1::OFFER_END_DECLINED,
           decline.reason());
  ReturnToQueue(doing.shard, doing.context, *doing.conversation,
                decline.undeliverable() ? "undeliverable" : "declined");
  doing.made_room = true;
  return std::nullopt;
}

void SendReply(const Doing& doing) {
  const auto& c = doing.conversation->state;
  auto& outbound = doing.context.Make<outbound::v1::Outbound>();
  outbound.set_tenant(doing.shard.tenant());
  outbound.set_customer_id(c.customer_id());
  outbound.set_conversation_id(c.conversation_id());
  outbound.set_kind(outbound::v1::OUTBOUND_KIND_AGENT_REPLY);
  outbound.set_channel(LastChannel(*doing.conversation));
  if (!c.messages().empty()) outbound.set_message_id(c.messages().rbegin()->message_id());
  outbound.set_text(doing.action.reply().text());
  outbound.set_agent_id(doing.action.agent_id());
  outbound.set_created_unix_ms(doing.context.now);
  doing.context.outputs.Emit(base::OutputTopic::kOutbound,
                             base::TenantKey(doing.shard.tenant(), c.customer_id()), outbound);
}

void EndSilence(state::DispatchConversation& c) {
  c.clear_unanswered();
  c.clear_silent_until_unix_ms();
}

// In place of an answer.
void SayNoneNeeded(Doing& doing) {
  auto& c = doing.conversation->state;
  auto& event = BeginEvent(doing.shard, doing.context, *doing.conversation);
  ClocksOnNoResponse(doing.shard, *doing.conversation, doing.context.now, *event.mutable_clocks());
  EndSilence(c);
  Rekey(doing.shard, *doing.conversation);
  doing.shard.Update(*doing.conversation);
  auto& said = *event.mutable_no_response_needed();
  said.set_agent_id(doing.action.agent_id());
  said.set_action_id(doing.action.action_id());
  said.set_up_to_sequence(c.last_sequence());
  Emit(doing.shard, doing.context, event);
}

Problem DoReply(Doing& doing) {
  if (Problem problem = CheckHis(doing)) return problem;
  if (doing.action.reply().no_response_needed()) {
    SayNoneNeeded(doing);
    return std::nullopt;
  }
  auto& c = doing.conversation->state;
  const bool bot = doing.agent.state.record().bot();
  auto& event = BeginEvent(doing.shard, doing.context, *doing.conversation);
  const ReplyEffect effect = ClocksOnReply(doing.shard, *doing.conversation, bot, doing.context.now,
                                           *event.mutable_clocks());
  EndSilence(c);
  Rekey(doing.shard, *doing.conversation);
  doing.shard.Update(*doing.conversation);
  auto& replied = *event.mutable_replied();
  replied.set_agent_id(doing.action.agent_id());
  replied.set_action_id(doing.action.action_id());
  replied.set_up_to_sequence(c.last_sequence());
  replied.set_first_response(effect.first_response);
  replied.set_response_ms(effect.response_ms);
  replied.set_bot(bot);
  replied.set_channel(LastChannel(*doing.conversation));
  replied.set_intent(c.facts().intent());
  Emit(doing.shard, doing.context, event);
  // An empty text tells of an answer that was given in another way.
  if (!doing.action.reply().text().empty()) SendReply(doing);
  return std::nullopt;
}

Problem DoHold(Doing& doing) {
  if (Problem problem = CheckHis(doing)) return problem;
  const int64_t until = doing.action.hold().until_unix_ms();
  if (until != 0 && until <= doing.context.now) {
    return Error(
        "invalid_until",
        "The time until which to hold has passed: name a later one, or 0 for the default.");
  }
  const std::string& waiting_for = doing.action.hold().waiting_for();
  if (waiting_for.size() > kMaxWaitingFor) {
    return Error("invalid_waiting_for",
                 fmt::format("What it waits for has {} bytes: use a name of at most {}.",
                             waiting_for.size(), kMaxWaitingFor));
  }
  auto& c = doing.conversation->state;
  c.set_waiting_for(waiting_for == "customer" ? std::string() : waiting_for);
  const auto& section = doing.shard.policy.section();
  const int64_t timeout =
      section.hold_timeout_ms() > 0 ? doing.context.now + section.hold_timeout_ms() : 0;
  const bool freed = c.freed() || section.hold_frees_capacity();
  auto& event = BeginEvent(doing.shard, doing.context, *doing.conversation);
  PauseClocks(doing.shard, *doing.conversation, c.waiting_for(), doing.context.now,
              *event.mutable_clocks());
  if (freed) NoteFreed(doing.shard, doing.context, *doing.conversation);
  c.set_phase(state::DISPATCH_PHASE_WAITING);
  c.set_freed(freed);
  c.set_hold_until_unix_ms(until != 0 ? until : timeout);
  c.clear_silent_until_unix_ms();
  doing.shard.Update(*doing.conversation);
  auto& held = *event.mutable_held();
  held.set_agent_id(c.agent_id());
  held.set_until_unix_ms(c.hold_until_unix_ms());
  held.set_freed(freed);
  held.set_waiting_for(c.waiting_for());
  Emit(doing.shard, doing.context, event);
  doing.made_room = freed;
  return std::nullopt;
}

Problem DoResolve(Doing& doing) {
  if (Problem problem = CheckHis(doing)) return problem;
  const auto reason = doing.agent.state.record().bot()
                          ? routing::v1::CLOSE_REASON_RESOLVED_BY_BOT
                          : routing::v1::CLOSE_REASON_RESOLVED_BY_AGENT;
  NoteFreed(doing.shard, doing.context, *doing.conversation);
  Close(doing.shard, doing.context, *doing.conversation, reason, doing.action.action_id(),
        doing.action.resolve().intent());
  doing.made_room = true;
  return std::nullopt;
}

Problem CheckFields(const cmd::Transfer& transfer) {
  if (transfer.fields_size() > kMaxFields) {
    return Error("invalid_fields", fmt::format("A transfer carries {} fields: send at most {}.",
                                               transfer.fields_size(), kMaxFields));
  }
  for (const common::v1::Field& field : transfer.fields()) {
    if (!field.name().empty() && field.name().size() <= kMaxFieldName &&
        field.value().size() <= kMaxFieldValue) {
      continue;
    }
    return Error("invalid_fields",
                 fmt::format("A field needs a name of 1 to {} bytes and a value of at most {}; the "
                             "field '{}' has not.",
                             kMaxFieldName, kMaxFieldValue,
                             field.name().size() <= kMaxFieldName
                                 ? std::string_view(field.name())
                                 : std::string_view("(its name is too long)")));
  }
  return std::nullopt;
}

// The later one of a name counts; what is too much of all together goes, the oldest first.
void TakeFields(const cmd::Transfer& transfer, state::DispatchConversation& c) {
  auto& all = *c.mutable_fields();
  for (const common::v1::Field& field : transfer.fields()) {
    const auto same = std::find_if(all.begin(), all.end(), [&](const common::v1::Field& other) {
      return other.name() == field.name();
    });
    if (same == all.end()) {
      *all.Add() = field;
    } else {
      *same = field;
    }
  }
  if (all.size() > kMaxFields) all.DeleteSubrange(0, all.size() - kMaxFields);
}

Problem DoTransfer(Doing& doing) {
  if (Problem problem = CheckHis(doing)) return problem;
  const cmd::Transfer& transfer = doing.action.transfer();
  if (Problem problem = CheckFields(transfer)) return problem;
  TakeFields(transfer, doing.conversation->state);
  NoteFreed(doing.shard, doing.context, *doing.conversation);
  const bool handoff = doing.agent.state.record().bot() && transfer.to_pool().empty();
  Release(doing.shard, doing.context, *doing.conversation, handoff ? "handoff" : "transfer",
          transfer);
  doing.made_room = true;
  return std::nullopt;
}

Problem Do(Doing& doing) {
  switch (doing.action.kind_case()) {
    case cmd::AgentAction::kAccept:
      return DoAccept(doing);
    case cmd::AgentAction::kDecline:
      return DoDecline(doing);
    case cmd::AgentAction::kReply:
      return DoReply(doing);
    case cmd::AgentAction::kHold:
      return DoHold(doing);
    case cmd::AgentAction::kResolve:
      return DoResolve(doing);
    case cmd::AgentAction::kTransfer:
      return DoTransfer(doing);
    case cmd::AgentAction::KIND_NOT_SET:
      break;
  }
  return Error("unknown_action", "The action has no kind that this version knows.");
}

// What makes the action none of this agent's, before it is looked at. Not remembered: a retry may
// be right.
Problem CheckSender(const Agent* agent, const cmd::AgentAction& action) {
  if (agent == nullptr) {
    return Error("unknown_agent",
                 fmt::format("Agent '{}' is not in this pool's directory.", action.agent_id()));
  }
  if (action.action_id().empty())
    return Error("missing_action_id", "An action needs an id, so that a retry is safe.");
  return std::nullopt;
}

void Answer(Shard& shard, Context& context, const cmd::AgentAction& action,
            const Problem& problem) {
  NotifyResult(shard, context, action.agent_id(), action.session(), Outcome(action, problem));
}

}  // namespace

void Act(Shard& shard, Context& context, const cmd::AgentAction& action) {
  Agent* const agent = KnownAgent(shard, action.agent_id());
  Conversation* const conversation = shard.Find(action.conversation_id());
  Problem problem = CheckSender(agent, action);
  if (!problem) {
    if (const auto* const done = Remembered(*agent, conversation, action)) {
      NotifyResult(shard, context, action.agent_id(), action.session(), *done);
      return;
    }
    if (!agent->Connected() || agent->state.session() != action.session()) {
      problem =
          Error("wrong_session",
                "The agent has another session (or none) now: send it again through that one.");
    }
  }
  if (problem) {
    Reject(shard, context, conversation, action, *problem);
    Answer(shard, context, action, problem);
    return;
  }
  Doing doing{shard, context, action, *agent, conversation};
  problem = Do(doing);
  if (problem) Reject(shard, context, conversation, action, *problem);
  const state::DispatchAction outcome = Outcome(action, problem);
  agent->Remember(outcome);
  shard.Update(*agent);
  // It may be closed or gone now.
  Conversation* const held = problem ? nullptr : shard.Find(action.conversation_id());
  if (held != nullptr) {
    Remember(*held, outcome);
    shard.Update(*held);
  }
  NotifyResult(shard, context, action.agent_id(), action.session(), outcome);
  // After it: until he hears of it, what he has given up is his in his own view.
  if (doing.made_room) MatchAgent(shard, context, *agent);
}

}  // namespace centralita::dispatch
