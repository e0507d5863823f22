#include "sqlite_db.h"

#include <fmt/format.h>

#include "centralita/base/strings.h"

namespace centralita::eventlog {
namespace {

absl::StatusCode CodeOf(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_NOMEM:
      return absl::StatusCode::kUnavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    default:
      return absl::StatusCode::kInternal;
  }
}

// Only another connection of this process can hold a lock, and never for long.
constexpr int kBusyTimeoutMs = 10'000;

}  // namespace

absl::Status SqliteError(sqlite3* db, int code, std::string_view doing) {
  const char* file = db == nullptr ? nullptr : sqlite3_db_filename(db, "main");
  return {CodeOf(code),
          base::ToAbsl(fmt::format(
              "{} in {}: {} (SQLite code {})", doing, file == nullptr ? "the database" : file,
              db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db), code))};
}

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
  return SqliteError(db, sqlite3_extended_errcode(db), "cannot run a statement");
}

absl::Status Statement::Run() {
  const absl::Status status = Step().status();
  Reset();
  return status;
}

std::string_view Statement::Blob(int column) const {
  const void* data = sqlite3_column_blob(handle_.get(), column);
  const int size = sqlite3_column_bytes(handle_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<size_t>(size)};
}

absl::StatusOr<Database> Database::Open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database db(handle);
  if (code != SQLITE_OK) {
    return absl::Status(CodeOf(code),
                        base::ToAbsl(fmt::format("cannot open {}: {}; its folder must exist and be "
                                                 "writable",
                                                 path, sqlite3_errstr(code))));
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  return db;
}

absl::Status Database::Execute(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return absl::OkStatus();
  return SqliteError(handle_.get(), sqlite3_extended_errcode(handle_.get()),
                     fmt::format("cannot run '{}'", sql));
}

absl::StatusOr<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code == SQLITE_OK) return Statement(statement);
  return SqliteError(handle_.get(), code, fmt::format("cannot prepare '{}'", sql));
}

}  // namespace centralita::eventlog
