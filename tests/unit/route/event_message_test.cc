#include "centralita/route/event_message.h"

#include <gtest/gtest.h>

#include "centralita/events/v1/events.pb.h"

namespace centralita::route {
namespace {

using events::v1::Event;

TEST(MessageOf, IsTheMessageThatWasPlaced) {
  Event opened, joined, reopened, moved;
  opened.mutable_opened()->mutable_message()->set_message_id("m1");
  joined.mutable_joined()->mutable_message()->set_message_id("m2");
  reopened.mutable_reopened()->mutable_message()->set_message_id("m3");
  moved.mutable_moved()->mutable_message()->set_message_id("m4");
  EXPECT_EQ(MessageOf(opened), "m1");
  EXPECT_EQ(MessageOf(joined), "m2");
  EXPECT_EQ(MessageOf(reopened), "m3");
  EXPECT_EQ(MessageOf(moved), "m4");
}

TEST(MessageOf, IsTheMessageThatWasAnsweredOrKnown) {
  Event answered, duplicate;
  answered.mutable_answered()->set_message_id("m1");
  duplicate.mutable_duplicate()->set_message_id("m2");
  EXPECT_EQ(MessageOf(answered), "m1");
  EXPECT_EQ(MessageOf(duplicate), "m2");
}

TEST(MessageOf, IsEmptyForWhatIsAboutNoMessage) {
  Event queued;
  queued.mutable_queued()->set_reason("new");
  EXPECT_EQ(MessageOf(queued), "");
  EXPECT_EQ(MessageOf(Event()), "");
}

}  // namespace
}  // namespace centralita::route
