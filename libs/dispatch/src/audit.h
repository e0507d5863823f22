// Proof of a shard's invariants.
#pragma once

#include "absl/status/status.h"
#include "shard.h"

namespace centralita::dispatch {

// INTERNAL with the first breach.
absl::Status AuditShard(const Shard& shard);

}  // namespace centralita::dispatch
