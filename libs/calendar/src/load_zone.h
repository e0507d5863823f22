#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace centralita::calendar {

// As CheckZone().
absl::StatusOr<absl::TimeZone> LoadZone(std::string_view name);

}  // namespace centralita::calendar
