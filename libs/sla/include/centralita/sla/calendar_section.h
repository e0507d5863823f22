// Reads `calendars:` of the policy file: hours on the clock of a zone, as people know them.
//
//   - name: office
//     zone: Europe/Madrid
//     hours:
//       mon-thu: [09:00-14:00, 15:30-18:00]
//       fri: 09:00-15:00
//       sat: 22:00-02:00                    # two hours of Sunday
//     holidays: [2026-04-03, 12-25]         # one day; a day of each year
//     special_days:
//       - {date: 2026-12-24, hours: 09:00-13:00}
//       - {from: 2026-08-10, to: 2026-08-21, hours: closed}
//   - {name: day_and_night, open: always}
//
// Whether there is such a zone is asked where zones are known (libs/calendar), as is what comes of
// the hours in UTC.
#pragma once

#include <vector>

#include "centralita/clocks/v1/clocks.pb.h"
#include "centralita/config/yaml_reader.h"

namespace centralita::sla {

struct CalendarPlaces {
  config::Place calendar;
  config::Place zone;
};

struct CalendarsDraft {
  // In the order of the file.
  std::vector<clocks::v1::CalendarDefinition> definitions;
  // Where each of them is written.
  std::vector<CalendarPlaces> places;
};

CalendarsDraft ReadCalendars(config::MapReader& policy);

}  // namespace centralita::sla
