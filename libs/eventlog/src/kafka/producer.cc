#include "kafka/producer.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "centralita/base/status_macros.h"
#include "centralita/base/thread.h"
#include "kafka/errors.h"

namespace centralita::eventlog::kafka {
namespace {

// What a record costs in memory beside its bytes.
constexpr size_t kRecordOverhead = 256;
// How long the destructor waits for what is on its way.
constexpr base::Duration kLastFlush{2'000};
// A record that saw so many sessions end is given up.
constexpr int kMaxAttempts = 5;
constexpr int kPollMs = 100;
constexpr auto kLingerMs = "1";
// What comes so soon behind the first record of a portion goes with it; well within the linger.
constexpr std::chrono::microseconds kPortionOpen{500};
// Bound of a portion; less than what librdkafka puts into one batch (batch.size,
// batch.num.messages).
constexpr size_t kPortionRecords = 5'000;
constexpr size_t kPortionBytes = 700'000;

absl::Status NotAppended(const Outgoing& record) {
  return absl::UnavailableError(base::ToAbsl(
      fmt::format("not appended to {}/{}, since one before it failed; append again from there on",
                  record.topic, record.partition)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Producer>> KafkaProducer::Open(const KafkaLogOptions& log_options,
                                                              const ProducerOptions& options,
                                                              Admin& admin,
                                                              const base::Clock& clock) {
  auto producer =
      std::unique_ptr<KafkaProducer>(new KafkaProducer(log_options, options, admin, clock));
  ABSL_ASSIGN_OR_RETURN(producer->session_, producer->NewSession());
  producer->thread_ = std::thread([raw = producer.get()] { raw->Run(); });
  return producer;
}

absl::StatusOr<std::unique_ptr<KafkaProducer::Session>> KafkaProducer::NewSession() const {
  const std::string name =
      options_.name.empty() ? log_options_.client_id : log_options_.client_id + "-" + options_.name;
  const Handle::Settings settings = {
      {"client.id", name},
      {"acks", "all"},
      {"enable.idempotence", "true"},
      {"enable.gapless.guarantee", options_.gapless ? "true" : "false"},
      {"linger.ms", kLingerMs},
      {"compression.type", "lz4"},
      {"message.timeout.ms", fmt::to_string(log_options_.delivery_timeout.count())},
      {"message.max.bytes", fmt::to_string(log_options_.max_record_bytes + (32 << 10))},
      // The bound is ours (ProducerOptions::max_bytes); librdkafka's stay out of its way.
      {"queue.buffering.max.messages", "10000000"},
      {"queue.buffering.max.kbytes", "2097151"}};
  auto session = std::make_unique<Session>();
  ABSL_ASSIGN_OR_RETURN(session->handle,
                        Handle::Open(log_options_, Handle::Kind::kProducer, settings,
                                     RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR));
  session->queue = QueuePtr(rd_kafka_queue_get_main(session->handle->get()));
  return session;
}

KafkaProducer::~KafkaProducer() {
  Flush(kLastFlush).IgnoreError();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    Purge();
    rd_kafka_queue_yield(session_->queue.get());
  }
  thread_.join();
}

absl::Status KafkaProducer::CheckOpen() const {
  if (!failed_) return absl::OkStatus();
  return absl::FailedPreconditionError(base::ToAbsl(fmt::format(
      "producer '{}' is closed since an append failed; make a new one and append again from the "
      "first failure on",
      options_.name)));
}

absl::Status KafkaProducer::Append(Outgoing record, AckCallback ack) {
  const size_t size = record.key.size() + record.value.size();
  if (size > log_options_.max_record_bytes) {
    return absl::InvalidArgumentError(
        base::ToAbsl(fmt::format("a record of {} bytes for topic '{}' is above the limit of {}",
                                 size, record.topic, log_options_.max_record_bytes)));
  }
  std::unique_lock lock(mutex_);
  if (!Knows(record)) {
    lock.unlock();
    ABSL_RETURN_IF_ERROR(admin_.CheckPartition({record.topic, record.partition}));
    ABSL_ASSIGN_OR_RETURN(const uint32_t partitions, admin_.PartitionsOf(record.topic));
    lock.lock();
    // Another thread may have been faster.
    lanes_.try_emplace(record.topic, partitions);
    // Records on their way name their lane, so lanes stay where they are.
    if (!Knows(record)) {
      return absl::FailedPreconditionError(base::ToAbsl(
          fmt::format("topic '{}' has got more partitions since producer '{}' was made; restart "
                      "this process",
                      record.topic, options_.name)));
    }
  }
  ABSL_RETURN_IF_ERROR(CheckOpen());
  if (bytes_ >= options_.max_bytes) {
    return absl::ResourceExhaustedError(base::ToAbsl(
        fmt::format("producer '{}' has {} bytes in flight; wait for room", options_.name, bytes_)));
  }
  auto pending = std::make_unique<Pending>(Pending{.number = next_number_,
                                                   .record = std::move(record),
                                                   .ack = std::move(ack),
                                                   .bytes = size + kRecordOverhead});
  const size_t bytes = pending->bytes;
  Lane& lane = lanes_.find(pending->record.topic)->second[pending->record.partition];
  pending->lane = &lane;
  if (broken_ || !lane.waiting.empty() || (lane.sent > 0 && !Joins(lane, bytes))) {
    lane.waiting.push_back(std::move(pending));
    ++waiting_;
  } else {
    const rd_kafka_resp_err_t error = SendOrBreak(pending);
    if (failed_) return CheckOpen();
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
      return ToStatus(error, fmt::format("appending to topic '{}'", pending->record.topic));
  }
  ++next_number_;
  bytes_ += bytes;
  ++records_;
  return absl::OkStatus();
}

bool KafkaProducer::Knows(const Outgoing& record) const {
  const auto found = lanes_.find(record.topic);
  return found != lanes_.end() && record.partition < found->second.size();
}

bool KafkaProducer::Joins(const Lane& lane, size_t bytes) const {
  return lane.sent < kPortionRecords && lane.sent_bytes + bytes <= kPortionBytes &&
         clock_.Monotonic() < lane.open_until;
}

rd_kafka_resp_err_t KafkaProducer::SendOrBreak(PendingPtr& pending) {
  const rd_kafka_resp_err_t error = Send(pending);
  if (error != RD_KAFKA_RESP_ERR__FATAL) return error;
  if (options_.gapless) {
    failed_ = pending->number;
    Purge();
    return error;
  }
  Break();
  Lane& lane = *pending->lane;
  lane.waiting.push_front(std::move(pending));
  ++waiting_;
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t KafkaProducer::Send(PendingPtr& pending) {
  Outgoing& record = pending->record;
  TopicPtr& topic = session_->topics[record.topic];
  if (topic == nullptr) {
    topic = TopicPtr(rd_kafka_topic_new(session_->handle->get(),
                                        NameInKafka(log_options_, record.topic).c_str(), nullptr));
    if (topic == nullptr) return rd_kafka_last_error();
  }
  // Without a copy: `pending` keeps the bytes until its delivery report. A tombstone is a record
  // without a value, which differs from an empty one.
  void* const value = record.tombstone ? nullptr : record.value.data();
  const size_t size = record.tombstone ? 0 : record.value.size();
  if (rd_kafka_produce(topic.get(), static_cast<int32_t>(record.partition), 0, value, size,
                       record.key.data(), record.key.size(), pending.get()) != 0) {
    return rd_kafka_last_error();
  }
  ++pending->attempts;
  Lane& lane = *pending->lane;
  if (lane.sent == 0) {
    lane.open_until = clock_.Monotonic() + kPortionOpen;
    // Whoever waited behind the one that was late has been answered.
    lane.late = false;
  }
  ++lane.sent;
  lane.sent_bytes += pending->bytes;
  (void)pending.release();
  ++sent_;
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

absl::Status KafkaProducer::WaitForRoom(base::Duration limit) {
  std::unique_lock lock(mutex_);
  const auto has_room = [this] { return bytes_ < options_.max_bytes; };
  if (!changed_.wait_for(lock, limit, [&] { return failed_ || has_room(); })) {
    return absl::DeadlineExceededError(base::ToAbsl(fmt::format(
        "producer '{}' found no room in {}", options_.name, base::FormatDuration(limit))));
  }
  return CheckOpen();
}

absl::Status KafkaProducer::Flush(base::Duration limit) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, limit, [this] { return records_ == 0; })) {
    return absl::DeadlineExceededError(
        base::ToAbsl(fmt::format("producer '{}' still has {} records in flight after {}",
                                 options_.name, records_, base::FormatDuration(limit))));
  }
  return absl::OkStatus();
}

void KafkaProducer::Run() {
  base::NameThread("kafka-acks");
  while (!Done()) {
    TakeEvent();
    Renew();
    GoOn();
  }
}

void KafkaProducer::TakeEvent() {
  // Only this thread replaces the session, so it needs no lock to read it.
  const EventPtr event(rd_kafka_queue_poll(session_->queue.get(), kPollMs));
  if (event == nullptr) return;
  switch (rd_kafka_event_type(event.get())) {
    case RD_KAFKA_EVENT_DR:
      Report(event.get());
      return;
    case RD_KAFKA_EVENT_ERROR:
      // Others are news about brokers, which librdkafka handles and logs.
      if (rd_kafka_event_error_is_fatal(event.get()) != 0 && !options_.gapless) {
        const std::lock_guard lock(mutex_);
        Break();
      }
      return;
    default:
      return;
  }
}

bool KafkaProducer::Done() {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ || sent_ > 0) return false;
  }
  FailAllHeld();
  return true;
}

void KafkaProducer::Report(rd_kafka_event_t* reports) {
  size_t answered = 0;
  size_t bytes = 0;
  std::vector<PendingPtr> again;
  struct Returned {
    Lane* lane;
    size_t records = 0;
    size_t bytes = 0;
    bool late = false;
  };
  // Mostly one: reports come by batches.
  std::vector<Returned> returned;
  // Only this thread finds failures among what was sent.
  bool all_well = false;
  {
    const std::lock_guard lock(mutex_);
    all_well = !failed_;
  }
  while (const rd_kafka_message_t* const message = rd_kafka_event_message_next(reports)) {
    PendingPtr pending(static_cast<Pending*>(message->_private));
    if (returned.empty() || returned.back().lane != pending->lane)
      returned.push_back({.lane = pending->lane});
    ++returned.back().records;
    returned.back().bytes += pending->bytes;
    returned.back().late |= message->err == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT;
    all_well = all_well && message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
    const std::optional<absl::Status> failure =
        all_well ? absl::OkStatus() : Failure(*pending, message->err);
    if (!failure) {
      again.push_back(std::move(pending));
      continue;
    }
    bytes += pending->bytes;
    ++answered;
    if (!failure->ok()) {
      pending->ack(*failure);
    } else if (message->offset >= 0) {
      pending->ack(static_cast<uint64_t>(message->offset));
    } else {
      // So long after the first try that the broker has forgotten where it put it.
      pending->ack(
          absl::UnavailableError("the record is stored but its offset is not known; append it "
                                 "again, repeats are dropped"));
    }
  }
  {
    const std::lock_guard lock(mutex_);
    for (const Returned& each : returned) {
      each.lane->sent -= each.records;
      each.lane->sent_bytes -= each.bytes;
      each.lane->late |= each.late;
      sent_ -= each.records;
    }
    records_ -= answered;
    bytes_ -= bytes;
    resend_.insert(resend_.end(), std::make_move_iterator(again.begin()),
                   std::make_move_iterator(again.end()));
  }
  changed_.notify_all();
}

std::optional<absl::Status> KafkaProducer::Failure(const Pending& pending,
                                                   rd_kafka_resp_err_t error) {
  const std::lock_guard lock(mutex_);
  const auto explain = [&](rd_kafka_resp_err_t code) {
    return ToStatus(
        code, fmt::format("appending to {}/{}", pending.record.topic, pending.record.partition));
  };
  if (options_.gapless) {
    // Whatever was taken behind the first failure counts as failed, even if it is in the log.
    if (failed_ && pending.number > *failed_) {
      return NotAppended(pending.record);
    }
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
    const bool first = !failed_;
    failed_ = pending.number;
    if (first) Purge();
    absl::Status status = explain(error);
    // Not the record's fault; it may go with a new producer.
    if (absl::IsFailedPrecondition(status)) status = absl::UnavailableError(status.message());
    return status;
  }
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  if (!broken_ && !session_->handle->Fatal().ok()) Break();
  if (broken_ && !stopping_ && pending.attempts < kMaxAttempts) return std::nullopt;
  absl::Status status = explain(error);
  if (absl::IsFailedPrecondition(status)) status = absl::UnavailableError(status.message());
  return status;
}

void KafkaProducer::Break() {
  broken_ = true;
  Purge();
}

// Makes librdkafka give back at once all that it has.
void KafkaProducer::Purge() const {
  rd_kafka_purge(session_->handle->get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                              RD_KAFKA_PURGE_F_NON_BLOCKING);
}

// When the session that ended has given everything back: all of it goes again, in the order in
// which it was taken, before what was taken since.
void KafkaProducer::Renew() {
  std::unique_ptr<Session> ended;
  {
    const std::lock_guard lock(mutex_);
    if (!broken_ || sent_ > 0 || stopping_) return;
    auto session = NewSession();
    // The settings were fine before, so this is a lack of memory or threads: next time around.
    if (!session.ok()) return;
    ended = std::exchange(session_, *std::move(session));
    broken_ = false;
    std::ranges::sort(resend_, std::greater(), [](const PendingPtr& each) { return each->number; });
    for (PendingPtr& pending : resend_) {
      Lane& lane = *pending->lane;
      lane.waiting.push_front(std::move(pending));
      ++waiting_;
    }
    resend_.clear();
  }
}

void KafkaProducer::GoOn() {
  std::vector<Refused> refused;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_ == 0 || broken_ || stopping_) return;
    for (auto& [topic, lanes] : lanes_) {
      for (Lane& lane : lanes) {
        // What was sent is answered before what comes behind it.
        if (lane.waiting.empty() || lane.sent > 0) continue;
        // They have waited for that long, or nearly.
        const bool refuse = std::exchange(lane.late, false) || failed_;
        auto some = refuse ? RefuseWaiting(lane) : SendPortion(lane);
        std::ranges::move(some, std::back_inserter(refused));
        if (broken_) break;
      }
      if (broken_) break;
    }
  }
  if (refused.empty()) return;
  size_t bytes = 0;
  for (const auto& [pending, why] : refused) {
    bytes += pending->bytes;
    pending->ack(why);
  }
  {
    const std::lock_guard lock(mutex_);
    records_ -= refused.size();
    bytes_ -= bytes;
  }
  changed_.notify_all();
}

