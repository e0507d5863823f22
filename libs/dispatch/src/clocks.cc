#include "clocks.h"

#include <algorithm>
#include <string>
#include <utility>

#include "centralita/sla/clock.h"
#include "emit.h"
#include "queueing.h"
#include "settings.h"
#include "thresholds.h"

namespace centralita::dispatch {
namespace {

using base::FromUnixMillis;
using clocks::v1::ClockState;
using clocks::v1::StopCondition;

constexpr std::string_view kCustomer = "customer";

const sla::Spans& HoursOf(const Shard& shard, const ClockState& clock) {
  return shard.HoursOf(clock.spec().calendar());
}

void Take(ClockState& clock, ClockState next, ChangedClocks& changed) {
  if (next.generation() == clock.generation()) return;
  clock = std::move(next);
  *changed.Add() = clock;
}

// By the present policy's hours.
void TakeTimed(const Shard& shard, ClockState& clock, ClockState next, ChangedClocks& changed) {
  next.set_policy_version(shard.policy.version());
  Take(clock, std::move(next), changed);
}

void StartAt(const Shard& shard, ClockState& clock, int64_t at, ChangedClocks& changed) {
  TakeTimed(shard, clock, sla::Restart(clock, HoursOf(shard, clock), FromUnixMillis(at)), changed);
}

bool Runs(const ClockState& clock) { return clock.phase() == clocks::v1::CLOCK_PHASE_RUNNING; }
bool IsPaused(const ClockState& clock) { return clock.phase() == clocks::v1::CLOCK_PHASE_PAUSED; }
bool IsStopped(const ClockState& clock) { return clock.phase() == clocks::v1::CLOCK_PHASE_STOPPED; }

void Resume(const Shard& shard, ClockState& clock, int64_t now, ChangedClocks& changed) {
  if (!IsPaused(clock)) return;
  TakeTimed(shard, clock, sla::Resume(clock, HoursOf(shard, clock), FromUnixMillis(now)), changed);
}

StopCondition StopOf(const clocks::v1::ClockSpec& spec) {
  if (spec.stop() != clocks::v1::STOP_CONDITION_UNSPECIFIED) return spec.stop();
  return spec.kind() == clocks::v1::CLOCK_KIND_RESOLUTION ? clocks::v1::STOP_CONDITION_RESOLVED
                                                          : clocks::v1::STOP_CONDITION_ANY_REPLY;
}

bool StopsOnReply(const clocks::v1::ClockSpec& spec, bool bot) {
  switch (StopOf(spec)) {
    case clocks::v1::STOP_CONDITION_ANY_REPLY:
      return true;
    case clocks::v1::STOP_CONDITION_HUMAN_REPLY:
    case clocks::v1::STOP_CONDITION_NO_RESPONSE_NEEDED:
      return !bot;
    default:
      return false;
  }
}

bool PausesFor(const clocks::v1::ClockSpec& spec, std::string_view waiting_for) {
  if (spec.pause_while_waiting()) return true;
  const std::string_view wanted = waiting_for.empty() ? kCustomer : waiting_for;
  return std::find(spec.pause_for().begin(), spec.pause_for().end(), wanted) !=
         spec.pause_for().end();
}

int64_t SaidMs(const routing::v1::MessageRef& message) {
  return message.said_unix_ms() > 0 ? message.said_unix_ms() : message.accepted_unix_ms();
}

void RunReplyWindow(Conversation& conversation, ClockState& clock, ChangedClocks& changed) {
  const auto& c = conversation.state;
  if (c.reply_window_unix_ms() <= 0 || !c.has_unanswered()) return;
  Take(clock,
       sla::RunUntil(clock, FromUnixMillis(SaidMs(c.unanswered())),
                     FromUnixMillis(c.reply_window_unix_ms())),
       changed);
}

// Whether the response that a clock of next responses follows was given: the one that stops clocks
// of first responses as it is stopped itself. A bot's answer is none to who wants a person's.
bool Responded(const state::DispatchConversation& c, const ClockState& next_response) {
  const StopCondition stop = StopOf(next_response.spec());
  bool has_such = false;
  for (const ClockState& clock : c.clocks()) {
    if (clock.spec().kind() != clocks::v1::CLOCK_KIND_FIRST_RESPONSE) continue;
    if (StopOf(clock.spec()) != stop) continue;
    has_such = true;
    if (IsStopped(clock)) return true;
  }
  return !has_such && c.first_response_given();
}

void StartNextResponse(const Shard& shard, Conversation& conversation, ClockState& clock,
                       ChangedClocks& changed) {
  const auto& c = conversation.state;
  if (!c.has_unanswered() || Runs(clock) || !Responded(c, clock)) return;
  StartAt(shard, clock, SaidMs(c.unanswered()), changed);
}

// Whether a first response was given in an earlier pool, or before it was reopened.
bool WasAnswered(const state::DispatchConversation& c) {
  bool has_clock = false;
  for (const ClockState& clock : c.clocks()) {
    if (clock.spec().kind() != clocks::v1::CLOCK_KIND_FIRST_RESPONSE) continue;
    has_clock = true;
    if (IsStopped(clock)) return true;
  }
  return !has_clock && c.reopened();
}

void StartClock(const Shard& shard, Conversation& conversation, ClockState& clock, int64_t begin,
                int64_t now, ChangedClocks& changed) {
  const bool reopened = conversation.state.reopened();
  // It waits for nobody any more.
  Resume(shard, clock, now, changed);
  switch (clock.spec().kind()) {
    case clocks::v1::CLOCK_KIND_NEXT_RESPONSE:
      StartNextResponse(shard, conversation, clock, changed);
      return;
    case clocks::v1::CLOCK_KIND_REPLY_WINDOW:
      RunReplyWindow(conversation, clock, changed);
      return;
    default:
      if (clock.phase() == clocks::v1::CLOCK_PHASE_UNSPECIFIED) {
        StartAt(shard, clock, begin, changed);
      } else if (reopened && IsStopped(clock) &&
                 clock.spec().kind() == clocks::v1::CLOCK_KIND_RESOLUTION) {
        TakeTimed(shard, clock,
                  sla::Reopen(clock, HoursOf(shard, clock), FromUnixMillis(now),
                              base::Duration(clock.spec().reopen_at_least_ms())),
                  changed);
      }
  }
}

// As the present policy has it; null for a rule that it does not have, or that is of another clock
// now.
const clocks::v1::ClockSpec* PresentSpec(const Shard& shard, const ClockState& clock) {
  const clocks::v1::ClockSpec* const spec = shard.ClockRule(clock.spec().rule());
  const bool same =
      spec != nullptr && spec->name() == clock.spec().name() && spec->kind() == clock.spec().kind();
  return same ? spec : nullptr;
}

}  // namespace

void StartClocks(Shard& shard, Conversation& conversation, int64_t now) {
  auto& c = conversation.state;
  ChangedClocks changed;
  RetimeClocks(shard, conversation, now, changed);
  c.set_first_response_given(WasAnswered(c));
  const int64_t begin = c.has_unanswered() ? SaidMs(c.unanswered()) : c.eligible_unix_ms();
  for (ClockState& clock : *c.mutable_clocks()) {
    StartClock(shard, conversation, clock, begin, now, changed);
  }
}

void ClocksOnMessage(Shard& shard, Conversation& conversation, int64_t now, int64_t reply_window,
                     ChangedClocks& changed) {
  auto& c = conversation.state;
  if (reply_window > 0) c.set_reply_window_unix_ms(reply_window);
  RetimeClocks(shard, conversation, now, changed);
  for (ClockState& clock : *c.mutable_clocks()) {
    if (clock.spec().kind() == clocks::v1::CLOCK_KIND_REPLY_WINDOW) {
      RunReplyWindow(conversation, clock, changed);
    } else if (clock.spec().kind() == clocks::v1::CLOCK_KIND_NEXT_RESPONSE) {
      StartNextResponse(shard, conversation, clock, changed);
    }
  }
}

ReplyEffect ClocksOnReply(Shard& shard, Conversation& conversation, bool bot, int64_t now,
                          ChangedClocks& changed) {
  auto& c = conversation.state;
  RetimeClocks(shard, conversation, now, changed);
  ReplyEffect effect;
  bool has_first_response = false;
  int64_t started = c.has_unanswered() ? SaidMs(c.unanswered()) : c.eligible_unix_ms();
  for (ClockState& clock : *c.mutable_clocks()) {
    const bool first = clock.spec().kind() == clocks::v1::CLOCK_KIND_FIRST_RESPONSE;
    has_first_response = has_first_response || first;
    if (!StopsOnReply(clock.spec(), bot) || !(Runs(clock) || IsPaused(clock))) continue;
    if (first) {
      effect.first_response = true;
      started = clock.started_unix_ms();
    }
    Take(clock, sla::Stop(clock), changed);
  }
  if (!has_first_response) effect.first_response = !c.first_response_given();
  effect.first_response = effect.first_response && !c.first_response_given();
  if (effect.first_response) {
    c.set_first_response_given(true);
    effect.response_ms = std::max<int64_t>(0, now - started);
  }
  return effect;
}

void ClocksOnNoResponse(Shard& shard, Conversation& conversation, int64_t now,
                        ChangedClocks& changed) {
  RetimeClocks(shard, conversation, now, changed);
  for (ClockState& clock : *conversation.state.mutable_clocks()) {
    if (StopOf(clock.spec()) == clocks::v1::STOP_CONDITION_NO_RESPONSE_NEEDED) {
      Take(clock, sla::Stop(clock), changed);
    }
  }
}

void PauseClocks(Shard& shard, Conversation& conversation, std::string_view waiting_for,
                 int64_t now, ChangedClocks& changed) {
  RetimeClocks(shard, conversation, now, changed);
  for (ClockState& clock : *conversation.state.mutable_clocks()) {
    if (PausesFor(clock.spec(), waiting_for)) {
      if (!Runs(clock)) continue;
      Take(clock, sla::Pause(clock, HoursOf(shard, clock), FromUnixMillis(now)), changed);
    } else {
      Resume(shard, clock, now, changed);
    }
  }
}

void ResumeClocks(Shard& shard, Conversation& conversation, int64_t now, ChangedClocks& changed) {
  RetimeClocks(shard, conversation, now, changed);
  for (ClockState& clock : *conversation.state.mutable_clocks()) Resume(shard, clock, now, changed);
}

void StopAllClocks(Shard& shard, Conversation& conversation, int64_t now, ChangedClocks& changed) {
  RetimeClocks(shard, conversation, now, changed);
  for (ClockState& clock : *conversation.state.mutable_clocks()) {
    if (!(Runs(clock) || IsPaused(clock))) continue;
    // Only the time to solve it goes on when it comes back.
    const bool kept = clock.spec().kind() == clocks::v1::CLOCK_KIND_RESOLUTION;
    Take(clock,
         kept ? sla::Stop(clock, HoursOf(shard, clock), FromUnixMillis(now)) : sla::Stop(clock),
         changed);
  }
}

bool RetimeClocks(const Shard& shard, Conversation& conversation, int64_t now,
                  ChangedClocks& changed) {
  bool any = false;
  for (ClockState& clock : *conversation.state.mutable_clocks()) {
    if (clock.policy_version() == 0 || clock.policy_version() >= shard.policy.version()) continue;
    const clocks::v1::ClockSpec* const present = PresentSpec(shard, clock);
    const clocks::v1::ClockSpec& spec = present == nullptr ? clock.spec() : *present;
    ClockState next = sla::Retime(clock, spec, shard.HoursBefore(clock.spec().calendar()),
                                  shard.HoursOf(spec.calendar()), FromUnixMillis(now));
    next.set_policy_version(shard.policy.version());
    const bool moved = next.generation() != clock.generation() ||
                       next.spec().calendar() != clock.spec().calendar();
    clock = std::move(next);
    any = true;
    if (moved) *changed.Add() = clock;
  }
  return any;
}

void EmitRetimed(Shard& shard, Context& context, const Conversation& conversation,
                 const ChangedClocks& changed) {
  auto& event = BeginEvent(shard, context, conversation);
  *event.mutable_clocks() = changed;
  event.mutable_retimed()->set_policy_version(shard.policy.version());
  Emit(shard, context, event);
}

void Alarm(Shard& shard, Context& context, const cmd::Alarm& alarm) {
  Conversation* const conversation = shard.Find(alarm.alarm().conversation_id());
  if (conversation == nullptr) return;
  ChangedClocks retimed;
  if (RetimeClocks(shard, *conversation, context.now, retimed)) {
    Rekey(shard, *conversation);
    shard.Update(*conversation);
  }
  if (!retimed.empty()) EmitRetimed(shard, context, *conversation, retimed);
  for (ClockState& clock : *conversation->state.mutable_clocks()) {
    if (clock.spec().name() != alarm.alarm().clock()) continue;
    sla::AlarmResult result =
        alarm.has_forecast()
            ? sla::OnForecast(clock, alarm.alarm().generation())
            : sla::OnAlarm(clock, HoursOf(shard, clock), alarm.alarm().generation(),
                           alarm.alarm().threshold(), FromUnixMillis(context.now));
    if (result.effect == sla::AlarmEffect::kNone) return;
    clock = std::move(result.clock);
    ReachThreshold(shard, context, *conversation, clock, alarm);
    return;
  }
}

}  // namespace centralita::dispatch
