// SLA clocks and sla-timer's timers, for people.
#pragma once

#include <string>
#include <vector>

#include "centralita/base/time.h"
#include "centralita/clocks/v1/clocks.pb.h"
#include "centralita/metrics/v1/metrics.pb.h"
#include "centralita/timer/v1/timer.pb.h"

namespace centralita::views {

// Each clock as the events left it, in the order in which they first told of it.
std::vector<clocks::v1::ClockState> LatestClocks(const metrics::v1::TraceResponse& trace);

// A row for each clock: phase, deadline, time left, warnings given. Empty for no clocks.
std::string ClockTable(const std::vector<clocks::v1::ClockState>& clocks, base::TimePoint now);

// What sla-timer is to do, a row for each timer in the order of the answer.
std::string TimerTable(const timer::v1::ListTimersResponse& list, base::TimePoint now);

// A row for each partition of sla-timer.
std::string PeekTable(const timer::v1::PeekResponse& peek);

}  // namespace centralita::views
