// Reads from Kafka, as a member of a group or given partitions alone.
//
// Each partition keeps its own queue (librdkafka would pour them all into one), so that a partition
// which is paused or not yet sought is simply not looked at, and none can starve another. Changes
// of the group wait in librdkafka until the next Poll(): a partition that is told as revoked is
// really let go of one Poll() later, and one that is told as assigned starts where Seek() said in
// between.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/eventlog/kafka_log.h"
#include "kafka/admin.h"
#include "kafka/handle.h"
#include "waker.h"

namespace centralita::eventlog::kafka {

using MessagePtr = std::unique_ptr<rd_kafka_message_t, Release<rd_kafka_message_destroy>>;

struct Membership {
  // Empty: none.
  std::string group;
  std::string member;
};

inline bool IsEmpty(const PollResult& result) {
  return result.assigned.empty() && result.revoked.empty() && result.batches.empty();
}

class KafkaConsumer final : public Consumer {
 public:
  // `admin` and `clock` outlive it; `partitions`: how many there are to read at most, for bounds.
  static absl::StatusOr<std::unique_ptr<KafkaConsumer>> Open(const KafkaLogOptions& log_options,
                                                             const Membership& membership,
                                                             const ConsumerOptions& options,
                                                             size_t partitions, Admin& admin,
                                                             const base::Clock& clock);
  ~KafkaConsumer() override;

  absl::Status Join(const std::vector<std::string>& topics);
  void Attach(const std::vector<TopicPartition>& partitions);

  absl::StatusOr<PollResult> Poll(base::Duration max_wait) override;
  absl::Status Seek(const TopicPartition& partition, uint64_t offset) override;
  absl::Status Pause(const TopicPartition& partition) override;
  absl::Status Resume(const TopicPartition& partition) override;
  absl::Status Commit(const TopicPartition& partition, uint64_t next_offset) override;
  void Wake() override;
  void Close() override;

 private:
  struct Signals {
    Waker waker;
    std::atomic<bool> interrupted{false};
  };
  // What messages need to live, longer than the consumer if they do.
  struct Link {
    // Declared first: librdkafka's threads signal it until the handle is gone.
    std::shared_ptr<Signals> signals;
    std::unique_ptr<Handle> handle;
  };
  struct Held {
    TopicPartition name;
    // The group's committed offset, if any.
    std::optional<uint64_t> committed;
    // The next record to give.
    std::optional<uint64_t> next;
    bool paused = false;
    // librdkafka fetches it.
    bool started = false;
    // `next` is not where librdkafka is.
    bool moved = false;
    QueuePtr queue;
    // Taken from the queue and not yet given.
    std::deque<MessagePtr> ready;
  };
  struct Budget {
    size_t bytes = 0;
    size_t records = 0;
    bool untouched = true;
  };
  struct Storage;

  KafkaConsumer(const KafkaLogOptions& log_options, Membership membership,
                const ConsumerOptions& options, size_t partitions, Admin& admin,
                const base::Clock& clock)
      : log_options_(log_options),
        membership_(std::move(membership)),
        options_(options),
        partitions_(partitions),
        admin_(admin),
        clock_(clock) {}

  absl::StatusOr<PollResult> Look();
  absl::Status TakeEvents(PollResult& result);
  absl::Status TakeRebalance(EventPtr event, PollResult& result);
  absl::Status TakeAssigned(PollResult& result);
  void TakeRevoked(const rd_kafka_topic_partition_list_t& partitions, PollResult& result);
  absl::Status TakeError(rd_kafka_event_t* event);
  // Makes a client of librdkafka.
  absl::Status Connect();
  absl::Status Subscribe();
  // Leaves everything behind and joins as if it were new.
  absl::Status JoinAgain(PollResult& result);
  // Does what the last change of the group, which has been told, asks for.
  absl::Status FinishRebalance();
  absl::StatusOr<std::vector<Assignment>> Committed(
      const rd_kafka_topic_partition_list_t& partitions) const;

  // Makes librdkafka go where Seek() said.
  absl::Status MoveAll();
  absl::Status Start(const std::vector<Held*>& partitions);
  absl::Status Restart(Held& held);
  absl::StatusOr<std::optional<RecordBatch>> Read(Held& held, Budget& budget);
  void Refill(Held& held, size_t room) const;
  absl::Status PartitionError(Held& held, const rd_kafka_message_t& message);

  void Hold(const TopicPartition& name, std::optional<uint64_t> committed);
  Held* Find(const TopicPartition& name);
  absl::StatusOr<Held*> FindOrExplain(const TopicPartition& name);
  void LetGo(Held& held);
  void Leave();
  // RD_KAFKA_OFFSET_BEGINNING if nothing is known.
  static int64_t PositionOf(const Held& held);
  TopicPartition NameOf(const rd_kafka_topic_partition_t& partition) const;
  void AddTo(rd_kafka_topic_partition_list_t* list, const TopicPartition& name,
             int64_t offset) const;
  bool IsCooperative() const;
  rd_kafka_t* rk() const { return link_->handle->get(); }
  int TimeoutMs() const { return static_cast<int>(log_options_.request_timeout.count()); }

  const KafkaLogOptions log_options_;
  const Membership membership_;
  const ConsumerOptions options_;
  const size_t partitions_;
  Admin& admin_;
  const base::Clock& clock_;
  const std::shared_ptr<Signals> signals_ = std::make_shared<Signals>();
  std::shared_ptr<Link> link_;
  // Of what concerns no single partition.
  QueuePtr events_;
  std::vector<std::string> topics_;
  // In order of names.
  std::vector<Held> held_;
  // Told as revoked and not let go of.
  std::vector<TopicPartition> leaving_;
  // A change of the group that librdkafka waits for us to make; `told_`: the caller knows of it.
  EventPtr rebalance_;
  bool told_ = false;
  bool settled_ = false;
  // Of a partition, found behind others' records: told next.
  absl::Status late_error_;
  // It has to join again.
  bool fenced_by_itself_ = false;
  // Who comes first in the next Poll().
  size_t turn_ = 0;
  bool closed_ = false;
};

}  // namespace centralita::eventlog::kafka
