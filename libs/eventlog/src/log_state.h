// What the threads of the embedded log share in memory: topics, what is appended and not yet
// written, the newest batches, groups. All of it is guarded by LogState::mutex, except where said.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "batch_codec.h"
#include "centralita/base/clock.h"
#include "centralita/base/strings.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/eventlog/sqlite_log.h"
#include "group.h"
#include "log_file.h"
#include "waker.h"

namespace centralita::eventlog {

struct ProducerState {
  ProducerOptions options;
  size_t bytes_in_flight = 0;
  size_t records_in_flight = 0;
  bool failed = false;
  std::condition_variable changed;
};

struct PendingAck {
  AckCallback ack;
  std::shared_ptr<ProducerState> producer;
  size_t bytes = 0;
};

struct Partition;

// Records of one partition that will become one batch.
struct Chunk {
  Partition* partition = nullptr;
  BatchWriter writer;
  std::vector<PendingAck> acks;
  // Given by the writer.
  uint64_t base = 0;
  base::TimePoint append_time;
};

struct CachedBatch {
  uint64_t base = 0;
  uint32_t count = 0;
  std::shared_ptr<const std::string> bytes;
};

struct Partition {
  TopicPartition name;
  bool compacted = false;
  base::Duration retention{0};
  // Changed by the writer only, under the mutex: it may read it without.
  StoredPartition stored;
  // The newest batches, without gaps, up to stored.end.
  std::deque<CachedBatch> cache;
  // Takes appends until the writer takes it.
  Chunk* open = nullptr;
  // Consumers that read it now.
  std::vector<std::shared_ptr<Waker>> readers;
};

struct Topic {
  TopicInfo info;
  std::vector<std::unique_ptr<Partition>> partitions;
};

struct GroupState {
  Group group;
  std::vector<std::shared_ptr<Waker>> members;
};

// Something that the writer does within its next transaction.
struct Task {
  std::function<absl::Status(LogFile&)> run;
  std::function<void()> on_durable;
  std::promise<absl::Status> done;
};

struct LogState {
  LogState(SqliteLogOptions log_options, const base::Clock& log_clock)
      : options(std::move(log_options)), clock(log_clock) {}

  Partition* Find(const TopicPartition& name);
  Partition* Find(const std::string& topic, uint32_t partition);
  std::vector<Partition*> AllPartitions();
  // Adds a batch that is durable, and drops the oldest ones of all partitions beyond the bound.
  void AddToCache(Partition& partition, CachedBatch batch);

  const SqliteLogOptions options;
  const base::Clock& clock;

  std::mutex mutex;
  base::StringMap<Topic> topics;
  base::StringMap<GroupState> groups;

  // Oldest first.
  std::deque<std::unique_ptr<Chunk>> queue;
  std::vector<std::unique_ptr<Task>> tasks;
  bool stopping = false;
  std::condition_variable work;

 private:
  // Whose batch is the oldest, the next, ...; one entry for each cached batch.
  std::deque<Partition*> cache_order_;
  size_t cache_bytes_ = 0;
};

}  // namespace centralita::eventlog
