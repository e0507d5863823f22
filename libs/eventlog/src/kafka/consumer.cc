#include "kafka/consumer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "centralita/base/status_macros.h"
#include "kafka/errors.h"

namespace centralita::eventlog::kafka {
namespace {

// Keeps librdkafka convinced that somebody is there (max.poll.interval.ms).
constexpr base::Duration kLongestWait{10'000};
constexpr size_t kLeastFetchBytes = 256 << 10;
constexpr size_t kMostFetchBytes = 1 << 20;
constexpr size_t kRefill = 512;

void SignalWaker(rd_kafka_t*, void* waker) { static_cast<Waker*>(waker)->Signal(); }

std::string_view Bytes(const void* data, size_t size) {
  return data == nullptr ? std::string_view()
                         : std::string_view(static_cast<const char*>(data), size);
}

// A record that comes is answered at once; this is how often the brokers are asked while none
// comes, and at most how long a partition that is newly read waits for the others' fetch.
constexpr base::Duration kFetchWait{250};

Handle::Settings SettingsOf(const KafkaLogOptions& options, const Membership& membership,
                            base::Duration patience, size_t partitions) {
  const size_t each =
      std::max(kLeastFetchBytes, options.fetch_bytes / std::max<size_t>(partitions, 1));
  Handle::Settings settings = {
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},
      {"allow.auto.create.topics", "false"},
      {"check.crcs", "true"},
      {"queued.max.messages.kbytes", fmt::to_string(each >> 10)},
      {"fetch.message.max.bytes", fmt::to_string(std::min(each, kMostFetchBytes))},
      {"fetch.wait.max.ms", fmt::to_string((patience.count() > 0 ? patience : kFetchWait).count())},
      {"fetch.queue.backoff.ms", "5"},
      {"fetch.error.backoff.ms", "50"}};
  // What nobody answers before the wait is over: a full fetch.
  if (patience.count() > 0)
    settings["fetch.min.bytes"] = fmt::to_string(std::min(each, kMostFetchBytes));
  // librdkafka wants a group even for what reads outside any; it is never joined.
  settings["group.id"] =
      options.prefix + (membership.group.empty() ? "outside-any-group" : membership.group);
  if (membership.group.empty()) return settings;
  const int64_t session = options.session_timeout.count();
  settings["group.instance.id"] = membership.member;
  settings["session.timeout.ms"] = fmt::to_string(session);
  // Heartbeats bring the news of a rebalance too.
  settings["heartbeat.interval.ms"] = fmt::to_string(std::clamp<int64_t>(session / 10, 100, 500));
  settings["partition.assignment.strategy"] =
      options.rebalance == KafkaRebalance::kCooperative ? "cooperative-sticky" : "range";
  return settings;
}

}  // namespace

// The messages of a batch, and what they need to live.
struct KafkaConsumer::Storage {
  std::shared_ptr<Link> link;
  std::vector<MessagePtr> messages;
};

absl::StatusOr<std::unique_ptr<KafkaConsumer>> KafkaConsumer::Open(
    const KafkaLogOptions& log_options, const Membership& membership,
    const ConsumerOptions& options, size_t partitions, Admin& admin, const base::Clock& clock) {
  auto consumer = std::unique_ptr<KafkaConsumer>(
      new KafkaConsumer(log_options, membership, options, partitions, admin, clock));
  ABSL_RETURN_IF_ERROR(consumer->Connect());
  return consumer;
}

absl::Status KafkaConsumer::Connect() {
  auto link = std::make_shared<Link>();
  link->signals = signals_;
  ABSL_ASSIGN_OR_RETURN(
      link->handle,
      Handle::Open(log_options_, Handle::Kind::kConsumer,
                   SettingsOf(log_options_, membership_, options_.patience, partitions_),
                   RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR));
  // The queue of an earlier client goes before that client.
  events_.reset();
  link_ = std::move(link);
  rd_kafka_poll_set_consumer(rk());
  events_ = QueuePtr(rd_kafka_queue_get_consumer(rk()));
  rd_kafka_queue_cb_event_enable(events_.get(), &SignalWaker, &signals_->waker);
  return absl::OkStatus();
}

KafkaConsumer::~KafkaConsumer() { Close(); }

void KafkaConsumer::Attach(const std::vector<TopicPartition>& partitions) {
  for (const TopicPartition& name : partitions) Hold(name, std::nullopt);
}

void KafkaConsumer::Wake() {
  signals_->interrupted = true;
  signals_->waker.Interrupt();
}

absl::StatusOr<PollResult> KafkaConsumer::Poll(base::Duration max_wait) {
  if (closed_) return absl::FailedPreconditionError("the consumer is closed; make a new one");
  ABSL_RETURN_IF_ERROR(FinishRebalance());
  ABSL_RETURN_IF_ERROR(MoveAll());
  while (true) {
    signals_->waker.Clear();
    ABSL_ASSIGN_OR_RETURN(PollResult result, Look());
    result.settled = settled_;
    if (!IsEmpty(result) || max_wait.count() <= 0) return result;
    const base::Duration wait = std::min(max_wait, kLongestWait);
    const auto start = clock_.Monotonic();
    const bool woken = signals_->waker.Wait(wait);
    if (signals_->interrupted.exchange(false)) return result;
    const auto waited = std::chrono::duration_cast<base::Duration>(clock_.Monotonic() - start);
    // Not each wake-up brings something to return.
    max_wait -= woken ? std::min(waited, wait) : wait;
  }
}

absl::StatusOr<PollResult> KafkaConsumer::Look() {
  if (!late_error_.ok()) return std::exchange(late_error_, absl::OkStatus());
  PollResult result;
  ABSL_RETURN_IF_ERROR(TakeEvents(result));
  if (!IsEmpty(result)) return result;
  Budget budget{.bytes = std::max<size_t>(options_.max_bytes, 1),
                .records = std::max<size_t>(options_.max_records, 1)};
  const size_t first = turn_;
  for (size_t i = 0; i < held_.size() && budget.records > 0 && budget.bytes > 0; ++i) {
    const size_t at = (first + i) % held_.size();
    if (!held_[at].next || held_[at].paused || !held_[at].started) continue;
    auto batch = Read(held_[at], budget);
    if (!batch.ok() && result.batches.empty()) return batch.status();
    if (!batch.ok()) {
      // What was read before it is given first.
      late_error_ = batch.status();
      break;
    }
    if (!*batch) continue;
    turn_ = at + 1;
    result.batches.push_back(**std::move(batch));
  }
  return result;
}

// ---- places ----

int64_t KafkaConsumer::PositionOf(const Held& held) {
  if (held.next) return static_cast<int64_t>(*held.next);
  if (held.committed) return static_cast<int64_t>(*held.committed);
  return RD_KAFKA_OFFSET_BEGINNING;
}

TopicPartition KafkaConsumer::NameOf(const rd_kafka_topic_partition_t& partition) const {
  return {.topic = std::string(partition.topic).substr(log_options_.prefix.size()),
          .partition = static_cast<uint32_t>(partition.partition)};
}

void KafkaConsumer::AddTo(rd_kafka_topic_partition_list_t* list, const TopicPartition& name,
                          int64_t offset) const {
  rd_kafka_topic_partition_list_add(list, NameInKafka(log_options_, name.topic).c_str(),
                                    static_cast<int32_t>(name.partition))
      ->offset = offset;
}

absl::Status KafkaConsumer::MoveAll() {
  std::vector<Held*> fresh;
  const ListPtr list(rd_kafka_topic_partition_list_new(4));
  for (Held& held : held_) {
    if (!held.moved) continue;
    if (!held.started) {
      fresh.push_back(&held);
    } else {
      AddTo(list.get(), held.name, PositionOf(held));
    }
  }
  if (!fresh.empty()) ABSL_RETURN_IF_ERROR(Start(fresh));
  if (list->cnt == 0) return absl::OkStatus();
  const ErrorPtr error(rd_kafka_seek_partitions(rk(), list.get(), TimeoutMs()));
  ABSL_RETURN_IF_ERROR(ToStatus(rd_kafka_error_code(error.get()), "seeking"));
  for (int i = 0; i < list->cnt; ++i) {
    Held& held = *Find(NameOf(list->elems[i]));
    held.moved = false;
    // It has stopped at an error, or only just started.
    if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) ABSL_RETURN_IF_ERROR(Restart(held));
  }
  return absl::OkStatus();
}

