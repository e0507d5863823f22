// Reads `clocks:` and `calendars:` of the policy file.
//
// Of the rules for one clock (key `clock`, by default its kind) the first whose conditions hold
// gives the clock, as with routes; so a conversation has at most one clock of a name.
//
//   - name: marketplace
//     clock: marketplace_answer      # its kind if not given
//     kind: first_response
//     when: {channels: [marketplace]}
//     target: 24h
//     warn:                          # how long before the end, or how much of the target has
//     passed
//       - 4h
//       - {at: 90%, raise_to: critical, queue: supervisors, notify: leads}
//     breach: {notify: leads}        # as above, without `at`
//     forecast: {raise_to: high}     # when it is to be expected that it breaches
//     notify_hours: office           # a calendar; nobody is told outside of it
//     calendar: office
//     stop: no_response_needed
//     pause_for: [customer, third_party]
//     on_change: keep_used
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
  policy::ConditionReferences references;
  // Queues to which thresholds move a conversation.
  std::vector<policy::Reference> queues;
};

ClocksDraft ReadClockSection(config::MapReader& policy);

}  // namespace centralita::sla
