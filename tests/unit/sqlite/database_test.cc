#include "centralita/sqlite/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <utility>

#include "tests/contract/temp_folder.h"

namespace centralita::sqlite {
namespace {

using testing::HasSubstr;

class SqliteDatabase : public testing::Test {
 protected:
  Database Open() {
    auto db = Database::Open(path_);
    EXPECT_TRUE(db.ok()) << db.status();
    return *std::move(db);
  }

  const contract::TempFolder folder_;
  const std::string path_ = folder_.File("a.db");
};

TEST_F(SqliteDatabase, SaysWhichFileItCannotOpen) {
  const absl::Status status = Database::Open(folder_.File("nowhere/a.db")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("nowhere/a.db"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("its folder must exist"));
}

TEST_F(SqliteDatabase, SaysThatAFileIsNone) {
  std::ofstream(path_) << std::string(4'096, 'x');
  const absl::Status status = Open().Execute("CREATE TABLE t (a)");
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr(path_));
}

TEST_F(SqliteDatabase, GivesBackWhatWasBound) {
  Database db = Open();
  ASSERT_TRUE(db.Execute("CREATE TABLE t (a, b, c)").ok());
  auto put = db.Prepare("INSERT INTO t VALUES (?, ?, ?)");
  ASSERT_TRUE(put.ok()) << put.status();
  put->Bind(1, int64_t{-1} << 62);
  put->BindNull(2);
  put->BindBlob(3, {});
  ASSERT_TRUE(put->Run().ok());
  EXPECT_EQ(db.LastRowId(), 1);
  auto get = db.Prepare("SELECT * FROM t");
  ASSERT_TRUE(get.ok()) << get.status();
  ASSERT_EQ(get->Step().value(), true);
  EXPECT_EQ(get->Int(0), int64_t{-1} << 62);
  EXPECT_TRUE(get->IsNull(1));
  EXPECT_FALSE(get->IsNull(2));
  EXPECT_EQ(get->Blob(2), "");
  EXPECT_EQ(get->Step().value(), false);
}

TEST_F(SqliteDatabase, KnowsWhetherATransactionIsOpen) {
  Database db = Open();
  EXPECT_FALSE(db.InTransaction());
  ASSERT_TRUE(db.Execute("BEGIN").ok());
  EXPECT_TRUE(db.InTransaction());
  ASSERT_TRUE(db.Execute("ROLLBACK").ok());
  EXPECT_FALSE(db.InTransaction());
}

TEST_F(SqliteDatabase, KeepsTheFormatOfAFile) {
  EXPECT_TRUE(Open().EnsureFormat(1, "go back").ok());
  EXPECT_TRUE(Open().EnsureFormat(1, "go back").ok());
  const absl::Status status = Open().EnsureFormat(2, "go back");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), path_ + " has format 1 and this program reads format 2; go back");
}

}  // namespace
}  // namespace centralita::sqlite
