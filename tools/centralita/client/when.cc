#include "client/when.h"

#include <fmt/format.h>

#include <string>

#include "absl/time/time.h"
#include "centralita/base/error.h"
#include "centralita/base/strings.h"
#include "centralita/config/units.h"

namespace centralita::client {

absl::StatusOr<base::TimePoint> ParseWhen(std::string_view text, base::TimePoint now) {
  if (const auto ago = config::ParseDuration(text)) return now - *ago;
  absl::Time time;
  std::string ignored;
  for (const char* form : {"%Y-%m-%d", absl::RFC3339_full}) {
    const bool is_time = absl::ParseTime(form, base::ToAbsl(text), &time, &ignored) &&
                         time != absl::InfiniteFuture() && time != absl::InfinitePast();
    if (is_time) return base::FromUnixMillis(absl::ToUnixMillis(time));
  }
  return base::Error(absl::StatusCode::kInvalidArgument, "bad_time",
                     fmt::format("'{}' is no time; write 7d for seven days ago, 2026-11-01, or "
                                 "2026-11-01T09:30:00Z.",
                                 text));
}

}  // namespace centralita::client
