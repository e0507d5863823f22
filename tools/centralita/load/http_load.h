// The load by HTTP: keep-alive connections, one message a request.
#pragma once

#include "absl/status/statusor.h"
#include "load/load.h"

namespace centralita::load {

// As RunLoad(). A connection that breaks is opened again once a second; the request that it had
// counts as unanswered. INVALID_ARGUMENT for a server that is no host:port.
absl::StatusOr<LoadResult> RunHttpLoad(const LoadOptions& options, const base::Clock& clock);

}  // namespace centralita::load
