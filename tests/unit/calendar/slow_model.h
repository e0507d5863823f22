// A calendar minute by minute: what the clock on the wall shows decides, and when it goes back it
// counts as standing still until it has caught up. Knows the zone only from UTC to local time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "centralita/clocks/v1/clocks.pb.h"

namespace centralita::calendar {

class SlowModel final {
 public:
  // The clock is read for the first time two days before `from`. `definition` outlives this.
  SlowModel(const clocks::v1::CalendarDefinition& definition, absl::TimeZone zone, absl::Time from)
      : definition_(definition), zone_(zone), next_(from - absl::Hours(48)) {
    while (next_ < from) NextMinute();
  }

  // Whether it is open in the minute that begins at `from`, and after each call in the one after.
  bool NextMinute() {
    shown_ = std::max(shown_, absl::ToCivilMinute(next_, zone_));
    next_ += absl::Minutes(1);
    const absl::CivilDay today(shown_);
    const auto minute = static_cast<int32_t>(shown_ - absl::CivilMinute(today));
    return IsOpen(today, minute) || IsOpen(today - 1, minute + 24 * 60);
  }

 private:
  static bool Holds(const google::protobuf::RepeatedPtrField<clocks::v1::DayHours>& list,
                    int32_t minute) {
    for (const auto& hours : list) {
      if (hours.start_minute() <= minute && minute < hours.end_minute()) return true;
    }
    return false;
  }

  static absl::CivilDay ToDay(const clocks::v1::LocalDate& date) {
    return absl::CivilDay(date.year(), date.month(), date.day());
  }

  bool IsOpen(absl::CivilDay date, int32_t minute) const {
    for (const auto& special : definition_.special()) {
      if (ToDay(special.first()) <= date && date <= ToDay(special.last())) {
        return Holds(special.hours(), minute);
      }
    }
    for (const auto& holiday : definition_.holidays()) {
      const auto& day = holiday.date();
      if ((day.year() == 0 || day.year() == date.year()) && day.month() == date.month() &&
          day.day() == date.day()) {
        return false;
      }
    }
    for (const auto& day : definition_.weekly()) {
      if (day.weekday() == static_cast<int>(absl::GetWeekday(date)) + 1) {
        return Holds(day.hours(), minute);
      }
    }
    return false;
  }

  const clocks::v1::CalendarDefinition& definition_;
  const absl::TimeZone zone_;
  absl::Time next_;
  absl::CivilMinute shown_ = absl::CivilMinute::min();
};

}  // namespace centralita::calendar
