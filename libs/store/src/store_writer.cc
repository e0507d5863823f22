#include "store_writer.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "centralita/base/status_macros.h"
#include "centralita/base/strings.h"

namespace centralita::store {
namespace {

constexpr const char* kSettings = R"sql(
PRAGMA page_size = 8192;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA wal_autocheckpoint = 0;
PRAGMA journal_size_limit = 268435456;
PRAGMA cache_size = -32768;
)sql";

constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS kv (
  partition BLOB NOT NULL, name BLOB NOT NULL, value BLOB NOT NULL, expires INTEGER NOT NULL,
  PRIMARY KEY (partition, name)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS expiring ON kv (expires) WHERE expires > 0;
)sql";

constexpr int kFormat = 1;

// Enough to be worth a sync of the file; little enough to stay in the memory of the system.
constexpr int64_t kCheckpointBytes = 32 << 20;

int64_t Later(int64_t now, base::Duration time_to_live) {
  if (time_to_live.count() > std::numeric_limits<int64_t>::max() - now)
    return std::numeric_limits<int64_t>::max();
  return now + time_to_live.count();
}

}  // namespace

absl::StatusOr<std::unique_ptr<StoreWriter>> StoreWriter::Open(const std::string& path,
                                                               const base::Clock& clock) {
  ABSL_ASSIGN_OR_RETURN(sqlite::Database db, sqlite::Database::Open(path));
  auto writer = std::unique_ptr<StoreWriter>(new StoreWriter(std::move(db), clock));
  ABSL_RETURN_IF_ERROR(writer->Prepare(path));
  return writer;
}

absl::Status StoreWriter::Prepare(const std::string& path) {
  ABSL_RETURN_IF_ERROR(db_.Execute(kSettings));
  ABSL_RETURN_IF_ERROR(db_.EnsureFormat(kFormat, "delete the file, the logs fill it again"));
  ABSL_RETURN_IF_ERROR(db_.Execute(kSchema));
  const std::pair<sqlite::Statement*, const char*> all[] = {
      {&begin_, "BEGIN IMMEDIATE"},
      {&commit_, "COMMIT"},
      {&rollback_, "ROLLBACK"},
      {&find_,
       "SELECT value FROM kv WHERE partition = ? AND name = ? AND (expires = 0 OR expires > ?)"},
      {&put_, "REPLACE INTO kv VALUES (?, ?, ?, ?)"},
      {&erase_, "DELETE FROM kv WHERE partition = ? AND name = ?"},
      {&expire_,
       "DELETE FROM kv WHERE (partition, name) IN "
       "(SELECT partition, name FROM kv WHERE expires > 0 AND expires <= ? LIMIT ?)"},
  };
  for (const auto& [statement, sql] : all) {
    ABSL_ASSIGN_OR_RETURN(*statement, db_.Prepare(sql));
  }
  ABSL_RETURN_IF_ERROR(db_.Execute("PRAGMA wal_checkpoint(RESTART)"));
  ABSL_ASSIGN_OR_RETURN(wal_, sqlite::WalKeeper::Open(path, db_, kCheckpointBytes));
  return absl::OkStatus();
}

template <typename Work>
absl::Status StoreWriter::InTransaction(const Work& work) {
  wal_->TransactionBegins();
  absl::Status status = begin_.Run();
  if (status.ok()) status = work();
  if (status.ok()) status = commit_.Run();
  if (!status.ok() && db_.InTransaction()) (void)rollback_.Run();
  wal_->TransactionEnded();
  return status;
}

std::vector<absl::Status> StoreWriter::Commit(std::span<const Transaction> transactions) {
  std::vector<absl::Status> outcomes;
  outcomes.reserve(transactions.size());
  const std::lock_guard lock(mutex_);
  const absl::Status status = InTransaction([&]() -> absl::Status {
    size_t writes = 0;
    for (const Transaction& transaction : transactions) {
      absl::Status outcome = Apply(transaction);
      // Conditions are checked before the first write, so that nothing is to be undone.
      if (!outcome.ok() && !absl::IsAborted(outcome)) return outcome;
      outcomes.push_back(std::move(outcome));
      writes += transaction.puts.size();
    }
    return DeleteExpired(writes);
  });
  if (!status.ok()) outcomes.assign(transactions.size(), status);
  return outcomes;
}

absl::Status StoreWriter::Apply(const Transaction& transaction) {
  for (const Condition& condition : transaction.conditions)
    ABSL_RETURN_IF_ERROR(Check(transaction, condition));
  for (const Put& put : transaction.puts) {
    ABSL_RETURN_IF_ERROR(Write(transaction.partition, put.name, put.value, put.time_to_live));
  }
  for (const std::string& name : transaction.erases) {
    erase_.BindBlob(1, transaction.partition);
    erase_.BindBlob(2, name);
    ABSL_RETURN_IF_ERROR(erase_.Run());
  }
  return absl::OkStatus();
}

absl::Status StoreWriter::Check(const Transaction& transaction, const Condition& condition) {
  ABSL_ASSIGN_OR_RETURN(const auto value, Find(transaction.partition, condition.name));
  if (value == condition.value) return absl::OkStatus();
  return absl::AbortedError(base::ToAbsl(
      fmt::format("nothing was written to '{}': '{}' is not what was expected; read it again",
                  transaction.partition, condition.name)));
}

absl::StatusOr<std::optional<std::string>> StoreWriter::Find(std::string_view partition,
                                                             std::string_view name) {
  find_.BindBlob(1, partition);
  find_.BindBlob(2, name);
  find_.Bind(3, NowMillis());
  const sqlite::ResetAtEnd reset(find_);
  ABSL_ASSIGN_OR_RETURN(const bool found, find_.Step());
  if (!found) return std::nullopt;
  return std::string(find_.Blob(0));
}

absl::Status StoreWriter::Write(std::string_view partition, std::string_view name,
                                std::string_view value, base::Duration time_to_live) {
  put_.BindBlob(1, partition);
  put_.BindBlob(2, name);
  put_.BindBlob(3, value);
  put_.Bind(4, time_to_live.count() > 0 ? Later(NowMillis(), time_to_live) : 0);
  return put_.Run();
}

// A few more than were written, so that they never pile up and no commit takes long.
absl::Status StoreWriter::DeleteExpired(size_t writes) {
  expire_.Bind(1, NowMillis());
  expire_.Bind(2, static_cast<int64_t>(2 * writes + 16));
  return expire_.Run();
}

absl::StatusOr<std::string> StoreWriter::SetIfAbsent(const Key& key, const std::string& value,
                                                     base::Duration time_to_live) {
  std::string there = value;
  const std::lock_guard lock(mutex_);
  ABSL_RETURN_IF_ERROR(InTransaction([&]() -> absl::Status {
    ABSL_ASSIGN_OR_RETURN(auto found, Find(key.partition, key.name));
    if (!found) return Write(key.partition, key.name, value, time_to_live);
    there = *std::move(found);
    return absl::OkStatus();
  }));
  return there;
}

}  // namespace centralita::store
