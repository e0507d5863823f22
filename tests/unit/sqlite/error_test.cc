#include "centralita/sqlite/error.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace centralita::sqlite {
namespace {

TEST(SqliteError, IsUnavailableForWhatMayPass) {
  for (const int code : {SQLITE_FULL, SQLITE_IOERR, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_CANTOPEN,
                         SQLITE_READONLY, SQLITE_PERM, SQLITE_NOMEM}) {
    EXPECT_EQ(Error(code, "x").code(), absl::StatusCode::kUnavailable) << code;
  }
}

TEST(SqliteError, IsDataLossForADamagedFile) {
  for (const int code : {SQLITE_CORRUPT, SQLITE_NOTADB}) {
    EXPECT_EQ(Error(code, "x").code(), absl::StatusCode::kDataLoss) << code;
  }
}

TEST(SqliteError, IsInternalForTheRest) {
  for (const int code : {SQLITE_ERROR, SQLITE_CONSTRAINT, SQLITE_MISUSE, SQLITE_SCHEMA}) {
    EXPECT_EQ(Error(code, "x").code(), absl::StatusCode::kInternal) << code;
  }
}

TEST(SqliteError, JudgesExtendedCodesByTheirPlainOnes) {
  EXPECT_EQ(Error(SQLITE_IOERR_FSYNC, "x").code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Error(SQLITE_CORRUPT_INDEX, "x").code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Error(SQLITE_CONSTRAINT_UNIQUE, "x").code(), absl::StatusCode::kInternal);
}

TEST(SqliteError, SaysTheCode) {
  EXPECT_EQ(Error(SQLITE_IOERR_FSYNC, "cannot commit").message(),
            "cannot commit (SQLite code 1034)");
}

}  // namespace
}  // namespace centralita::sqlite
