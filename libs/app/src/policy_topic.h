// The topic `policy` as a whole, now.
#pragma once

#include "absl/status/statusor.h"
#include "centralita/eventlog/eventlog.h"
#include "policy_assembler.h"

namespace centralita::app {

// Everything that it holds. UNAVAILABLE if it gives no records although it has more.
absl::StatusOr<PolicyAssembler> ReadPolicyTopic(eventlog::EventLog& log);

}  // namespace centralita::app
