// Appends to Kafka by idempotent producers of librdkafka: acks=all, in order, no repeats by
// retries.
//
// librdkafka's producer can come to an end (a "fatal error"), after which it takes nothing more. A
// gapless one then fails all that it took behind the first failure, and its user makes a new one;
// another makes itself a new one and sends what has no ack again, first and in order.
//
// librdkafka gets one portion of a partition's records at a time, the next when that is
// acknowledged. By itself it has one batch of an idempotent producer in flight as well (more than
// five records in flight are too many for it, rdkafka_broker.c), but while others wait behind it,
// its thread asks in a closed loop whether they may go: with an ack that takes longer than
// linger.ms it burns a processor, which on a small machine the broker would need for that ack. So
// batches grow with the time that acks take, and a record that comes alone goes at once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "centralita/base/clock.h"
#include "centralita/base/strings.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/eventlog/kafka_log.h"
#include "kafka/admin.h"
#include "kafka/handle.h"

namespace centralita::eventlog::kafka {

class KafkaProducer final : public Producer {
 public:
  // `admin` and `clock` outlive it.
  static absl::StatusOr<std::unique_ptr<Producer>> Open(const KafkaLogOptions& log_options,
                                                        const ProducerOptions& options,
                                                        Admin& admin, const base::Clock& clock);
  // Gives what it took a moment to become durable; then fails it. Every ack has been called.
  ~KafkaProducer() override;

  absl::Status Append(Outgoing record, AckCallback ack) override;
  absl::Status WaitForRoom(base::Duration limit) override;
  absl::Status Flush(base::Duration limit) override;

 private:
  // A record that was taken and has no ack yet. While librdkafka has it, it owns it.
  struct Lane;
  struct Pending {
    uint64_t number = 0;
    Lane* lane = nullptr;
    Outgoing record;
    AckCallback ack;
    size_t bytes = 0;
    int attempts = 0;
  };
  using PendingPtr = std::unique_ptr<Pending>;
  using Monotonic = std::chrono::steady_clock::time_point;

  // The way to one partition.
  struct Lane {
    // The portion that librdkafka has.
    size_t sent = 0;
    size_t sent_bytes = 0;
    // Until then it grows: librdkafka lingers.
    Monotonic open_until;
    // The last one did not become durable in time.
    bool late = false;
    // Behind it, in order.
    std::deque<PendingPtr> waiting;
  };

  // One producer of librdkafka.
  struct Session {
    std::unique_ptr<Handle> handle;
    QueuePtr queue;
    base::StringMap<TopicPtr> topics;
  };

  KafkaProducer(const KafkaLogOptions& log_options, const ProducerOptions& options, Admin& admin,
                const base::Clock& clock)
      : log_options_(log_options), options_(options), admin_(admin), clock_(clock) {}
  absl::StatusOr<std::unique_ptr<Session>> NewSession() const;
  absl::Status CheckOpen() const;
  bool Knows(const Outgoing& record) const;
  // Whether the record may join the portion that librdkafka has.
  bool Joins(const Lane& lane, size_t bytes) const;
  // Hands it to librdkafka, which then owns it; otherwise it is still the caller's.
  rd_kafka_resp_err_t Send(PendingPtr& pending);
  rd_kafka_resp_err_t SendOrBreak(PendingPtr& pending);
  // What cannot be sent when its turn comes.
  struct Refused {
    PendingPtr pending;
    absl::Status why;
  };
  // Both take from the lane's front and return what is refused.
  std::vector<Refused> SendPortion(Lane& lane);
  std::vector<Refused> RefuseWaiting(Lane& lane);
  // The thread.
  void Run();
  bool Done();
  void TakeEvent();
  void Report(rd_kafka_event_t* reports);
  // The next portions, where the last ones are acknowledged.
  void GoOn();
  // What becomes of a record that is reported as failed: an error for its ack, or nothing if it is
  // to be sent again.
  std::optional<absl::Status> Failure(const Pending& pending, rd_kafka_resp_err_t error);
  void Break();
  void Purge() const;
  void Renew();
  void FailAllHeld();

  const KafkaLogOptions log_options_;
  const ProducerOptions options_;
  Admin& admin_;
  const base::Clock& clock_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<Session> session_;
  // Of topics that it has appended to, one for each partition.
  base::StringMap<std::vector<Lane>> lanes_;
  uint64_t next_number_ = 0;
  // Of all that was taken and has no ack.
  size_t bytes_ = 0;
  size_t records_ = 0;
  // Of those, how many librdkafka has.
  size_t sent_ = 0;
  // Records that wait in lanes.
  size_t waiting_ = 0;
  // The session has come to an end; what it gave back.
  bool broken_ = false;
  std::vector<PendingPtr> resend_;
  // Gapless: the number of the first failure.
  std::optional<uint64_t> failed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace centralita::eventlog::kafka
