// Calendars for tests.
#pragma once

#include <utility>
#include <vector>

#include "centralita/clocks/v1/clocks.pb.h"

namespace centralita::sla {

inline clocks::v1::Calendar OpenAt(const std::vector<std::pair<int64_t, int64_t>>& spans) {
  clocks::v1::Calendar calendar;
  for (const auto& [start, end] : spans) {
    auto& span = *calendar.add_spans();
    span.set_start_unix_ms(start);
    span.set_end_unix_ms(end);
  }
  return calendar;
}

}  // namespace centralita::sla
