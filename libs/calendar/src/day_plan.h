// Which hours a date has: special days, holidays, the week.
#pragma once

#include <array>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "centralita/clocks/v1/clocks.pb.h"

namespace centralita::calendar {

// A view of its definition.
class DayPlan final {
 public:
  using Hours = google::protobuf::RepeatedPtrField<clocks::v1::DayHours>;

  // INVALID_ARGUMENT "bad_calendar".
  static absl::StatusOr<DayPlan> Create(const clocks::v1::CalendarDefinition& definition);

  // Of the day, sorted by their beginning.
  std::vector<clocks::v1::DayHours> On(absl::CivilDay date) const;

 private:
  struct Special {
    absl::CivilDay first;
    absl::CivilDay last;
    const Hours* hours;
  };

  DayPlan() = default;
  const Hours* Find(absl::CivilDay date) const;

  // Monday first; null: closed.
  std::array<const Hours*, 7> week_ = {};
  // Sorted.
  std::vector<absl::CivilDay> holidays_;
  // Of each year: month * 100 + day; sorted.
  std::vector<int> yearly_;
  // Sorted, disjoint.
  std::vector<Special> special_;
};

}  // namespace centralita::calendar
