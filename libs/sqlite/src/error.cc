#include "centralita/sqlite/error.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "centralita/base/strings.h"

namespace centralita::sqlite {
namespace {

absl::StatusCode CodeOf(int code) {
  switch (code & 0xff) {
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

}  // namespace

absl::Status Error(int code, std::string_view message) {
  return {CodeOf(code), base::ToAbsl(fmt::format("{} (SQLite code {})", message, code))};
}

}  // namespace centralita::sqlite