absl::Status KafkaConsumer::Start(const std::vector<Held*>& partitions) {
  const ListPtr list(rd_kafka_topic_partition_list_new(4));
  for (Held* const held : partitions) {
    AddTo(list.get(), held->name, PositionOf(*held));
    held->started = true;
    held->moved = false;
  }
  if (!IsCooperative()) return ToStatus(rd_kafka_assign(rk(), list.get()), "taking partitions");
  const ErrorPtr error(rd_kafka_incremental_assign(rk(), list.get()));
  return ToStatus(rd_kafka_error_code(error.get()), "taking partitions");
}

// An eager member cannot start one partition alone; all begin again where they were.
absl::Status KafkaConsumer::Restart(Held& held) {
  std::vector<Held*> again;
  if (IsCooperative()) {
    const ListPtr list(rd_kafka_topic_partition_list_new(1));
    AddTo(list.get(), held.name, RD_KAFKA_OFFSET_INVALID);
    const ErrorPtr error(rd_kafka_incremental_unassign(rk(), list.get()));
    ABSL_RETURN_IF_ERROR(ToStatus(rd_kafka_error_code(error.get()), "seeking"));
    again.push_back(&held);
  } else {
    for (Held& each : held_) {
      each.ready.clear();
      again.push_back(&each);
    }
  }
  return Start(again);
}

