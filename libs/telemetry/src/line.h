// How an event looks as a line of text or JSON.
#pragma once

#include <string>

#include "centralita/telemetry/log.h"

namespace centralita::telemetry {

std::string_view LevelName(Level level);

// `suppressed`: lines of the same event that were held back before this one; told if it is not 0.
std::string FormatLine(LogFormat format, base::TimePoint now, Level level, std::string_view service,
                       std::string_view event, Fields fields, uint64_t suppressed);

}  // namespace centralita::telemetry
