// The log in our own words: topics with partitions, durable appends, groups of consumers, offsets
// of our own. Implementations: SQLite (embedded); Kafka (cluster). All pass
// tests/contract/eventlog_contract.h.
//
// Errors: UNAVAILABLE (try again later), RESOURCE_EXHAUSTED (buffer full, see Producer), NOT_FOUND
// (no such topic), OUT_OF_RANGE (that offset is no longer kept), FAILED_PRECONDITION (topic as
// created differs, or closed), DATA_LOSS (stored bytes are damaged).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "centralita/base/time.h"

namespace centralita::eventlog {

struct TopicSpec {
  std::string name;
  uint32_t partitions = 1;
  // Keep the latest record of each key for ever, and others not at all. The last record of a
  // partition stays in any case, so that a reader can tell the end by it.
  bool compacted = false;
  // How long records of other topics are kept; zero: for ever.
  base::Duration retention{0};
};

struct TopicInfo {
  TopicSpec spec;
  // Differs from that of any earlier topic of this name; offsets mean nothing across epochs.
  // From 1.
  uint32_t epoch = 1;
};

struct TopicPartition {
  std::string topic;
  uint32_t partition = 0;
  auto operator<=>(const TopicPartition&) const = default;
};

struct OffsetRange {
  // The first record that is kept, and the offset that the next record will get.
  uint64_t begin = 0;
  uint64_t end = 0;
};

// Views live as long as the batch that holds them.
struct Record {
  uint64_t offset = 0;
  // Given by the log; within a partition it never goes back.
  base::TimePoint append_time;
  std::string_view key;
  std::string_view value;
  // Compacted topics: the key is deleted; value is empty.
  bool tombstone = false;
};

// Records of one partition, in order. Cheap to move, keeps its bytes alive.
class RecordBatch {
 public:
  RecordBatch(TopicPartition source, std::vector<Record> records,
              std::shared_ptr<const void> storage)
      : source_(std::move(source)), records_(std::move(records)), storage_(std::move(storage)) {}
  const TopicPartition& source() const { return source_; }
  std::span<const Record> records() const { return records_; }

 private:
  TopicPartition source_;
  std::vector<Record> records_;
  std::shared_ptr<const void> storage_;
};

struct Outgoing {
  std::string topic;
  uint32_t partition = 0;
  std::string key;
  std::string value;
  bool tombstone = false;
};

// OK with the record's offset once it is durable; otherwise why it is not (it may or may not be in
// the log).
using AckCallback = absl::AnyInvocable<void(absl::StatusOr<uint64_t> offset)>;

// Appends in order: records of one producer to one partition are stored in the order of the calls,
// without gaps. Thread-safe. Acks come on a thread of the log, in order within a partition; they
// must not block.
class Producer {
 public:
  virtual ~Producer() = default;
  // Takes the record, or refuses it with RESOURCE_EXHAUSTED (buffer full: WaitForRoom), NOT_FOUND
  // or FAILED_PRECONDITION (closed); a refused record's ack is never called, a taken one's is
  // called exactly once.
  virtual absl::Status Append(Outgoing record, AckCallback ack) = 0;
  // Waits until an append would be taken; DEADLINE_EXCEEDED after `limit`.
  virtual absl::Status WaitForRoom(base::Duration limit) = 0;
  // Waits until all that was taken is acknowledged; DEADLINE_EXCEEDED after `limit`.
  virtual absl::Status Flush(base::Duration limit) = 0;
};

struct Assignment {
  TopicPartition partition;
  // Offset that the group committed: the next to read; 0 if it never did.
  uint64_t committed = 0;
};

struct PollResult {
  // Partitions gained: they give no records before Seek() was called for them.
  std::vector<Assignment> assigned;
  // Partitions lost: finish with them now; another member may have them after the next Poll() or
  // Close().
  std::vector<TopicPartition> revoked;
  std::vector<RecordBatch> batches;
  // Of a group: this member has all the partitions that the group means it to have, be they none.
  // False while that is not known yet (it is joining) or another member has not let go of one.
  bool settled = false;
};

// Not thread-safe, except Wake().
class Consumer {
 public:
  virtual ~Consumer() = default;
  // Waits up to `max_wait` for anything to return. What it buffers is bounded (ConsumerOptions).
  virtual absl::StatusOr<PollResult> Poll(base::Duration max_wait) = 0;
  // The next record to give. OUT_OF_RANGE from Poll() if it is no longer kept.
  virtual absl::Status Seek(const TopicPartition& partition, uint64_t offset) = 0;
  // A paused partition gives no records and keeps its place.
  virtual absl::Status Pause(const TopicPartition& partition) = 0;
  virtual absl::Status Resume(const TopicPartition& partition) = 0;
  // Durable when it returns. For a group only: the next offset to read. UNAVAILABLE while the group
  // is changing: read on, and commit later; whoever has the partition then may read some again.
  virtual absl::Status Commit(const TopicPartition& partition, uint64_t next_offset) = 0;
  // Makes a Poll() that waits return now. Thread-safe.
  virtual void Wake() = 0;
  // Leaves the group; its partitions go to others. Also done by the destructor.
  virtual void Close() = 0;
};

struct ConsumerOptions {
  // Bound of the bytes that one Poll() returns.
  size_t max_bytes = 4 << 20;
  size_t max_records = 10'000;
  // How long a record may wait in the log for others to come with it: fewer and larger reads, for
  // whoever is in no hurry. Zero: it is given as soon as it is there.
  base::Duration patience{0};
};

struct ProducerOptions {
  // For logs and metrics.
  std::string name;
  // Bound of what is taken and not yet durable; the record that reaches it is still taken.
  size_t max_bytes = 64 << 20;
  // After a failed ack all that was taken behind it fails too, and Append() is refused with
  // FAILED_PRECONDITION: make a new producer and append again from the first failure on. Otherwise
  // later appends go on as if nothing had happened, for those to whom each record is a matter of
  // its own.
  bool gapless = true;
};

// Thread-safe. Outlives its producers and consumers.
class EventLog {
 public:
  virtual ~EventLog() = default;
  // Creates the topic, or verifies one that is there: FAILED_PRECONDITION if it differs in
  // partitions or compaction.
  virtual absl::StatusOr<TopicInfo> EnsureTopic(const TopicSpec& spec) = 0;
  virtual absl::StatusOr<TopicInfo> Describe(const std::string& topic) const = 0;
  virtual absl::StatusOr<OffsetRange> Offsets(const TopicPartition& partition) const = 0;
  virtual absl::StatusOr<std::unique_ptr<Producer>> NewProducer(const ProducerOptions& options) = 0;
  // Joins a group: each partition of the topics belongs to exactly one member. `member` is stable
  // across restarts.
  virtual absl::StatusOr<std::unique_ptr<Consumer>> Join(const std::string& group,
                                                         const std::string& member,
                                                         const std::vector<std::string>& topics,
                                                         const ConsumerOptions& options) = 0;
  // Reads given partitions outside any group, each after its Seek(); Commit() is
  // FAILED_PRECONDITION.
  virtual absl::StatusOr<std::unique_ptr<Consumer>> Read(
      const std::vector<TopicPartition>& partitions, const ConsumerOptions& options) = 0;
};

}  // namespace centralita::eventlog
