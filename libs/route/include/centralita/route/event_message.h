// Which message an event of route is about.
#pragma once

#include <string>

namespace centralita::events::v1 {
class Event;
}  // namespace centralita::events::v1

namespace centralita::route {

// The id of the message that was placed, answered or known already; empty for an event that is not
// about one message. It is the event's own string, and lives as long.
const std::string& MessageOf(const events::v1::Event& event);

}  // namespace centralita::route
