#include "centralita/base/time.h"

#include "centralita/base/clock.h"
#include "gtest/gtest.h"

namespace centralita::base {
namespace {

TEST(Time, IsWrittenAsRfc3339InUtcWithMilliseconds) {
  EXPECT_EQ(FormatUtc(FromUnixMillis(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatUtc(FromUnixMillis(1'772'357'400'250)), "2026-03-01T09:30:00.250Z");
  EXPECT_EQ(FormatUtc(FromUnixMillis(1'709'164'800'000)), "2024-02-29T00:00:00.000Z");
  EXPECT_EQ(FormatUtc(FromUnixMillis(-1)), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatUtc(kNever), "never");
}

TEST(Time, DurationsAreWrittenForPeople) {
  EXPECT_EQ(FormatDuration(Duration(0)), "0 ms");
  EXPECT_EQ(FormatDuration(Duration(850)), "850 ms");
  EXPECT_EQ(FormatDuration(Duration(2500)), "2.5 s");
  EXPECT_EQ(FormatDuration(Duration(59'000)), "59 s");
  EXPECT_EQ(FormatDuration(Duration(200'000)), "3 min 20 s");
  EXPECT_EQ(FormatDuration(Duration(3'600'000)), "1 h");
  EXPECT_EQ(FormatDuration(Duration(15'000'000)), "4 h 10 min");
  EXPECT_EQ(FormatDuration(Duration(273'600'000)), "3 d 4 h");
  EXPECT_EQ(FormatDuration(Duration(172'800'000)), "2 d");
  EXPECT_EQ(FormatDuration(Duration(-2500)), "-2.5 s");
}

TEST(Time, AManualClockMovesOnlyWhenToldAndItsWallCanJumpAlone) {
  ManualClock clock(FromUnixMillis(1000));
  const auto start = clock.Monotonic();
  clock.Advance(Duration(5));
  EXPECT_EQ(ToUnixMillis(clock.Now()), 1005);
  clock.JumpTo(FromUnixMillis(3));
  EXPECT_EQ(ToUnixMillis(clock.Now()), 3);
  EXPECT_EQ(clock.Monotonic() - start, Duration(5));
}

}  // namespace
}  // namespace centralita::base
