#include "client/when.h"

#include <gtest/gtest.h>

#include "centralita/base/error.h"

namespace centralita::client {
namespace {

const base::TimePoint kNow = base::FromUnixMillis(1'800'000'000'000);

TEST(WhenTest, SpansDaysAndTimesAreTaken) {
  EXPECT_EQ(*ParseWhen("90s", kNow), kNow - base::Duration(90'000));
  EXPECT_EQ(*ParseWhen("7d", kNow), kNow - base::Duration(7LL * 86'400'000));
  EXPECT_EQ(base::FormatUtc(*ParseWhen("2026-11-01", kNow)), "2026-11-01T00:00:00.000Z");
  EXPECT_EQ(base::FormatUtc(*ParseWhen("2026-11-01T09:30:00Z", kNow)), "2026-11-01T09:30:00.000Z");
  EXPECT_EQ(base::FormatUtc(*ParseWhen("2026-11-01T09:30:00+02:00", kNow)),
            "2026-11-01T07:30:00.000Z");
}

TEST(WhenTest, AnythingElseIsToldWhatToWrite) {
  for (const char* text : {"", "yesterday", "2026-13-01", "01/11/2026", "-7d", "infinite-future"}) {
    const auto when = ParseWhen(text, kNow);
    EXPECT_EQ(base::ReasonOf(when.status()), "bad_time") << text;
  }
}

}  // namespace
}  // namespace centralita::client
