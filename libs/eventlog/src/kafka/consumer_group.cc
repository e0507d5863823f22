// The part of the consumer that is a member of a group: joins, is told what it gains and loses,
// leaves.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "centralita/base/status_macros.h"
#include "kafka/consumer.h"
#include "kafka/errors.h"

namespace centralita::eventlog::kafka {

absl::Status KafkaConsumer::Join(const std::vector<std::string>& topics) {
  topics_ = topics;
  return Subscribe();
}

absl::Status KafkaConsumer::Subscribe() {
  const ListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(topics_.size())));
  for (const std::string& topic : topics_) {
    rd_kafka_topic_partition_list_add(list.get(), NameInKafka(log_options_, topic).c_str(),
                                      RD_KAFKA_PARTITION_UA);
  }
  return ToStatus(rd_kafka_subscribe(rk(), list.get()),
                  fmt::format("joining group '{}'", membership_.group));
}

bool KafkaConsumer::IsCooperative() const {
  // Outside a group incremental changes are fine as well.
  return membership_.group.empty() || log_options_.rebalance == KafkaRebalance::kCooperative;
}

absl::Status KafkaConsumer::TakeEvents(PollResult& result) {
  if (rebalance_ != nullptr && !told_) return TakeAssigned(result);
  while (IsEmpty(result)) {
    EventPtr event(rd_kafka_queue_poll(events_.get(), 0));
    if (event == nullptr) break;
    switch (rd_kafka_event_type(event.get())) {
      case RD_KAFKA_EVENT_REBALANCE:
        ABSL_RETURN_IF_ERROR(TakeRebalance(std::move(event), result));
        break;
      case RD_KAFKA_EVENT_ERROR:
        ABSL_RETURN_IF_ERROR(TakeError(event.get()));
        event.reset();
        if (fenced_by_itself_) return JoinAgain(result);
        break;
      default:
        break;
    }
  }
  return absl::OkStatus();
}

absl::Status KafkaConsumer::TakeRebalance(EventPtr event, PollResult& result) {
  const bool assigned = rd_kafka_event_error(event.get()) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
  rebalance_ = std::move(event);
  told_ = false;
  if (assigned) {
    ABSL_RETURN_IF_ERROR(TakeAssigned(result));
  } else {
    TakeRevoked(*rd_kafka_event_topic_partition_list(rebalance_.get()), result);
  }
  // Nothing to tell, or others have them already: nothing to wait for.
  const bool lost = !assigned && rd_kafka_assignment_lost(rk()) != 0;
  return IsEmpty(result) || lost ? FinishRebalance() : absl::OkStatus();
}

absl::Status KafkaConsumer::TakeAssigned(PollResult& result) {
  const rd_kafka_topic_partition_list_t& partitions =
      *rd_kafka_event_topic_partition_list(rebalance_.get());
  ListPtr committed(rd_kafka_topic_partition_list_copy(&partitions));
  if (committed->cnt > 0) {
    ABSL_RETURN_IF_ERROR(
        ToStatus(rd_kafka_committed(rk(), committed.get(), TimeoutMs()),
                 fmt::format("asking what group '{}' has committed", membership_.group)));
  }
  for (int i = 0; i < committed->cnt; ++i) {
    const rd_kafka_topic_partition_t& partition = committed->elems[i];
    std::optional<uint64_t> offset;
    if (partition.offset >= 0) offset = static_cast<uint64_t>(partition.offset);
    const TopicPartition name = NameOf(partition);
    Hold(name, offset);
    result.assigned.push_back({.partition = name, .committed = offset.value_or(0)});
  }
  told_ = true;
  settled_ = true;
  return absl::OkStatus();
}

void KafkaConsumer::TakeRevoked(const rd_kafka_topic_partition_list_t& partitions,
                                PollResult& result) {
  for (int i = 0; i < partitions.cnt; ++i) {
    const TopicPartition name = NameOf(partitions.elems[i]);
    Held* const held = Find(name);
    if (held == nullptr) continue;
    LetGo(*held);
    leaving_.push_back(name);
    result.revoked.push_back(name);
  }
  told_ = true;
  settled_ = false;
}

