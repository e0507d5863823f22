#include "thresholds.h"

#include <algorithm>
#include <string>

#include "centralita/base/key.h"
#include "centralita/outbound/v1/outbound.pb.h"
#include "emit.h"
#include "matching.h"
#include "overflow.h"
#include "queueing.h"
#include "settings.h"
#include "views.h"

namespace centralita::dispatch {
namespace {

using clocks::v1::ClockNotice;
using clocks::v1::ClockState;
using clocks::v1::ThresholdActions;

bool IsDeadline(const ClockState& clock, uint32_t threshold) {
  return threshold == static_cast<uint32_t>(clock.spec().warn_before_ms_size());
}

const ThresholdActions* ActionsOf(const ClockState& clock, const cmd::Alarm& alarm) {
  for (const ThresholdActions& actions : clock.spec().actions()) {
    if (actions.forecast() != alarm.has_forecast()) continue;
    if (actions.forecast() || actions.threshold() == alarm.alarm().threshold()) return &actions;
  }
  return nullptr;
}

void EmitAlarm(Shard& shard, Context& context, const Conversation& conversation,
               const ClockState& clock, const cmd::Alarm& alarm) {
  auto& event = BeginEvent(shard, context, conversation);
  *event.add_clocks() = clock;
  if (alarm.has_forecast()) {
    auto& told = *event.mutable_forecast();
    *told.mutable_alarm() = alarm.alarm();
    told.set_kind(clock.spec().kind());
    *told.mutable_forecast() = alarm.forecast();
  } else {
    auto& told = IsDeadline(clock, alarm.alarm().threshold()) ? *event.mutable_breached()
                                                              : *event.mutable_warned();
    *told.mutable_alarm() = alarm.alarm();
    told.set_kind(clock.spec().kind());
  }
  Emit(shard, context, event);
}

void EmitNotice(Shard& shard, Context& context, const Conversation& conversation,
                const ClockNotice& notice) {
  const auto& c = conversation.state;
  auto& outbound = context.Make<outbound::v1::Outbound>();
  outbound.set_tenant(shard.tenant());
  outbound.set_customer_id(c.customer_id());
  outbound.set_conversation_id(c.conversation_id());
  outbound.set_kind(outbound::v1::OUTBOUND_KIND_CLOCK_NOTICE);
  outbound.set_created_unix_ms(context.now);
  *outbound.mutable_notice() = notice;
  context.outputs.Emit(base::OutputTopic::kOutbound,
                       base::TenantKey(shard.tenant(), c.customer_id()), outbound);
}

void Tell(Shard& shard, Context& context, Conversation& conversation, const ClockState& clock,
          const cmd::Alarm& alarm, const std::string& recipient) {
  ClockNotice notice;
  *notice.mutable_alarm() = alarm.alarm();
  notice.set_kind(clock.spec().kind());
  notice.set_forecast(alarm.has_forecast());
  notice.set_breached(!alarm.has_forecast() && IsDeadline(clock, alarm.alarm().threshold()));
  notice.set_recipient(recipient);
  const base::TimePoint now = base::FromUnixMillis(context.now);
  const base::TimePoint open = shard.HoursOf(clock.spec().notify_calendar()).NextOpen(now);
  if (open <= now) return EmitNotice(shard, context, conversation, notice);
  notice.set_due_unix_ms(base::ToUnixMillis(open));
  auto& waiting = *conversation.state.mutable_notices();
  if (waiting.size() >= kWaitingNotices) waiting.DeleteSubrange(0, 1);
  *waiting.Add() = std::move(notice);
}

bool TakeNextStep(const Shard& shard, Conversation& conversation, int64_t now) {
  auto& c = conversation.state;
  if (c.phase() != state::DISPATCH_PHASE_QUEUED) return false;
  if (static_cast<int>(c.step()) + 1 >= c.steps_size()) return false;
  if (NextStepIsElsewhere(shard, conversation)) return false;
  c.set_step(c.step() + 1);
  c.set_step_since_unix_ms(std::max(now, c.eligible_unix_ms()));
  return true;
}

void EmitStep(Shard& shard, Context& context, const Conversation& conversation) {
  auto& event = BeginEvent(shard, context, conversation);
  event.mutable_step_relaxed()->set_step(conversation.state.step());
  Emit(shard, context, event);
}

void EmitRaised(Shard& shard, Context& context, const Conversation& conversation,
                const ClockState& clock) {
  auto& event = BeginEvent(shard, context, conversation);
  auto& told = *event.mutable_reprioritized();
  told.set_priority(conversation.state.facts().priority());
  told.set_due_unix_ms(conversation.state.due_unix_ms());
  told.set_reason("clock/" + clock.spec().name());
  Emit(shard, context, event);
  NotifyMessages(shard, context, conversation, 0);
}

void Do(Shard& shard, Context& context, Conversation& conversation, const ClockState& clock,
        const ThresholdActions& actions) {
  bool moved = !actions.queue().empty() && MoveTo(shard, conversation, actions.queue());
  if (!moved && actions.next_step()) {
    moved = TakeNextStep(shard, conversation, context.now);
  }
  const bool raised = RaiseTo(conversation, actions.raise_to());
  Rekey(shard, conversation);
  shard.Update(conversation);
  if (moved) EmitStep(shard, context, conversation);
  if (raised) EmitRaised(shard, context, conversation, clock);
  if (!moved && actions.next_step() && LeaveByStep(shard, context, conversation, true)) return;
  if (moved || raised) MatchConversation(shard, context, conversation, false);
}

}  // namespace

bool MoveTo(const Shard& shard, Conversation& conversation, const std::string& queue) {
  auto& c = conversation.state;
  const bool nobodys =
      c.phase() == state::DISPATCH_PHASE_QUEUED || c.phase() == state::DISPATCH_PHASE_OFFERED;
  if (!nobodys || !HasQueue(shard.policy.section(), queue)) return false;
  c.clear_steps();
  c.add_steps()->set_queue(queue);
  c.set_step(0);
  return true;
}

bool RaiseTo(Conversation& conversation, classification::v1::PriorityBand band) {
  auto& c = conversation.state;
  c.set_min_band(std::max(c.min_band(), band));
  if (c.facts().band() >= c.min_band()) return false;
  c.mutable_facts()->set_band(c.min_band());
  return true;
}

void ReachThreshold(Shard& shard, Context& context, Conversation& conversation,
                    const ClockState& clock, const cmd::Alarm& alarm) {
  EmitAlarm(shard, context, conversation, clock, alarm);
  const ThresholdActions* const actions = ActionsOf(clock, alarm);
  if (actions != nullptr && !actions->notify().empty()) {
    Tell(shard, context, conversation, clock, alarm, actions->notify());
  }
  if (actions == nullptr) {
    shard.Update(conversation);
  } else {
    Do(shard, context, conversation, clock, *actions);
  }
}

void RaiseByClocks(Conversation& conversation) {
  for (const ClockState& clock : conversation.state.clocks()) {
    for (const ThresholdActions& actions : clock.spec().actions()) {
      const bool reached = actions.forecast() ? clock.forecast()
                           : IsDeadline(clock, actions.threshold())
                               ? clock.breached()
                               : actions.threshold() < clock.warned();
      if (reached) RaiseTo(conversation, actions.raise_to());
    }
  }
}

void KeepRaised(Conversation& conversation) {
  auto& c = conversation.state;
  if (c.facts().band() < c.min_band()) c.mutable_facts()->set_band(c.min_band());
}

bool SendDueNotices(Shard& shard, Context& context, Conversation& conversation) {
  auto& waiting = *conversation.state.mutable_notices();
  bool sent = false;
  for (int i = 0; i < waiting.size();) {
    if (waiting.Get(i).due_unix_ms() > context.now) {
      ++i;
      continue;
    }
    EmitNotice(shard, context, conversation, waiting.Get(i));
    waiting.DeleteSubrange(i, 1);
    sent = true;
  }
  if (sent) shard.Update(conversation);
  return sent;
}

}  // namespace centralita::dispatch