absl::Status KafkaConsumer::Seek(const TopicPartition& partition, uint64_t offset) {
  ABSL_ASSIGN_OR_RETURN(Held* const held, FindOrExplain(partition));
  held->next = offset;
  held->ready.clear();
  // One that is being taken starts there anyway, with the next Poll().
  held->moved = held->started || membership_.group.empty();
  return absl::OkStatus();
}

absl::Status KafkaConsumer::Pause(const TopicPartition& partition) {
  ABSL_ASSIGN_OR_RETURN(Held* const held, FindOrExplain(partition));
  held->paused = true;
  return absl::OkStatus();
}

absl::Status KafkaConsumer::Resume(const TopicPartition& partition) {
  ABSL_ASSIGN_OR_RETURN(Held* const held, FindOrExplain(partition));
  held->paused = false;
  return absl::OkStatus();
}

// ---- records ----

void KafkaConsumer::Refill(Held& held, size_t room) const {
  std::array<rd_kafka_message_t*, kRefill> messages{};
  const ssize_t count = rd_kafka_consume_batch_queue(held.queue.get(), 0, messages.data(),
                                                     std::min(room, messages.size()));
  for (ssize_t i = 0; i < count; ++i) held.ready.emplace_back(messages[i]);
}

absl::StatusOr<std::optional<RecordBatch>> KafkaConsumer::Read(Held& held, Budget& budget) {
  auto storage = std::make_shared<Storage>();
  std::vector<Record> records;
  while (budget.records > 0) {
    if (held.ready.empty()) Refill(held, budget.records);
    if (held.ready.empty()) break;
    const rd_kafka_message_t& message = *held.ready.front();
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (!records.empty()) break;
      const MessagePtr taken = std::move(held.ready.front());
      held.ready.pop_front();
      ABSL_RETURN_IF_ERROR(PartitionError(held, *taken));
      continue;
    }
    const auto offset = static_cast<uint64_t>(message.offset);
    const size_t size = message.key_len + message.len;
    if (size > budget.bytes && !budget.untouched) {
      budget.bytes = 0;
      break;
    }
    rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    records.push_back(
        {.offset = offset,
         .append_time = base::FromUnixMillis(rd_kafka_message_timestamp(&message, &type)),
         .key = Bytes(message.key, message.key_len),
         .value = Bytes(message.payload, message.len),
         .tombstone = message.payload == nullptr});
    storage->messages.push_back(std::move(held.ready.front()));
    held.ready.pop_front();
    held.next = offset + 1;
    budget.bytes -= std::min(budget.bytes, size);
    --budget.records;
    budget.untouched = false;
  }
  if (records.empty()) return std::nullopt;
  storage->link = link_;
  return RecordBatch(held.name, std::move(records), std::move(storage));
}

