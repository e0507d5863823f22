#include "centralita/eventlog/sqlite_log.h"
#include "tests/contract/eventlog_contract.h"
#include "tests/contract/temp_folder.h"

namespace centralita::eventlog {
namespace {

class SqliteLogFixture final : public LogFixture {
 public:
  explicit SqliteLogFixture(size_t cache_bytes) : cache_bytes_(cache_bytes) {}
  LogTraits traits() const override { return {}; }
  absl::StatusOr<std::unique_ptr<EventLog>> Open(const base::Clock& clock) override {
    return OpenSqliteLog({.path = folder_.File("log.db"),
                          .cache_bytes = cache_bytes_,
                          .sweep_interval = base::Duration(5)},
                         clock);
  }

 private:
  contract::TempFolder folder_;
  const size_t cache_bytes_;
};

// With everything read from memory, and with everything read from the file.
INSTANTIATE_TEST_SUITE_P(
    Sqlite, EventLogContract,
    testing::Values(
        LogImplementation{"InMemory", [] { return std::make_unique<SqliteLogFixture>(64 << 20); }},
        LogImplementation{"FromFile", [] { return std::make_unique<SqliteLogFixture>(0); }}),
    NameOf);

}  // namespace
}  // namespace centralita::eventlog
