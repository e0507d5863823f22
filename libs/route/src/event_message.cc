#include "centralita/route/event_message.h"

#include "centralita/events/v1/events.pb.h"

namespace centralita::route {

using events::v1::Event;

const std::string& MessageOf(const Event& event) {
  switch (event.kind_case()) {
    case Event::kDuplicate:
      return event.duplicate().message_id();
    case Event::kOpened:
      return event.opened().message().message_id();
    case Event::kJoined:
      return event.joined().message().message_id();
    case Event::kAnswered:
      return event.answered().message_id();
    case Event::kReopened:
      return event.reopened().message().message_id();
    case Event::kMoved:
      return event.moved().message().message_id();
    default:
      break;
  }
  static const std::string kNone;
  return kNone;
}

}  // namespace centralita::route
