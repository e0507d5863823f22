// Events in words, for trace and explain.
#pragma once

#include <string>

#include "centralita/events/v1/events.pb.h"

namespace centralita::views {

// One line: what happened.
std::string Describe(const events::v1::Event& event);
// Several lines, indented: why. Empty if the event carries no decision.
std::string DescribeDecision(const events::v1::Decision& decision);

}  // namespace centralita::views
