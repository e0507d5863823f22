// Reads a topic from its beginning to its present end, for questions that are asked seldom: trace,
// explain, letters.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"

namespace centralita::metrics {

// Calls `visit` for each record of the partition, in order, until it returns false.
// DEADLINE_EXCEEDED after `limit`.
absl::Status ScanPartition(eventlog::EventLog& log, const base::Clock& clock,
                           const eventlog::TopicPartition& partition, base::Duration limit,
                           const std::function<bool(const eventlog::Record&)>& visit);

}  // namespace centralita::metrics
