#include "log_file.h"

#include <utility>

#include "batch_codec.h"
#include "centralita/base/status_macros.h"

namespace centralita::eventlog {
namespace {

constexpr int kFormat = 1;

// journal_size_limit: a write-ahead log that once grew keeps its blocks, so that a sync need not
// allocate any.
constexpr const char* kSettings = R"sql(
PRAGMA page_size = 8192;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 0;
PRAGMA journal_size_limit = 268435456;
PRAGMA cache_size = -8192;
)sql";

constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS topics (
  name BLOB PRIMARY KEY, partitions INTEGER NOT NULL, compacted INTEGER NOT NULL, retention INTEGER NOT NULL,
  epoch INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS partitions (
  id INTEGER PRIMARY KEY, topic BLOB NOT NULL, number INTEGER NOT NULL, next_offset INTEGER NOT NULL DEFAULT 0,
  last_time INTEGER NOT NULL DEFAULT 0, UNIQUE (topic, number));
CREATE TABLE IF NOT EXISTS batches (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS keyed (
  partition INTEGER NOT NULL, key BLOB NOT NULL, batch INTEGER NOT NULL, deleted INTEGER,
  PRIMARY KEY (partition, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tombstones ON keyed (partition, deleted) WHERE deleted IS NOT NULL;
CREATE TABLE IF NOT EXISTS group_offsets (
  name BLOB NOT NULL, topic BLOB NOT NULL, number INTEGER NOT NULL, next_offset INTEGER NOT NULL,
  PRIMARY KEY (name, topic, number)) WITHOUT ROWID;
)sql";

}  // namespace

absl::StatusOr<std::unique_ptr<LogFile>> LogFile::Open(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(sqlite::Database db, sqlite::Database::Open(path));
  ABSL_RETURN_IF_ERROR(db.Execute(kSettings));
  ABSL_RETURN_IF_ERROR(db.EnsureFormat(kFormat, "use the version that wrote it"));
  ABSL_RETURN_IF_ERROR(db.Execute(kSchema));
  auto file = std::unique_ptr<LogFile>(new LogFile(std::move(db)));
  ABSL_RETURN_IF_ERROR(file->PrepareAll());
  ABSL_RETURN_IF_ERROR(file->db_.RestartWal());
  return file;
}

absl::Status LogFile::PrepareAll() {
  const std::pair<sqlite::Statement*, const char*> all[] = {
      {&begin_, "BEGIN IMMEDIATE"},
      {&commit_, "COMMIT"},
      {&rollback_, "ROLLBACK"},
      {&insert_topic_, "INSERT INTO topics VALUES (?, ?, ?, ?, ?)"},
      {&insert_partition_, "INSERT INTO partitions (topic, number) VALUES (?, ?)"},
      {&set_retention_, "UPDATE topics SET retention = ? WHERE name = ?"},
      {&insert_batch_, "INSERT INTO batches VALUES (?, ?, ?)"},
      {&delete_batch_, "DELETE FROM batches WHERE id = ?"},
      {&oldest_batches_,
       "SELECT id, time FROM batches WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"},
      {&set_partition_, "UPDATE partitions SET next_offset = ?, last_time = ? WHERE id = ?"},
      {&find_keyed_, "SELECT batch FROM keyed WHERE partition = ? AND key = ?"},
      {&put_keyed_, "REPLACE INTO keyed VALUES (?, ?, ?, ?)"},
      {&old_tombstones_,
       "SELECT key, batch FROM keyed WHERE partition = ? AND deleted < ? AND batch <> ? ORDER BY "
       "deleted LIMIT ?"},
      {&delete_keyed_, "DELETE FROM keyed WHERE partition = ? AND key = ?"},
      {&set_group_offset_, "REPLACE INTO group_offsets VALUES (?, ?, ?, ?)"},
  };
  for (const auto& [statement, sql] : all) {
    ABSL_ASSIGN_OR_RETURN(*statement, db_.Prepare(sql));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoredTopic>> LogFile::LoadTopics() {
  std::vector<StoredTopic> topics;
  ABSL_ASSIGN_OR_RETURN(sqlite::Statement get, db_.Prepare("SELECT * FROM topics ORDER BY name"));
  ABSL_ASSIGN_OR_RETURN(
      sqlite::Statement parts,
      db_.Prepare(
          "SELECT id, next_offset, last_time FROM partitions WHERE topic = ? ORDER BY number"));
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const bool more, get.Step());
    if (!more) return topics;
    StoredTopic& topic = topics.emplace_back();
    topic.info.spec = {.name = std::string(get.Blob(0)),
                       .partitions = static_cast<uint32_t>(get.Int(1)),
                       .compacted = get.Int(2) != 0,
                       .retention = base::Duration(get.Int(3))};
    topic.info.epoch = static_cast<uint32_t>(get.Int(4));
    parts.BindBlob(1, topic.info.spec.name);
    const sqlite::ResetAtEnd reset(parts);
    while (true) {
      ABSL_ASSIGN_OR_RETURN(const bool another, parts.Step());
      if (!another) break;
      StoredPartition partition{.id = parts.Int(0),
                                .end = static_cast<uint64_t>(parts.Int(1)),
                                .last_time = base::FromUnixMillis(parts.Int(2))};
      ABSL_RETURN_IF_ERROR(LoadEnds(partition, topic.info.spec.compacted));
      topic.partitions.push_back(partition);
    }
  }
}

absl::Status LogFile::LoadEnds(StoredPartition& partition, bool compacted) {
  ABSL_ASSIGN_OR_RETURN(
      sqlite::Statement last,
      db_.Prepare(
          "SELECT id, time, bytes FROM batches WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1"));
  last.Bind(1, RowId(partition.id, 0));
  last.Bind(2, RowId(partition.id + 1, 0));
  ABSL_ASSIGN_OR_RETURN(const bool found, last.Step());
  if (!found) {
    partition.begin = compacted ? 0 : partition.end;
    return absl::OkStatus();
  }
  ABSL_ASSIGN_OR_RETURN(const BatchReader batch,
                        BatchReader::Open(last.Blob(2), BatchReader::Checks::kChecksum));
  partition.end = OffsetOf(last.Int(0)) + batch.header().count;
  partition.last_time = base::FromUnixMillis(last.Int(1));
  if (compacted) return absl::OkStatus();
  oldest_batches_.Bind(1, RowId(partition.id, 0));
  oldest_batches_.Bind(2, RowId(partition.id + 1, 0));
  oldest_batches_.Bind(3, 1);
  const sqlite::ResetAtEnd reset(oldest_batches_);
  ABSL_RETURN_IF_ERROR(oldest_batches_.Step().status());
  partition.begin = OffsetOf(oldest_batches_.Int(0));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoredGroupOffset>> LogFile::LoadGroupOffsets() {
  std::vector<StoredGroupOffset> offsets;
  ABSL_ASSIGN_OR_RETURN(sqlite::Statement get, db_.Prepare("SELECT * FROM group_offsets"));
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const bool more, get.Step());
    if (!more) return offsets;
    offsets.push_back({.group = std::string(get.Blob(0)),
                       .partition = {std::string(get.Blob(1)), static_cast<uint32_t>(get.Int(2))},
                       .next_offset = static_cast<uint64_t>(get.Int(3))});
  }
}

void LogFile::Rollback() {
  if (db_.InTransaction()) (void)rollback_.Run();
}

absl::StatusOr<StoredTopic> LogFile::CreateTopic(const TopicInfo& info) {
  StoredTopic topic{.info = info, .partitions = {}};
  insert_topic_.BindBlob(1, info.spec.name);
  insert_topic_.Bind(2, info.spec.partitions);
  insert_topic_.Bind(3, info.spec.compacted ? 1 : 0);
  insert_topic_.Bind(4, info.spec.retention.count());
  insert_topic_.Bind(5, info.epoch);
  ABSL_RETURN_IF_ERROR(insert_topic_.Run());
  for (uint32_t number = 0; number < info.spec.partitions; ++number) {
    insert_partition_.BindBlob(1, info.spec.name);
    insert_partition_.Bind(2, number);
    ABSL_RETURN_IF_ERROR(insert_partition_.Run());
    topic.partitions.emplace_back().id = db_.LastRowId();
  }
  return topic;
}

absl::Status LogFile::SetRetention(const std::string& topic, base::Duration retention) {
  set_retention_.Bind(1, retention.count());
  set_retention_.BindBlob(2, topic);
  return set_retention_.Run();
}

absl::Status LogFile::InsertBatch(int64_t partition, uint64_t base, base::TimePoint time,
                                  std::string_view bytes) {
  insert_batch_.Bind(1, RowId(partition, base));
  insert_batch_.Bind(2, base::ToUnixMillis(time));
  insert_batch_.BindBlob(3, bytes);
  return insert_batch_.Run();
}

absl::Status LogFile::InsertKeyed(int64_t partition, uint64_t offset, base::TimePoint time,
                                  std::string_view key, bool tombstone, std::string_view bytes) {
  find_keyed_.Bind(1, partition);
  find_keyed_.BindBlob(2, key);
  ABSL_ASSIGN_OR_RETURN(const bool found, find_keyed_.Step());
  const int64_t old = found ? find_keyed_.Int(0) : 0;
  find_keyed_.Reset();
  if (found) ABSL_RETURN_IF_ERROR(DeleteRow(old));
  put_keyed_.Bind(1, partition);
  put_keyed_.BindBlob(2, key);
  put_keyed_.Bind(3, RowId(partition, offset));
  if (tombstone) {
    put_keyed_.Bind(4, base::ToUnixMillis(time));
  } else {
    put_keyed_.BindNull(4);
  }
  ABSL_RETURN_IF_ERROR(put_keyed_.Run());
  return InsertBatch(partition, offset, time, bytes);
}

absl::Status LogFile::SetGroupOffset(const StoredGroupOffset& offset) {
  set_group_offset_.BindBlob(1, offset.group);
  set_group_offset_.BindBlob(2, offset.partition.topic);
  set_group_offset_.Bind(3, offset.partition.partition);
  set_group_offset_.Bind(4, static_cast<int64_t>(offset.next_offset));
  return set_group_offset_.Run();
}

absl::Status LogFile::DeleteRow(int64_t id) {
  delete_batch_.Bind(1, id);
  return delete_batch_.Run();
}

absl::StatusOr<int> LogFile::DeleteOlder(StoredPartition& partition, base::TimePoint cutoff,
                                         int limit) {
  std::vector<int64_t> ids;
  uint64_t begin = partition.end;
  {
    oldest_batches_.Bind(1, RowId(partition.id, 0));
    oldest_batches_.Bind(2, RowId(partition.id + 1, 0));
    oldest_batches_.Bind(3, limit + 1);
    const sqlite::ResetAtEnd reset(oldest_batches_);
    while (true) {
      ABSL_ASSIGN_OR_RETURN(const bool more, oldest_batches_.Step());
      if (!more) break;
      if (static_cast<int>(ids.size()) == limit ||
          oldest_batches_.Int(1) >= base::ToUnixMillis(cutoff)) {
        begin = OffsetOf(oldest_batches_.Int(0));
        break;
      }
      ids.push_back(oldest_batches_.Int(0));
    }
  }
  if (ids.empty()) return 0;
  for (const int64_t id : ids) ABSL_RETURN_IF_ERROR(DeleteRow(id));
  partition.begin = begin;
  set_partition_.Bind(1, static_cast<int64_t>(partition.end));
  set_partition_.Bind(2, base::ToUnixMillis(partition.last_time));
  set_partition_.Bind(3, partition.id);
  ABSL_RETURN_IF_ERROR(set_partition_.Run());
  return static_cast<int>(ids.size());
}

absl::StatusOr<int> LogFile::DeleteTombstones(const StoredPartition& partition,
                                              base::TimePoint cutoff, int limit) {
  std::vector<std::pair<std::string, int64_t>> old;
  {
    old_tombstones_.Bind(1, partition.id);
    old_tombstones_.Bind(2, base::ToUnixMillis(cutoff));
    old_tombstones_.Bind(3, RowId(partition.id, partition.end) - 1);
    old_tombstones_.Bind(4, limit);
    const sqlite::ResetAtEnd reset(old_tombstones_);
    while (true) {
      ABSL_ASSIGN_OR_RETURN(const bool more, old_tombstones_.Step());
      if (!more) break;
      old.emplace_back(old_tombstones_.Blob(0), old_tombstones_.Int(1));
    }
  }
  for (const auto& [key, batch] : old) {
    delete_keyed_.Bind(1, partition.id);
    delete_keyed_.BindBlob(2, key);
    ABSL_RETURN_IF_ERROR(delete_keyed_.Run());
    ABSL_RETURN_IF_ERROR(DeleteRow(batch));
  }
  return static_cast<int>(old.size());
}

}  // namespace centralita::eventlog
