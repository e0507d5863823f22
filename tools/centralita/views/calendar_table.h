// A year of a calendar on one screen, for people.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "centralita/clocks/v1/clocks.pb.h"

namespace centralita::views {

// A line a month, a letter a day: days with the same hours have the same letter, "." is closed.
// Hours are those of the zone's clock as the engine counts them, cut at midnight. "*" marks a
// holiday, "!" a special day. Below: what the letters mean, the days that are marked, the days on
// which the clock is changed. Errors as calendar::Compile's.
absl::StatusOr<std::string> YearTable(const clocks::v1::CalendarDefinition& definition, int year);

}  // namespace centralita::views
