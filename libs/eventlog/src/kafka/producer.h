// Appends to Kafka by idempotent producers of librdkafka: acks=all, in order, no repeats by
// retries.
//
// librdkafka's producer can come to an end (a "fatal error"), after which it takes nothing more. A
// gapless one then fails all that it took behind the first failure, and its user makes a new one;
// another makes itself a new one and sends what has no ack again, first and in order.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "centralita/base/strings.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/eventlog/kafka_log.h"
#include "kafka/admin.h"
#include "kafka/handle.h"

namespace centralita::eventlog::kafka {

class KafkaProducer final : public Producer {
 public:
  // `admin` outlives it.
  static absl::StatusOr<std::unique_ptr<Producer>> Open(const KafkaLogOptions& log_options,
                                                        const ProducerOptions& options,
                                                        Admin& admin);
  // Gives what it took a moment to become durable; then fails it. Every ack has been called.
  ~KafkaProducer() override;

  absl::Status Append(Outgoing record, AckCallback ack) override;
  absl::Status WaitForRoom(base::Duration limit) override;
  absl::Status Flush(base::Duration limit) override;

 private:
  // A record that was taken and has no ack yet. While librdkafka has it, it owns it.
  struct Pending {
    uint64_t number = 0;
    Outgoing record;
    AckCallback ack;
    size_t bytes = 0;
    int attempts = 0;
  };
  using PendingPtr = std::unique_ptr<Pending>;

  // One producer of librdkafka.
  struct Session {
    std::unique_ptr<Handle> handle;
    QueuePtr queue;
    base::StringMap<TopicPtr> topics;
  };

  KafkaProducer(const KafkaLogOptions& log_options, const ProducerOptions& options, Admin& admin)
      : log_options_(log_options), options_(options), admin_(admin) {}
  absl::StatusOr<std::unique_ptr<Session>> NewSession() const;
  absl::Status CheckOpen() const;
  bool Knows(const Outgoing& record) const;
  // Hands it to librdkafka, which then owns it; otherwise it is still the caller's.
  rd_kafka_resp_err_t Send(PendingPtr& pending);
  rd_kafka_resp_err_t SendOrBreak(PendingPtr& pending);
  // The thread.
  void Run();
  bool Done();
  void TakeEvent();
  void Report(rd_kafka_event_t* reports);
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

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<Session> session_;
  // Of topics that it has appended to.
  base::StringMap<uint32_t> partitions_;
  uint64_t next_number_ = 0;
  // Of all that was taken and has no ack.
  size_t bytes_ = 0;
  size_t records_ = 0;
  // Of those, how many librdkafka has.
  size_t sent_ = 0;
  // The session has come to an end; what it gave back, and what was taken since.
  bool broken_ = false;
  std::vector<PendingPtr> resend_;
  std::deque<PendingPtr> held_;
  // Gapless: the number of the first failure.
  std::optional<uint64_t> failed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace centralita::eventlog::kafka