std::vector<KafkaProducer::Refused> KafkaProducer::SendPortion(Lane& lane) {
  std::vector<Refused> refused;
  while (!lane.waiting.empty() && lane.sent < kPortionRecords &&
         (lane.sent == 0 || lane.sent_bytes + lane.waiting.front()->bytes <= kPortionBytes)) {
    PendingPtr pending = std::move(lane.waiting.front());
    lane.waiting.pop_front();
    --waiting_;
    const rd_kafka_resp_err_t error = SendOrBreak(pending);
    if (broken_) break;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    absl::Status why = ToStatus(
        error, fmt::format("appending to {}/{}", pending->record.topic, pending->record.partition));
    if (absl::IsFailedPrecondition(why)) why = absl::UnavailableError(why.message());
    if (options_.gapless && !failed_) {
      failed_ = pending->number;
      Purge();
    }
    refused.push_back({.pending = std::move(pending), .why = std::move(why)});
    if (failed_) break;
  }
  return refused;
}

std::vector<KafkaProducer::Refused> KafkaProducer::RefuseWaiting(Lane& lane) {
  std::vector<Refused> refused;
  refused.reserve(lane.waiting.size());
  for (PendingPtr& pending : lane.waiting) {
    absl::Status why = NotAppended(pending->record);
    refused.push_back({.pending = std::move(pending), .why = std::move(why)});
  }
  if (options_.gapless && !refused.empty())
    failed_ = std::min(failed_.value_or(UINT64_MAX), refused.front().pending->number);
  waiting_ -= lane.waiting.size();
  lane.waiting.clear();
  return refused;
}

void KafkaProducer::FailAllHeld() {
  std::vector<PendingPtr> left;
  {
    const std::lock_guard lock(mutex_);
    std::ranges::move(resend_, std::back_inserter(left));
    for (auto& [topic, lanes] : lanes_) {
      for (Lane& lane : lanes) {
        std::ranges::move(lane.waiting, std::back_inserter(left));
        lane.waiting.clear();
      }
    }
    resend_.clear();
    waiting_ = 0;
    records_ = 0;
    bytes_ = 0;
  }
  for (const PendingPtr& pending : left)
    pending->ack(absl::UnavailableError("not appended: the producer was closed before"));
}

}  // namespace centralita::eventlog::kafka
