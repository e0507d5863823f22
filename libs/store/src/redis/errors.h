// What Redis says, in our own words.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace centralita::store::redis {

// Reason (base::ReasonOf) of "a slot is being moved, ask again".
inline constexpr std::string_view kSlotMoving = "redis_slot_moving";

// `error` is an error reply without its '-', `address` the server that gave it. The one place where
// Redis' errors are translated.
absl::Status TranslateError(std::string_view error, std::string_view address);

// A connection that could not be made or was lost.
absl::Status ConnectionError(std::string_view what, std::string_view address);

}  // namespace centralita::store::redis
