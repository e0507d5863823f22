#include "rate_limit.h"

#include <gtest/gtest.h>

namespace centralita::ingest {
namespace {

TEST(RateLimit, ASecondsWorthMayComeAtOnceAndThenTheRate) {
  base::ManualClock clock(base::FromUnixMillis(0));
  RateLimit limit(clock);
  EXPECT_EQ(limit.Take("a", 100, 70).granted, 70u);
  const RateLimit::Grant second = limit.Take("a", 100, 70);
  EXPECT_EQ(second.granted, 30u);
  EXPECT_EQ(second.retry_after, base::Duration(400));
  clock.Advance(base::Duration(400));
  EXPECT_EQ(limit.Take("a", 100, 40).granted, 40u);
  clock.Advance(base::Duration(3'600'000));
  EXPECT_EQ(limit.Take("a", 100, 1000).granted, 100u)
      << "an hour of silence saves up one second's worth";
}

TEST(RateLimit, TenantsDoNotTakeFromEachOther) {
  base::ManualClock clock(base::FromUnixMillis(0));
  RateLimit limit(clock);
  EXPECT_EQ(limit.Take("a", 10, 10).granted, 10u);
  EXPECT_EQ(limit.Take("a", 10, 1).granted, 0u);
  EXPECT_EQ(limit.Take("b", 10, 10).granted, 10u);
}

TEST(RateLimit, ZeroIsNoLimit) {
  base::ManualClock clock(base::FromUnixMillis(0));
  RateLimit limit(clock);
  EXPECT_EQ(limit.Take("a", 0, 1'000'000).granted, 1'000'000u);
}

}  // namespace
}  // namespace centralita::ingest
