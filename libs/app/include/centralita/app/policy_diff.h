// What changes from one version of a tenant's policy to another, for people.
#pragma once

#include <string>
#include <vector>

#include "centralita/policy/v1/policy.pb.h"

namespace centralita::app {

// A line for each change, in the order of the file: rules, priority, routes, clocks, pools, agents,
// calendars, the rest. Of a route that goes, also where its work goes now. Empty if nothing changes
// (hours are compared as they are written, not as the spans of the moment). Hashes of secrets are
// not shown.
std::vector<std::string> DescribePolicyChanges(const std::vector<policy::v1::PolicySection>& before,
                                               const std::vector<policy::v1::PolicySection>& after);

}  // namespace centralita::app
