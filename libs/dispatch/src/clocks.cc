#include "clocks.h"

#include <algorithm>
#include <utility>

#include "centralita/sla/clock.h"
#include "centralita/sla/spans.h"
#include "emit.h"
#include "queueing.h"
#include "settings.h"

namespace centralita::dispatch {
namespace {

using clocks::v1::ClockState;

const clocks::v1::Calendar& CalendarFor(const Shard& shard, const ClockState& clock) {
  return CalendarOf(shard.policy, clock.spec().calendar());
}

// A calendar that has run out must not lose a clock: it then counts all day until a newer policy
// comes.
ClockState OrAlwaysOpen(absl::StatusOr<ClockState> next, absl::StatusOr<ClockState> otherwise) {
  return next.ok() ? *std::move(next) : *std::move(otherwise);
}

void Take(ClockState& clock, ClockState next, ChangedClocks& changed) {
  if (next.generation() == clock.generation()) return;
  clock = std::move(next);
  *changed.Add() = clock;
}

ClockState Restarted(const Shard& shard, const ClockState& clock, int64_t at_ms) {
  const base::TimePoint at = base::FromUnixMillis(at_ms);
  return OrAlwaysOpen(sla::Restart(clock, CalendarFor(shard, clock), at),
                      sla::Restart(clock, sla::AlwaysOpen(), at));
}

clocks::v1::StopCondition StopOf(const clocks::v1::ClockSpec& spec) {
  if (spec.stop() != clocks::v1::STOP_CONDITION_UNSPECIFIED) return spec.stop();
  return spec.kind() == clocks::v1::CLOCK_KIND_RESOLUTION ? clocks::v1::STOP_CONDITION_RESOLVED
                                                          : clocks::v1::STOP_CONDITION_ANY_REPLY;
}

bool StopsOnReply(const clocks::v1::ClockSpec& spec, bool bot) {
  const auto stop = StopOf(spec);
  return stop == clocks::v1::STOP_CONDITION_ANY_REPLY ||
         (stop == clocks::v1::STOP_CONDITION_HUMAN_REPLY && !bot);
}

bool Runs(const ClockState& clock) { return clock.phase() == clocks::v1::CLOCK_PHASE_RUNNING; }

int64_t SaidMs(const routing::v1::MessageRef& message) {
  return message.said_unix_ms() > 0 ? message.said_unix_ms() : message.accepted_unix_ms();
}

void RunReplyWindow(Conversation& conversation, ClockState& clock, ChangedClocks& changed) {
  const auto& c = conversation.state;
  if (c.reply_window_unix_ms() <= 0 || !c.has_unanswered()) return;
  Take(clock,
       sla::RunUntil(clock, base::FromUnixMillis(SaidMs(c.unanswered())),
                     base::FromUnixMillis(c.reply_window_unix_ms())),
       changed);
}

}  // namespace

void StartClocks(Shard& shard, Conversation& conversation) {
  auto& c = conversation.state;
  const int64_t begin = c.has_unanswered() ? SaidMs(c.unanswered()) : c.eligible_unix_ms();
  ChangedClocks changed;
  bool responded = false;
  bool has_first_response = false;
  for (const ClockState& clock : c.clocks()) {
    if (clock.spec().kind() != clocks::v1::CLOCK_KIND_FIRST_RESPONSE) continue;
    has_first_response = true;
    responded = responded || clock.phase() == clocks::v1::CLOCK_PHASE_STOPPED;
  }
  c.set_first_response_given(has_first_response ? responded : c.reopened());
  for (ClockState& clock : *c.mutable_clocks()) {
    const bool idle = clock.phase() == clocks::v1::CLOCK_PHASE_UNSPECIFIED;
    switch (clock.spec().kind()) {
      case clocks::v1::CLOCK_KIND_NEXT_RESPONSE:
        if (c.first_response_given() && c.has_unanswered() && !Runs(clock)) {
          Take(clock, Restarted(shard, clock, begin), changed);
        }
        break;
      case clocks::v1::CLOCK_KIND_REPLY_WINDOW:
        RunReplyWindow(conversation, clock, changed);
        break;
      case clocks::v1::CLOCK_KIND_RESOLUTION:
        if (idle || (c.reopened() && clock.phase() == clocks::v1::CLOCK_PHASE_STOPPED)) {
          Take(clock, Restarted(shard, clock, begin), changed);
        }
        break;
      default:
        if (idle) Take(clock, Restarted(shard, clock, begin), changed);
    }
  }
}

void ClocksOnMessage(Shard& shard, Conversation& conversation, int64_t reply_window,
                     ChangedClocks& changed) {
  auto& c = conversation.state;
  if (reply_window > 0) c.set_reply_window_unix_ms(reply_window);
  for (ClockState& clock : *c.mutable_clocks()) {
    if (clock.spec().kind() == clocks::v1::CLOCK_KIND_REPLY_WINDOW) {
      RunReplyWindow(conversation, clock, changed);
    } else if (clock.spec().kind() == clocks::v1::CLOCK_KIND_NEXT_RESPONSE &&
               c.first_response_given() && c.has_unanswered() && !Runs(clock)) {
      Take(clock, Restarted(shard, clock, SaidMs(c.unanswered())), changed);
    }
  }
}

ReplyEffect ClocksOnReply(Conversation& conversation, bool bot, int64_t now,
                          ChangedClocks& changed) {
  auto& c = conversation.state;
  ReplyEffect effect;
  bool has_first_response = false;
  int64_t started = c.has_unanswered() ? SaidMs(c.unanswered()) : c.eligible_unix_ms();
  for (ClockState& clock : *c.mutable_clocks()) {
    const bool first = clock.spec().kind() == clocks::v1::CLOCK_KIND_FIRST_RESPONSE;
    has_first_response = has_first_response || first;
    if (!StopsOnReply(clock.spec(), bot)) continue;
    ClockState stopped = sla::Stop(clock);
    if (stopped.generation() == clock.generation()) continue;
    if (first) {
      effect.first_response = true;
      started = clock.started_unix_ms();
    }
    Take(clock, std::move(stopped), changed);
  }
  if (!has_first_response) effect.first_response = !c.first_response_given();
  effect.first_response = effect.first_response && !c.first_response_given();
  if (effect.first_response) {
    c.set_first_response_given(true);
    effect.response_ms = std::max<int64_t>(0, now - started);
  }
  return effect;
}

void PauseClocks(Shard& shard, Conversation& conversation, int64_t now, ChangedClocks& changed) {
  for (ClockState& clock : *conversation.state.mutable_clocks()) {
    if (!clock.spec().pause_while_waiting()) continue;
    Take(clock, sla::Pause(clock, CalendarFor(shard, clock), base::FromUnixMillis(now)), changed);
  }
}

void ResumeClocks(Shard& shard, Conversation& conversation, int64_t now, ChangedClocks& changed) {
  const base::TimePoint at = base::FromUnixMillis(now);
  for (ClockState& clock : *conversation.state.mutable_clocks()) {
    Take(clock,
         OrAlwaysOpen(sla::Resume(clock, CalendarFor(shard, clock), at),
                      sla::Resume(clock, sla::AlwaysOpen(), at)),
         changed);
  }
}

void StopAllClocks(Conversation& conversation, ChangedClocks& changed) {
  for (ClockState& clock : *conversation.state.mutable_clocks())
    Take(clock, sla::Stop(clock), changed);
}

void Alarm(Shard& shard, Context& context, const cmd::Alarm& alarm) {
  Conversation* const conversation = shard.Find(alarm.alarm().conversation_id());
  if (conversation == nullptr) return;
  for (ClockState& clock : *conversation->state.mutable_clocks()) {
    if (clock.spec().name() != alarm.alarm().clock()) continue;
    sla::AlarmResult result =
        sla::OnAlarm(clock, CalendarFor(shard, clock), alarm.alarm().generation(),
                     alarm.alarm().threshold(), base::FromUnixMillis(context.now));
    if (result.effect == sla::AlarmEffect::kNone) return;
    clock = std::move(result.clock);
    shard.Update(*conversation);
    auto& event = BeginEvent(shard, context, *conversation);
    *event.add_clocks() = clock;
    auto& told = result.effect == sla::AlarmEffect::kBreached ? *event.mutable_breached()
                                                              : *event.mutable_warned();
    *told.mutable_alarm() = alarm.alarm();
    told.set_kind(clock.spec().kind());
    Emit(shard, context, event);
    return;
  }
}

}  // namespace centralita::dispatch
