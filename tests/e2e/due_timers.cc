#include "tests/e2e/due_timers.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <optional>

#include "centralita/base/clock.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/outbound/v1/outbound.pb.h"
#include "tests/e2e/node.h"

namespace centralita::e2e {
namespace {

namespace topics = base::topics;

constexpr char kClock[] = "answer";
constexpr uint64_t kGeneration = 1;
// Of all that are asked for: the only warning, or the deadline of a clock without one.
constexpr uint32_t kThreshold = 0;
constexpr base::Duration kHour{3'600'000};
constexpr base::Duration kLimit{300'000};

// UUIDs, as conversations have them.
std::string NameOf(std::string_view kind, size_t number) {
  return fmt::format("{}-0000-4000-8000-{:012x}", kind, number);
}
constexpr std::string_view kConversation = "d0e00001";
constexpr std::string_view kCustomer = "d0e00002";
constexpr std::string_view kMessage = "d0e00003";

std::optional<size_t> NumberOf(std::string_view conversation) {
  if (conversation.size() != 36 || !conversation.starts_with(kConversation)) return std::nullopt;
  size_t number = 0;
  const char* const end = conversation.data() + conversation.size();
  const auto parsed = std::from_chars(end - 12, end, number, 16);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

commands::v1::Command EnqueueOf(size_t number, base::TimePoint due, base::TimePoint now) {
  commands::v1::Command command;
  command.set_tenant(kTenant);
  command.set_pool(DueTimers::PoolName(static_cast<int>(number % DueTimers::kPools)));
  auto& enqueue = *command.mutable_enqueue();
  enqueue.set_conversation_id(NameOf(kConversation, number));
  enqueue.set_customer_id(NameOf(kCustomer, number));
  enqueue.set_revision(1);
  enqueue.add_steps()->set_queue("general");
  enqueue.set_units(1);
  enqueue.set_eligible_unix_ms(base::ToUnixMillis(now));
  enqueue.set_first_sequence(1);
  auto& message = *enqueue.add_messages();
  message.set_message_id(NameOf(kMessage, number));
  message.set_sequence(1);
  message.set_channel(common::v1::CHANNEL_EMAIL);
  message.set_accepted_unix_ms(base::ToUnixMillis(now));
  auto& clock = *enqueue.add_clocks();
  auto& spec = *clock.mutable_spec();
  spec.set_name(kClock);
  spec.set_kind(clocks::v1::CLOCK_KIND_FIRST_RESPONSE);
  spec.set_target_ms((2 * kHour).count());
  const bool warning = number / DueTimers::kPools % 2 == 0;
  if (warning) spec.add_warn_before_ms(kHour.count());
  auto& actions = *spec.add_actions();
  actions.set_threshold(kThreshold);
  actions.set_notify("team");
  clock.set_phase(clocks::v1::CLOCK_PHASE_RUNNING);
  clock.set_generation(kGeneration);
  clock.set_started_unix_ms(base::ToUnixMillis(now));
  clock.set_deadline_unix_ms(base::ToUnixMillis(due + (warning ? kHour : base::Duration(0))));
  return command;
}

template <typename Message>
std::optional<Message> Parse(std::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return message;
}

bool AsAsked(const clocks::v1::AlarmId& alarm) {
  return alarm.clock() == kClock && alarm.generation() == kGeneration &&
         alarm.threshold() == kThreshold;
}

}  // namespace

std::string DueTimers::PoolName(int pool) { return fmt::format("pool-{}", pool); }

absl::StatusOr<std::unique_ptr<DueTimers>> DueTimers::Create(eventlog::EventLog& log) {
  std::unique_ptr<DueTimers> timers(new DueTimers(log));
  ABSL_RETURN_IF_ERROR(timers->Open());
  return timers;
}

absl::Status DueTimers::Open() {
  ABSL_ASSIGN_OR_RETURN(producer_, log_.NewProducer({.name = "due-timers"}));
  std::vector<eventlog::TopicPartition> places;
  for (const std::string_view topic : {topics::kCommands, topics::kEvents, topics::kOutbound}) {
    ABSL_ASSIGN_OR_RETURN(const auto info, log_.Describe(std::string(topic)));
    if (topic == topics::kCommands) command_partitions_ = info.spec.partitions;
    for (uint32_t p = 0; p < info.spec.partitions; ++p) places.push_back({std::string(topic), p});
  }
  ABSL_ASSIGN_OR_RETURN(reader_, log_.Read(places, {}));
  for (const auto& place : places) {
    ABSL_ASSIGN_OR_RETURN(const auto range, log_.Offsets(place));
    ABSL_RETURN_IF_ERROR(reader_->Seek(place, range.end));
  }
  return absl::OkStatus();
}

absl::Status DueTimers::Write(size_t count, base::TimePoint from, base::Duration within) {
  std::atomic<size_t> failed{0};
  const base::TimePoint now = base::SystemClock().Now();
  for (size_t i = 0; i < count; ++i) {
    const base::TimePoint due = from + base::Duration(static_cast<int64_t>(i) * within.count() /
                                                      static_cast<int64_t>(count));
    const commands::v1::Command command = EnqueueOf(timers_.size(), due, now);
    timers_.emplace_back().due = due;
    std::string key = base::TenantKey(command.tenant(), command.pool());
    const uint32_t partition = base::PartitionOf(key, command_partitions_);
    eventlog::Outgoing record{.topic = std::string(topics::kCommands),
                              .partition = partition,
                              .key = std::move(key),
                              .value = command.SerializeAsString()};
    for (;;) {
      const absl::Status taken =
          producer_->Append(record, [&failed](const absl::StatusOr<uint64_t>& offset) {
            if (!offset.ok()) ++failed;
          });
      if (taken.ok()) break;
      if (!absl::IsResourceExhausted(taken)) return taken;
      ABSL_RETURN_IF_ERROR(producer_->WaitForRoom(kLimit));
    }
  }
  ABSL_RETURN_IF_ERROR(producer_->Flush(kLimit));
  return failed == 0 ? absl::OkStatus() : absl::InternalError("not all were written");
}

absl::Status DueTimers::Follow(base::Duration wait) {
  ABSL_ASSIGN_OR_RETURN(const auto polled, reader_->Poll(wait));
  for (const auto& batch : polled.batches) {
    const std::string& topic = batch.source().topic;
    for (const eventlog::Record& record : batch.records()) {
      if (topic == topics::kEvents) TakeEvent(record);
      if (topic == topics::kOutbound) TakeNotice(record);
      if (topic == topics::kCommands) TakeCommand(record);
    }
  }
  return absl::OkStatus();
}

DueTimers::Timer* DueTimers::Find(std::string_view conversation) {
  const auto number = NumberOf(conversation);
  return number.has_value() && *number < timers_.size() ? &timers_[*number] : nullptr;
}

DueTimers::Source DueTimers::SourceOf(const common::v1::Origin& origin) {
  const auto& source = origin.source();
  return {source.stage(), source.log_epoch(), source.partition(), source.offset(), source.index()};
}

void DueTimers::Note(Effects& effects, const common::v1::Origin& origin, base::TimePoint at,
                     int64_t said_unix_ms) {
  effects.said_unix_ms = std::min(effects.said_unix_ms, said_unix_ms);
  if (effects.times > 0 && effects.source == SourceOf(origin)) {
    ++effects.repeats;
    return;
  }
  if (effects.times++ > 0) return;
  effects.source = SourceOf(origin);
  effects.at = at;
}

void DueTimers::TakeEvent(const eventlog::Record& record) {
  const auto event = Parse<events::v1::Event>(record.value);
  if (!event.has_value()) return;
  Timer* const timer = Find(event->conversation_id());
  if (timer == nullptr) return;
  if (event->has_queued() && event->clocks_size() > 0) timer->known = true;
  if (!event->has_warned() && !event->has_breached()) return;
  const auto& alarm = event->has_warned() ? event->warned().alarm() : event->breached().alarm();
  if (!AsAsked(alarm)) ++timer->wrong;
  Note(timer->event, event->origin(), record.append_time, event->at_unix_ms());
}

void DueTimers::TakeNotice(const eventlog::Record& record) {
  const auto outbound = Parse<outbound::v1::Outbound>(record.value);
  if (!outbound.has_value() || !outbound->has_notice()) return;
  Timer* const timer = Find(outbound->conversation_id());
  if (timer == nullptr) return;
  if (!AsAsked(outbound->notice().alarm())) ++timer->wrong;
  Note(timer->notice, outbound->origin(), record.append_time, outbound->created_unix_ms());
}

void DueTimers::TakeCommand(const eventlog::Record& record) {
  const auto command = Parse<commands::v1::Command>(record.value);
  if (!command.has_value() || !command->has_alarm()) return;
  Timer* const timer = Find(command->alarm().alarm().conversation_id());
  if (timer == nullptr) return;
  if (timer->alarms++ == 0) timer->alarmed_at = record.append_time;
}

size_t DueTimers::Known(size_t first) const {
  return static_cast<size_t>(std::count_if(timers_.begin() + static_cast<ptrdiff_t>(first),
                                           timers_.end(), [](const Timer& t) { return t.known; }));
}

size_t DueTimers::Effective(size_t first) const {
  return EffectiveSince(first, base::FromUnixMillis(0));
}

size_t DueTimers::EffectiveSince(size_t first, base::TimePoint from) const {
  return static_cast<size_t>(
      std::count_if(timers_.begin() + static_cast<ptrdiff_t>(first), timers_.end(),
                    [from](const Timer& t) { return t.event.times > 0 && t.event.at >= from; }));
}

size_t DueTimers::Done(size_t first) const {
  return static_cast<size_t>(
      std::count_if(timers_.begin() + static_cast<ptrdiff_t>(first), timers_.end(),
                    [](const Timer& t) { return t.event.times > 0 && t.notice.times > 0; }));
}

DueTimers::Verdict DueTimers::Judge(size_t first, size_t last) const {
  Verdict verdict;
  for (size_t i = first; i < last; ++i) {
    const Timer& timer = timers_[i];
    verdict.alarms += static_cast<size_t>(timer.alarms);
    if (timer.alarms > 1) verdict.alarms_again += static_cast<size_t>(timer.alarms - 1);
    if (timer.wrong > 0) ++verdict.wrong;
    for (const Effects* effects : {&timer.event, &timer.notice}) {
      if (effects->times == 0) ++verdict.lost;
      if (effects->times > 1) ++verdict.twice;
      verdict.repeats += effects->repeats;
      if (effects->times > 0 &&
          (effects->at < timer.due || base::FromUnixMillis(effects->said_unix_ms) < timer.due)) {
        ++verdict.early;
      }
    }
    if (timer.alarms > 0) verdict.alarms_late.push_back(timer.alarmed_at - timer.due);
    if (timer.event.times > 0) verdict.late.push_back(timer.event.at - timer.due);
  }
  std::sort(verdict.alarms_late.begin(), verdict.alarms_late.end());
  std::sort(verdict.late.begin(), verdict.late.end());
  return verdict;
}

std::string DueTimers::Verdict::ToString() const {
  return fmt::format(
      "{} lost, {} early, {} twice, {} wrong; {} alarms, {} of them again; {} records again", lost,
      early, twice, wrong, alarms, alarms_again, repeats);
}

base::Duration Percentile(const std::vector<base::Duration>& sorted, int percent) {
  if (sorted.empty()) return base::Duration(0);
  return sorted[(sorted.size() - 1) * static_cast<size_t>(percent) / 100];
}

}  // namespace centralita::e2e