absl::Status KafkaConsumer::PartitionError(Held& held, const rd_kafka_message_t& message) {
  absl::Status status =
      ToStatus(message.err, fmt::format("reading {}/{}", held.name.topic, held.name.partition),
               rd_kafka_message_errstr(&message));
  if (!absl::IsOutOfRange(status)) return status;
  const std::string wanted = held.next ? fmt::to_string(*held.next) : "?";
  // It gives nothing before the next Seek().
  held.next.reset();
  const auto range = admin_.Offsets(held.name);
  if (!range.ok()) return status;
  return absl::OutOfRangeError(base::ToAbsl(fmt::format(
      "offset {} of {}/{} is not in the log, which holds {} to {}; seek to an offset within, or "
      "restore the state that belongs to this log",
      wanted, held.name.topic, held.name.partition, range->begin, range->end)));
}

absl::Status KafkaConsumer::Commit(const TopicPartition& partition, uint64_t next_offset) {
  if (membership_.group.empty()) {
    return absl::FailedPreconditionError(
        "a consumer outside any group has nothing to commit; join a group");
  }
  if (Find(partition) == nullptr && std::ranges::find(leaving_, partition) == leaving_.end()) {
    return absl::FailedPreconditionError(
        base::ToAbsl(fmt::format("{}/{} belongs to another member of group '{}' now",
                                 partition.topic, partition.partition, membership_.group)));
  }
  const std::string what = fmt::format("committing {}/{} for group '{}'", partition.topic,
                                       partition.partition, membership_.group);
  const ListPtr list(rd_kafka_topic_partition_list_new(1));
  AddTo(list.get(), partition, static_cast<int64_t>(next_offset));
  const QueuePtr answers(rd_kafka_queue_new(rk()));
  ABSL_RETURN_IF_ERROR(
      ToStatus(rd_kafka_commit_queue(rk(), list.get(), answers.get(), nullptr, nullptr), what));
  const EventPtr answer(rd_kafka_queue_poll(answers.get(), TimeoutMs()));
  if (answer == nullptr) return ToStatus(RD_KAFKA_RESP_ERR__TIMED_OUT, what);
  rd_kafka_resp_err_t error = rd_kafka_event_error(answer.get());
  const rd_kafka_topic_partition_list_t* const results =
      rd_kafka_event_topic_partition_list(answer.get());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR && results != nullptr && results->cnt == 1)
    error = results->elems[0].err;
  absl::Status status = ToStatus(error, what);
  // The partition is still ours; it is the group's generation that has just ended.
  if (absl::IsFailedPrecondition(status)) return absl::UnavailableError(status.message());
  return status;
}

// ---- what it holds ----

void KafkaConsumer::Hold(const TopicPartition& name, std::optional<uint64_t> committed) {
  if (Held* const held = Find(name); held != nullptr) return;
  Held held;
  held.name = name;
  held.committed = committed;
  held.queue = QueuePtr(rd_kafka_queue_get_partition(
      rk(), NameInKafka(log_options_, name.topic).c_str(), static_cast<int32_t>(name.partition)));
  rd_kafka_queue_forward(held.queue.get(), nullptr);
  rd_kafka_queue_cb_event_enable(held.queue.get(), &SignalWaker, &signals_->waker);
  const auto place = std::ranges::lower_bound(held_, name, {}, &Held::name);
  held_.insert(place, std::move(held));
}

KafkaConsumer::Held* KafkaConsumer::Find(const TopicPartition& name) {
  const auto found = std::ranges::lower_bound(held_, name, {}, &Held::name);
  return found == held_.end() || found->name != name ? nullptr : &*found;
}

absl::StatusOr<KafkaConsumer::Held*> KafkaConsumer::FindOrExplain(const TopicPartition& name) {
  Held* const held = Find(name);
  if (held != nullptr) return held;
  return absl::FailedPreconditionError(base::ToAbsl(
      fmt::format("{}/{} is not assigned to this consumer", name.topic, name.partition)));
}

void KafkaConsumer::LetGo(Held& held) {
  rd_kafka_queue_cb_event_enable(held.queue.get(), nullptr, nullptr);
  const TopicPartition name = held.name;
  std::erase_if(held_, [&name](const Held& each) { return each.name == name; });
}

}  // namespace centralita::eventlog::kafka
