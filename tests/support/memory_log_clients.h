// Producer and consumer of the log in memory; for memory_log.cc.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/support/memory_log.h"

namespace centralita::testing {

class MemoryProducer final : public eventlog::Producer {
 public:
  MemoryProducer(MemoryLog& log, const eventlog::ProducerOptions& options)
      : log_(log), gapless_(options.gapless) {}

  absl::Status Append(eventlog::Outgoing record, eventlog::AckCallback ack) override;
  absl::Status WaitForRoom(base::Duration limit) override;
  absl::Status Flush(base::Duration limit) override;

 private:
  MemoryLog& log_;
  const bool gapless_;
  bool failed_ = false;
  // Shared with acks that are held back.
  const std::shared_ptr<size_t> unacknowledged_ = std::make_shared<size_t>(0);
};

class MemoryConsumer final : public eventlog::Consumer {
 public:
  MemoryConsumer(MemoryLog& log, std::string group, std::string member,
                 std::vector<std::string> topics, const eventlog::ConsumerOptions& options);
  MemoryConsumer(MemoryLog& log, const std::vector<eventlog::TopicPartition>& partitions,
                 const eventlog::ConsumerOptions& options);
  ~MemoryConsumer() override { Close(); }

  absl::StatusOr<eventlog::PollResult> Poll(base::Duration max_wait) override;
  absl::Status Seek(const eventlog::TopicPartition& partition, uint64_t offset) override;
  absl::Status Pause(const eventlog::TopicPartition& partition) override;
  absl::Status Resume(const eventlog::TopicPartition& partition) override;
  absl::Status Commit(const eventlog::TopicPartition& partition, uint64_t next_offset) override;
  void Wake() override;
  void Close() override;

 private:
  struct Position {
    bool sought = false;
    bool paused = false;
    uint64_t next = 0;
  };

  // With the disk's mutex held.
  absl::Status Collect(eventlog::PollResult& result);
  void Rebalance(eventlog::PollResult& result);
  absl::StatusOr<Position*> Find(const eventlog::TopicPartition& partition);

  MemoryLog& log_;
  const std::string group_;
  const std::string member_;
  const std::vector<std::string> topics_;
  const eventlog::ConsumerOptions options_;
  std::map<eventlog::TopicPartition, Position> positions_;
  // Returned as revoked; given up with the next Poll().
  std::set<eventlog::TopicPartition> leaving_;
  bool woken_ = false;
  bool closed_ = false;
};

}  // namespace centralita::testing
