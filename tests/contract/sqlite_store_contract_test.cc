#include <fstream>

#include "centralita/store/sqlite_store.h"
#include "tests/contract/store_contract.h"
#include "tests/contract/temp_folder.h"

namespace centralita::store {
namespace {

class SqliteStoreFixture final : public StoreFixture {
 public:
  StoreTraits traits() const override { return {}; }
  absl::StatusOr<std::unique_ptr<Store>> Open(const base::Clock& clock) override {
    return OpenSqliteStore({.path = folder_.File("store.db")}, clock);
  }

 private:
  contract::TempFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract,
                         testing::Values(StoreImplementation{
                             "File", [] { return std::make_unique<SqliteStoreFixture>(); }}),
                         NameOf);

TEST(SqliteStore, SaysThatTheFileIsNoStore) {
  const contract::TempFolder folder;
  std::ofstream(folder.File("store.db")) << std::string(20'000, 'x');
  const base::SystemClock clock;
  EXPECT_EQ(OpenSqliteStore({.path = folder.File("store.db")}, clock).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST(SqliteStore, SaysThatTheFolderIsNotThere) {
  const contract::TempFolder folder;
  const base::SystemClock clock;
  const auto store = OpenSqliteStore({.path = folder.File("none/store.db")}, clock);
  EXPECT_EQ(store.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(store.status().message().find("none/store.db"), std::string::npos);
}

}  // namespace
}  // namespace centralita::store
