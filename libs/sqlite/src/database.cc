#include "centralita/sqlite/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "centralita/base/status_macros.h"
#include "centralita/base/strings.h"
#include "centralita/sqlite/error.h"

namespace centralita::sqlite {
namespace {

// Only another connection of this process can hold a lock, and never for long.
constexpr int kBusyTimeoutMs = 10'000;

std::string_view FileOf(sqlite3* db) {
  const char* file = sqlite3_db_filename(db, "main");
  return file == nullptr ? "the database" : file;
}

absl::Status Failure(sqlite3* db, int code, std::string_view doing) {
  return Error(code, fmt::format("{} in {}: {}", doing, FileOf(db), sqlite3_errmsg(db)));
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::Bind(int index, int64_t value) { sqlite3_bind_int64(handle_.get(), index, value); }

void Statement::BindNull(int index) { sqlite3_bind_null(handle_.get(), index); }

void Statement::BindBlob(int index, std::string_view bytes) {
  // A null pointer would bind NULL instead of no bytes.
  sqlite3_bind_blob64(handle_.get(), index, bytes.empty() ? "" : bytes.data(), bytes.size(),
                      SQLITE_STATIC);
}

absl::StatusOr<bool> Statement::Step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3* db = sqlite3_db_handle(handle_.get());
  return Failure(db, sqlite3_extended_errcode(db), "cannot run a statement");
}

absl::Status Statement::Run() {
  const absl::Status status = Step().status();
  Reset();
  return status;
}

void Statement::Reset() { sqlite3_reset(handle_.get()); }

int64_t Statement::Int(int column) const { return sqlite3_column_int64(handle_.get(), column); }

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

std::string_view Statement::Blob(int column) const {
  const void* data = sqlite3_column_blob(handle_.get(), column);
  const int size = sqlite3_column_bytes(handle_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<size_t>(size)};
}

void Database::Close::operator()(sqlite3* db) const { sqlite3_close_v2(db); }

absl::StatusOr<Database> Database::Open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database db(handle);
  if (code != SQLITE_OK) {
    return Error(code, fmt::format("cannot open {}: {}; its folder must exist and be writable",
                                   path, sqlite3_errstr(code)));
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  return db;
}

absl::Status Database::Execute(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return absl::OkStatus();
  return Failure(handle_.get(), sqlite3_extended_errcode(handle_.get()),
                 fmt::format("cannot run '{}'", sql));
}

absl::StatusOr<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code == SQLITE_OK) return Statement(statement);
  return Failure(handle_.get(), code, fmt::format("cannot prepare '{}'", sql));
}

absl::Status Database::EnsureFormat(int format, std::string_view advice) {
  ABSL_ASSIGN_OR_RETURN(Statement get, Prepare("PRAGMA user_version"));
  ABSL_RETURN_IF_ERROR(get.Step().status());
  const int64_t there = get.Int(0);
  get.Reset();
  if (there == 0) return Execute(fmt::format("PRAGMA user_version = {}", format).c_str());
  if (there == format) return absl::OkStatus();
  return absl::FailedPreconditionError(
      base::ToAbsl(fmt::format("{} has format {} and this program reads format {}; {}",
                               FileOf(handle_.get()), there, format, advice)));
}

bool Database::InTransaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

int64_t Database::LastRowId() const { return sqlite3_last_insert_rowid(handle_.get()); }

absl::Status Database::RestartWal() {
  const int code = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_RESTART,
                                             nullptr, nullptr);
  if (code == SQLITE_OK) return absl::OkStatus();
  return Failure(handle_.get(), code, "cannot empty the write-ahead log");
}

}  // namespace centralita::sqlite
