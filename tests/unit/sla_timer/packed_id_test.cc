#include "packed_id.h"

#include <gtest/gtest.h>

#include "centralita/base/uuid.h"

namespace centralita::sla_timer {
namespace {

TEST(PackedIdTest, AUuidComesBackAsItWasWritten) {
  for (int i = 0; i < 1000; ++i) {
    const std::string text = base::NameUuid("conversation", {std::to_string(i)});
    const auto packed = ParseUuid(text);
    ASSERT_TRUE(packed.has_value());
    ASSERT_EQ(PrintUuid(*packed), text);
  }
}

TEST(PackedIdTest, WhatIsWrittenInAnotherWayIsNone) {
  for (const char* text :
       {"", "a", "0f8fad5b-d9cb-569f-a165-70867728950", "0f8fad5b-d9cb-569f-a165-70867728950e0",
        "0F8fad5b-d9cb-569f-a165-70867728950e", "0f8fad5b-d9cb-569f-a165-70867728950g",
        "0f8fad5b0d9cb-569f-a165-70867728950e", "0f8fad5b-d9cb-569f-a165-7086772895-e"}) {
    EXPECT_FALSE(ParseUuid(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace centralita::sla_timer
