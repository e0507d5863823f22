// Reads `clocks:` and `calendars:` of the policy file.
//
// Of the rules for one clock (key `clock`, by default its kind) the first whose conditions hold
// gives the clock, as with routes; so a conversation has at most one clock of a name.
#pragma once

#include <string>
#include <vector>

#include "centralita/config/yaml_reader.h"
#include "centralita/policy/conditions_section.h"
#include "centralita/policy/v1/policy.pb.h"
#include "centralita/sla/calendar_section.h"

namespace centralita::sla {

struct ClocksDraft {
  std::vector<policy::v1::ClockRule> clocks;
  CalendarsDraft calendars;
  // Intents and tags of conditions.
  std::vector<policy::Reference> intents;
  std::vector<policy::Reference> tags;
};

ClocksDraft ReadClockSection(config::MapReader& policy);

}  // namespace centralita::sla
