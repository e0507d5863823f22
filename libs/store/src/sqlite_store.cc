#include "centralita/store/sqlite_store.h"

#include <utility>

#include "centralita/base/status_macros.h"
#include "reader_pool.h"
#include "store_writer.h"

namespace centralita::store {
namespace {

class SqliteStore final : public Store {
 public:
  SqliteStore(std::unique_ptr<StoreWriter> writer, const std::string& path,
              const base::Clock& clock)
      : writer_(std::move(writer)), readers_(path), clock_(clock) {}

  absl::StatusOr<std::optional<std::string>> Get(const Key& key) override;
  absl::StatusOr<std::vector<std::optional<std::string>>> GetMany(
      const std::vector<Key>& keys) override;
  absl::StatusOr<std::string> SetIfAbsent(const Key& key, const std::string& value,
                                          base::Duration time_to_live) override;
  absl::Status Commit(const Transaction& transaction) override;
  std::vector<absl::Status> CommitMany(const std::vector<Transaction>& transactions) override;
  absl::StatusOr<ScanPage> Scan(const std::string& partition, const std::string& prefix,
                                const std::optional<std::string>& after, size_t limit) override;

 private:
  absl::StatusOr<std::optional<std::string>> Find(sqlite::Statement& get, const Key& key) const;

  std::unique_ptr<StoreWriter> writer_;
  ReaderPool readers_;
  const base::Clock& clock_;
};

absl::StatusOr<std::optional<std::string>> SqliteStore::Find(sqlite::Statement& get,
                                                             const Key& key) const {
  get.BindBlob(1, key.partition);
  get.BindBlob(2, key.name);
  get.Bind(3, base::ToUnixMillis(clock_.Now()));
  const sqlite::ResetAtEnd reset(get);
  ABSL_ASSIGN_OR_RETURN(const bool found, get.Step());
  if (!found) return std::nullopt;
  return std::string(get.Blob(0));
}

absl::StatusOr<std::optional<std::string>> SqliteStore::Get(const Key& key) {
  ABSL_ASSIGN_OR_RETURN(const auto reader, readers_.Take());
  return Find(reader->get, key);
}

absl::StatusOr<std::vector<std::optional<std::string>>> SqliteStore::GetMany(
    const std::vector<Key>& keys) {
  std::vector<std::optional<std::string>> values;
  values.reserve(keys.size());
  ABSL_ASSIGN_OR_RETURN(const auto reader, readers_.Take());
  // One transaction costs one look at the file's state instead of one for each key.
  ABSL_RETURN_IF_ERROR(reader->begin.Run());
  absl::Status status;
  for (const Key& key : keys) {
    auto value = Find(reader->get, key);
    status = value.status();
    if (!status.ok()) break;
    values.push_back(*std::move(value));
  }
  ABSL_RETURN_IF_ERROR(reader->end.Run());
  ABSL_RETURN_IF_ERROR(status);
  return values;
}

absl::StatusOr<std::string> SqliteStore::SetIfAbsent(const Key& key, const std::string& value,
                                                     base::Duration time_to_live) {
  // Mostly it is there, and nobody has to wait for the writer.
  ABSL_ASSIGN_OR_RETURN(auto there, Get(key));
  if (there) return *std::move(there);
  return writer_->SetIfAbsent(key, value, time_to_live);
}

absl::Status SqliteStore::Commit(const Transaction& transaction) {
  return writer_->Commit({&transaction, 1}).front();
}

std::vector<absl::Status> SqliteStore::CommitMany(const std::vector<Transaction>& transactions) {
  if (transactions.empty()) return {};
  return writer_->Commit(transactions);
}

absl::StatusOr<ScanPage> SqliteStore::Scan(const std::string& partition, const std::string& prefix,
                                           const std::optional<std::string>& after, size_t limit) {
  if (limit == 0) return absl::InvalidArgumentError("a scan needs a limit of at least 1");
  ABSL_ASSIGN_OR_RETURN(const auto reader, readers_.Take());
  const bool behind = after && *after >= prefix;
  sqlite::Statement& scan = behind ? reader->scan_behind : reader->scan_from;
  scan.BindBlob(1, partition);
  scan.BindBlob(2, behind ? *after : prefix);
  scan.Bind(3, base::ToUnixMillis(clock_.Now()));
  const sqlite::ResetAtEnd reset(scan);
  ScanPage page;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const bool more, scan.Step());
    if (!more || !scan.Blob(0).starts_with(prefix)) return page;
    if (page.entries.size() == limit) {
      page.next = page.entries.back().first;
      return page;
    }
    page.entries.emplace_back(scan.Blob(0), scan.Blob(1));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(const SqliteStoreOptions& options,
                                                       const base::Clock& clock) {
  ABSL_ASSIGN_OR_RETURN(auto writer, StoreWriter::Open(options.path, clock));
  return std::make_unique<SqliteStore>(std::move(writer), options.path, clock);
}

}  // namespace centralita::store
