// The tables of the embedded log and all SQL that writes them.
//
// One row per batch: id = partition id << 44 | base offset, so a partition is a range of the
// primary key. A compacted topic has one row per record, and `keyed` says where the latest record
// of each key is. A partition's row keeps the next offset only when batches were deleted; otherwise
// the last batch says it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/sqlite/database.h"

namespace centralita::eventlog {

inline constexpr int kOffsetBits = 44;
constexpr int64_t RowId(int64_t partition, uint64_t offset) {
  return partition << kOffsetBits | static_cast<int64_t>(offset);
}
constexpr uint64_t OffsetOf(int64_t row_id) {
  return static_cast<uint64_t>(row_id) & ((uint64_t{1} << kOffsetBits) - 1);
}

struct StoredPartition {
  int64_t id = 0;
  uint64_t begin = 0;
  uint64_t end = 0;
  base::TimePoint last_time;
};

struct StoredTopic {
  TopicInfo info;
  // By number.
  std::vector<StoredPartition> partitions;
};

struct StoredGroupOffset {
  std::string group;
  TopicPartition partition;
  uint64_t next_offset = 0;
};

// The connection that writes; used by one thread at a time. Everything but Open() and Load...()
// belongs into a transaction.
class LogFile final {
 public:
  static absl::StatusOr<std::unique_ptr<LogFile>> Open(const std::string& path);

  absl::StatusOr<std::vector<StoredTopic>> LoadTopics();
  absl::StatusOr<std::vector<StoredGroupOffset>> LoadGroupOffsets();

  absl::Status Begin() { return begin_.Run(); }
  // Synced to disk when it returns OK.
  absl::Status Commit() { return commit_.Run(); }
  void Rollback();

  absl::StatusOr<StoredTopic> CreateTopic(const TopicInfo& info);
  absl::Status SetRetention(const std::string& topic, base::Duration retention);
  absl::Status InsertBatch(int64_t partition, uint64_t base, base::TimePoint time,
                           std::string_view bytes);
  // A batch of one record of a compacted topic: it replaces the record that its key had.
  absl::Status InsertKeyed(int64_t partition, uint64_t offset, base::TimePoint time,
                           std::string_view key, bool tombstone, std::string_view bytes);
  absl::Status SetGroupOffset(const StoredGroupOffset& offset);

  // Deletes the partition's oldest batches that are older than `cutoff`, at most `limit` rows; says
  // how many went, and moves `begin`.
  absl::StatusOr<int> DeleteOlder(StoredPartition& partition, base::TimePoint cutoff, int limit);
  // Deletes tombstones older than `cutoff`, except a partition's last record; says how many went.
  absl::StatusOr<int> DeleteTombstones(const StoredPartition& partition, base::TimePoint cutoff,
                                       int limit);

  // For who keeps the write-ahead log; it stays where it is.
  sqlite::Database& database() { return db_; }

 private:
  explicit LogFile(sqlite::Database db) : db_(std::move(db)) {}
  absl::Status PrepareAll();
  absl::Status LoadEnds(StoredPartition& partition, bool compacted);
  absl::Status DeleteRow(int64_t id);

  sqlite::Database db_;
  sqlite::Statement begin_, commit_, rollback_;
  sqlite::Statement insert_topic_, insert_partition_, set_retention_;
  sqlite::Statement insert_batch_, delete_batch_, oldest_batches_, set_partition_;
  sqlite::Statement find_keyed_, put_keyed_, old_tombstones_, delete_keyed_;
  sqlite::Statement set_group_offset_;
};

}  // namespace centralita::eventlog
