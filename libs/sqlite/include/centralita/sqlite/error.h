// SQLite's result codes in our own.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace centralita::sqlite {

// `code`: a result code, plain or extended (https://sqlite.org/rescode.html), which is no success;
// the message ends with it. UNAVAILABLE for what may pass (disk full, I/O error, busy, no access),
// DATA_LOSS for a damaged file, INTERNAL for the rest.
absl::Status Error(int code, std::string_view message);

}  // namespace centralita::sqlite
