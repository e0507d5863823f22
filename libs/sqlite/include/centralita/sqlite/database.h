// SQLite's C handles, wrapped once. Errors are those of error.h and name the file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace centralita::sqlite {

// A prepared statement. Bind (parameters count from 1), step, read (columns count from 0), reset;
// views stay valid until the next Step() or Reset(). Used by the thread that uses its database.
class Statement final {
 public:
  Statement() = default;

  void Bind(int index, int64_t value);
  void BindNull(int index);
  // The bytes must stay until Reset().
  void BindBlob(int index, std::string_view bytes);
  // True: a row; false: done.
  absl::StatusOr<bool> Step();
  // Steps a statement that gives no rows, and resets it.
  absl::Status Run();
  void Reset();
  int64_t Int(int column) const;
  bool IsNull(int column) const;
  std::string_view Blob(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
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
  // Makes the file if there is none; its folder must exist.
  static absl::StatusOr<Database> Open(const std::string& path);

  absl::Status Execute(const char* sql);
  absl::StatusOr<Statement> Prepare(std::string_view sql);

  // Marks a new file with `format`. FAILED_PRECONDITION, with `advice` on what to do, if the file
  // has another one.
  absl::Status EnsureFormat(int format, std::string_view advice);

  // Whether a transaction is open. SQLite itself rolls back after most errors of the disk.
  bool InTransaction() const;
  // The row id of the last INSERT.
  int64_t LastRowId() const;

  // Moves the write-ahead log into the file and lets the next commit start it anew. Not in a
  // transaction.
  absl::Status RestartWal();

  // For what is not wrapped; never null.
  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* db) const;
  };
  explicit Database(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace centralita::sqlite
