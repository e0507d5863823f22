// Reads what a topic holds, from its beginning to its present end.
#pragma once

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "centralita/eventlog/eventlog.h"

namespace centralita::e2e {

using Visit = std::function<void(uint32_t partition, const eventlog::Record& record)>;

// Partition after partition, each in the order of its offsets. UNAVAILABLE if it gives nothing for
// half a minute although it has more.
absl::Status ReadTopic(eventlog::EventLog& log, std::string_view topic, const Visit& visit);

}  // namespace centralita::e2e
