// Reads `clocks:` and `calendars:` of the policy file.
//
// Of the rules for one clock (key `clock`, by default its kind) the first whose conditions hold
// gives the clock, as with routes; so a conversation has at most one clock of a name.
#pragma once

#include <string>
#include <vector>

#include "centralita/clocks/v1/clocks.pb.h"
#include "centralita/config/yaml_reader.h"
#include "centralita/policy/conditions_section.h"
#include "centralita/policy/v1/policy.pb.h"

namespace centralita::sla {

struct ClocksDraft {
  std::vector<policy::v1::ClockRule> clocks;
  std::vector<clocks::v1::Calendar> calendars;
  // Intents and tags of conditions.
  std::vector<policy::Reference> intents;
  std::vector<policy::Reference> tags;
};

ClocksDraft ReadClockSection(config::MapReader& policy);

}  // namespace centralita::sla