absl::Status KafkaConsumer::FinishRebalance() {
  if (rebalance_ == nullptr || !told_) return absl::OkStatus();
  const EventPtr event = std::move(rebalance_);
  const rd_kafka_topic_partition_list_t& partitions =
      *rd_kafka_event_topic_partition_list(event.get());
  if (rd_kafka_event_error(event.get()) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    std::vector<Held*> gained;
    for (int i = 0; i < partitions.cnt; ++i) {
      if (Held* const held = Find(NameOf(partitions.elems[i])); held != nullptr)
        gained.push_back(held);
    }
    return Start(gained);
  }
  leaving_.clear();
  if (!IsCooperative()) {
    return ToStatus(rd_kafka_assign(rk(), nullptr), "letting go of partitions");
  }
  const ErrorPtr error(rd_kafka_incremental_unassign(rk(), &partitions));
  return ToStatus(rd_kafka_error_code(error.get()), "letting go of partitions");
}

absl::Status KafkaConsumer::TakeError(rd_kafka_event_t* event) {
  const rd_kafka_resp_err_t error = rd_kafka_event_error(event);
  const absl::Status status =
      ToStatus(error,
               membership_.group.empty() ? std::string("reading")
                                         : fmt::format("reading as member '{}' of group '{}'",
                                                       membership_.member, membership_.group),
               rd_kafka_event_error_string(event));
  // One that has lost its partitions and is joining again may be fenced by a request of its own
  // from before (librdkafka goes on with heartbeats when it has forgotten its member id). One that
  // has partitions is fenced by another member of its name.
  fenced_by_itself_ = error == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID && !settled_;
  if (fenced_by_itself_) return absl::OkStatus();
  if (rd_kafka_event_error_is_fatal(event) != 0 || absl::IsPermissionDenied(status) ||
      absl::IsNotFound(status)) {
    return status;
  }
  // News about brokers, which librdkafka handles and logs.
  return absl::OkStatus();
}

absl::Status KafkaConsumer::JoinAgain(PollResult& result) {
  while (!held_.empty()) {
    result.revoked.push_back(held_.back().name);
    LetGo(held_.back());
  }
  leaving_.clear();
  rebalance_.reset();
  fenced_by_itself_ = false;
  rd_kafka_queue_cb_event_enable(events_.get(), nullptr, nullptr);
  ABSL_RETURN_IF_ERROR(Connect());
  return Subscribe();
}

void KafkaConsumer::Close() {
  if (std::exchange(closed_, true) || events_ == nullptr) return;
  constexpr int kRounds = 60;
  constexpr int kRoundMs = 50;
  rd_kafka_queue_cb_event_enable(events_.get(), nullptr, nullptr);
  if (!membership_.group.empty()) Leave();
  while (!held_.empty()) LetGo(held_.back());
  const ErrorPtr error(rd_kafka_consumer_close_queue(rk(), events_.get()));
  for (int i = 0; i < kRounds && error == nullptr && rd_kafka_consumer_closed(rk()) == 0; ++i) {
    const EventPtr event(rd_kafka_queue_poll(events_.get(), kRoundMs));
    if (event != nullptr && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE)
      rd_kafka_assign(rk(), nullptr);
  }
  events_.reset();
}

// librdkafka lets a static member that closes stay in the group; one that unsubscribes leaves, and
// then has no member id any more.
void KafkaConsumer::Leave() {
  constexpr int kRounds = 150;
  constexpr int kRoundMs = 20;
  told_ = true;
  FinishRebalance().IgnoreError();
  rd_kafka_unsubscribe(rk());
  for (int i = 0; i < kRounds; ++i) {
    EventPtr event(rd_kafka_queue_poll(events_.get(), i == 0 ? 0 : kRoundMs));
    if (event != nullptr && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE) {
      rebalance_ = std::move(event);
      FinishRebalance().IgnoreError();
    }
    char* const member = rd_kafka_memberid(rk());
    const bool gone = member == nullptr || *member == '\0';
    rd_kafka_mem_free(rk(), member);
    if (gone) return;
  }
}

}  // namespace centralita::eventlog::kafka
