// A log in memory with faults. LogDisk is what survives a crash; MemoryLog is one process's access
// to it. Acks come on the appending thread, within Append(), unless they are held back.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "tests/support/process.h"

namespace centralita::testing {

struct StoredRecord {
  uint64_t offset = 0;
  base::TimePoint append_time;
  std::string key;
  std::string value;
  bool tombstone = false;
};

// Thread-safe.
class LogDisk final {
 public:
  explicit LogDisk(const base::Clock& clock) : clock_(clock) {}

  void Create(const eventlog::TopicSpec& spec, uint32_t epoch = 1);
  void Drop(const std::string& topic);
  // What is kept now of one partition, or of all of a topic's partitions, one after another.
  std::vector<StoredRecord> Records(const eventlog::TopicPartition& partition) const;
  std::vector<StoredRecord> AllRecords(const std::string& topic) const;
  // Those of one partition from `offset` on.
  std::vector<StoredRecord> RecordsFrom(const eventlog::TopicPartition& partition,
                                        uint64_t offset) const;
  uint32_t Partitions(const std::string& topic) const;
  uint64_t Append(const std::string& topic, uint32_t partition, std::string key, std::string value);

  // Retention: records below `begin` are no longer kept.
  void Trim(const eventlog::TopicPartition& partition, uint64_t begin);
  // Compaction: of each key only the latest record is kept, tombstones not at all.
  void Compact(const eventlog::TopicPartition& partition);
  // Changes stored bytes; `damage` is called for each record.
  void Damage(const eventlog::TopicPartition& partition,
              const std::function<void(StoredRecord&)>& damage);
  // Every member of a group believes that it owns every partition: zombies.
  void LetAllOwnAll();
  // The groups take the process for dead and give what it has to others; it does not know that, and
  // goes on, until it is no zombie any more: then it has lost everything and joins anew.
  void SetZombie(const Process& process, bool zombie);
  // Whoever would wait for acks or room gives up at once: for worlds on virtual time.
  void LetNobodyWait();
  uint64_t Committed(const std::string& group, const eventlog::TopicPartition& partition) const;

 private:
  friend class MemoryLog;
  friend class MemoryConsumer;
  friend class MemoryProducer;

  struct Partition {
    std::deque<std::shared_ptr<const StoredRecord>> records;
    uint64_t begin = 0;
    uint64_t end = 0;
    base::TimePoint last_time;
  };
  struct Topic {
    eventlog::TopicInfo info;
    std::vector<Partition> partitions;
  };
  struct Group {
    // Member -> its process.
    std::map<std::string, Process*> members;
    std::map<eventlog::TopicPartition, std::string> owners;
    std::map<eventlog::TopicPartition, uint64_t> committed;
  };

  // With mutex_ held.
  Partition* Find(const std::string& topic, uint32_t partition);
  uint64_t Store(Partition& partition, eventlog::Outgoing&& record);
  std::set<eventlog::TopicPartition> Target(Group& group, const std::string& member,
                                            const std::vector<std::string>& topics);

  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Topic> topics_;
  std::map<std::string, Group> groups_;
  bool all_own_all_ = false;
  bool nobody_waits_ = false;
  std::set<const Process*> zombies_;
};

// `disk` and `process` outlive it.
class MemoryLog final : public eventlog::EventLog {
 public:
  MemoryLog(LogDisk& disk, Process& process) : disk_(disk), process_(process) {}
  // The process is gone: the group goes on without it.
  ~MemoryLog() override;

  // Of what is appended next (to `topic`, or to any if it is empty), `count` records fail;
  // `stored`: their acks alone are lost.
  void FailNext(size_t count, bool stored, std::string topic = "");
  // Acks wait until they are released; ReleaseAcks() gives at most `count` of them, oldest first.
  void HoldAcks();
  size_t ReleaseAcks(size_t count = SIZE_MAX);
  // While it is away, consumers hear UNAVAILABLE.
  void SetAway(bool away);
  // The next calls of Offsets() are UNAVAILABLE.
  void FailNextOffsets(size_t count);
  // Appends beyond that many unacknowledged records are refused with RESOURCE_EXHAUSTED.
  void LimitUnacknowledged(size_t limit);

  absl::StatusOr<eventlog::TopicInfo> EnsureTopic(const eventlog::TopicSpec& spec) override;
  absl::StatusOr<eventlog::TopicInfo> Describe(const std::string& topic) const override;
  absl::StatusOr<eventlog::OffsetRange> Offsets(
      const eventlog::TopicPartition& partition) const override;
  absl::StatusOr<std::unique_ptr<eventlog::Producer>> NewProducer(
      const eventlog::ProducerOptions& options) override;
  absl::StatusOr<std::unique_ptr<eventlog::Consumer>> Join(
      const std::string& group, const std::string& member, const std::vector<std::string>& topics,
      const eventlog::ConsumerOptions& options) override;
  absl::StatusOr<std::unique_ptr<eventlog::Consumer>> Read(
      const std::vector<eventlog::TopicPartition>& partitions,
      const eventlog::ConsumerOptions& options) override;

 private:
  friend class MemoryProducer;
  friend class MemoryConsumer;

  struct HeldAck {
    eventlog::AckCallback ack;
    absl::StatusOr<uint64_t> answer;
    std::shared_ptr<size_t> unacknowledged;
  };

  LogDisk& disk_;
  Process& process_;
  // All below with the disk's mutex.
  bool holding_ = false;
  std::deque<HeldAck> held_;
  size_t fail_next_ = 0;
  bool fail_stored_ = false;
  std::string fail_topic_;
  size_t limit_ = SIZE_MAX;
  bool away_ = false;
  mutable size_t fail_next_offsets_ = 0;
};

}  // namespace centralita::testing
