#include "centralita/base/time.h"

#include <fmt/format.h>

#include <ctime>

namespace centralita::base {

std::string FormatUtc(TimePoint t) {
  if (t == kNever) return "never";
  const int64_t ms = ToUnixMillis(t);
  const int64_t millis = ((ms % 1000) + 1000) % 1000;
  const std::time_t seconds = static_cast<std::time_t>((ms - millis) / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     millis);
}

std::string FormatDuration(Duration d) {
  const int64_t ms = d.count();
  if (ms < 0) return "-" + FormatDuration(-d);
  if (ms < 1000) return fmt::format("{} ms", ms);
  const int64_t s = ms / 1000;
  if (s < 60) return ms % 1000 == 0 ? fmt::format("{} s", s) : fmt::format("{:.1f} s", ms / 1000.0);
  if (s < 3600)
    return s % 60 == 0 ? fmt::format("{} min", s / 60) : fmt::format("{} min {} s", s / 60, s % 60);
  const int64_t min = s / 60;
  if (min < 24 * 60) {
    return min % 60 == 0 ? fmt::format("{} h", min / 60)
                         : fmt::format("{} h {} min", min / 60, min % 60);
  }
  const int64_t h = min / 60;
  return h % 24 == 0 ? fmt::format("{} d", h / 24) : fmt::format("{} d {} h", h / 24, h % 24);
}

}  // namespace centralita::base
