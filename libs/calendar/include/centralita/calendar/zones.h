// The time zones that this machine knows: the package tzdata below $TZDIR, by default
// /usr/share/zoneinfo. A process keeps what it has read of a zone until it ends. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace centralita::calendar {

// IANA names, aliases included ("Europe/Madrid", "Navajo"), sorted; empty if there is no tzdata.
std::vector<std::string> ZoneNames();

// INVALID_ARGUMENT "unknown_zone" with what to write instead. Names are as IANA writes them;
// "localtime" and the variants that count leap seconds are none.
absl::Status CheckZone(std::string_view name);

}  // namespace centralita::calendar
