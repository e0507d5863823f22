// SQLite's C handles, wrapped once, and its error codes in our own.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace centralita::eventlog {

// UNAVAILABLE for what may pass (disk full, I/O error, busy), DATA_LOSS for a damaged file,
// INTERNAL for the rest.
absl::Status SqliteError(sqlite3* db, int code, std::string_view doing);

// A prepared statement. Bind, step, reset; views stay valid until the next Step() or Reset().
class Statement final {
 public:
  Statement() = default;

  void Bind(int index, int64_t value) { sqlite3_bind_int64(handle_.get(), index, value); }
  void BindNull(int index) { sqlite3_bind_null(handle_.get(), index); }
  // The bytes must stay until Reset().
  void BindBlob(int index, std::string_view bytes);
  // True: a row; false: done.
  absl::StatusOr<bool> Step();
  // Steps a statement that gives no rows, and resets it.
  absl::Status Run();
  void Reset() { sqlite3_reset(handle_.get()); }
  int64_t Int(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  bool IsNull(int column) const {
    return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
  }
  std::string_view Blob(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// Resets a statement at the end of a scope, so that no read transaction stays open.
class ResetAtEnd final {
 public:
  explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
  ~ResetAtEnd() { statement_.Reset(); }
  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;

 private:
  Statement& statement_;
};

// A connection; used by one thread at a time. Statements must be gone before it.
class Database final {
 public:
  static absl::StatusOr<Database> Open(const std::string& path);

  absl::Status Execute(const char* sql);
  absl::StatusOr<Statement> Prepare(std::string_view sql);
  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  explicit Database(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace centralita::eventlog
