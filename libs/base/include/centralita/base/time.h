// Time as all of Centralita counts it: UTC in whole milliseconds, as Kafka's append time does.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace centralita::base {

using Duration = std::chrono::milliseconds;
using TimePoint = std::chrono::sys_time<Duration>;

// Later than everything; as a due time: never.
inline constexpr TimePoint kNever = TimePoint::max();

constexpr TimePoint FromUnixMillis(int64_t ms) { return TimePoint(Duration(ms)); }
constexpr int64_t ToUnixMillis(TimePoint t) { return t.time_since_epoch().count(); }

// "2026-03-01T09:30:00.250Z" (RFC 3339); "never" for kNever.
std::string FormatUtc(TimePoint t);

// For people: "850 ms", "2.5 s", "3 min 20 s", "4 h 10 min", "3 d 4 h".
std::string FormatDuration(Duration d);

}  // namespace centralita::base
