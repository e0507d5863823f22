// Points in time as people write them in options.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "centralita/base/time.h"

namespace centralita::client {

// "7d" (so long before `now`), "2026-11-01" (midnight, UTC) or "2026-11-01T09:30:00Z".
// INVALID_ARGUMENT ("bad_time") for anything else.
absl::StatusOr<base::TimePoint> ParseWhen(std::string_view text, base::TimePoint now);

}  // namespace centralita::client
