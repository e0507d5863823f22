// A status with a stable code for machines beside its sentence for people, as in "invalid_utf8".
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace centralita::base {

// `reason` is snake_case and listed in docs/guarantees.md; `message` says what happened, where, and
// what to do.
absl::Status Error(absl::StatusCode code, std::string_view reason, std::string_view message);

// The reason given to Error(); for any other status, its code in snake_case.
std::string ReasonOf(const absl::Status& status);

}  // namespace centralita::base
