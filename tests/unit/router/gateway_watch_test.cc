#include "gateway_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace centralita::router {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::chrono::steady_clock::time_point At(int64_t ms) {
  return std::chrono::steady_clock::time_point(base::Duration(ms));
}

class GatewayWatchTest : public testing::Test {
 protected:
  GatewayWatch watch_{base::Duration(6000)};
};

TEST_F(GatewayWatchTest, ALeaseMustBeMissingForAWholeLeaseTime) {
  EXPECT_THAT(watch_.Lost({"a"}, {}, At(0)), IsEmpty());
  EXPECT_THAT(watch_.Lost({"a"}, {}, At(5999)), IsEmpty());
  EXPECT_THAT(watch_.Lost({"a"}, {}, At(6000)), ElementsAre("a"));
}

TEST_F(GatewayWatchTest, AGatewayThatComesBackStartsAnew) {
  EXPECT_THAT(watch_.Lost({"a"}, {}, At(0)), IsEmpty());
  EXPECT_THAT(watch_.Lost({"a"}, {"a"}, At(5000)), IsEmpty());
  EXPECT_THAT(watch_.Lost({"a"}, {}, At(7000)), IsEmpty());
  EXPECT_THAT(watch_.Lost({"a"}, {}, At(12'999)), IsEmpty());
  EXPECT_THAT(watch_.Lost({"a"}, {}, At(13'000)), ElementsAre("a"));
}

TEST_F(GatewayWatchTest, OneWhoseSessionsStayIsReportedAgainALeaseTimeLater) {
  watch_.Lost({"a"}, {}, At(0));
  EXPECT_THAT(watch_.Lost({"a"}, {}, At(6000)), ElementsAre("a"));
  EXPECT_THAT(watch_.Lost({"a"}, {}, At(11'999)), IsEmpty());
  EXPECT_THAT(watch_.Lost({"a"}, {}, At(12'000)), ElementsAre("a"));
}

TEST_F(GatewayWatchTest, OneThatNoShardKnowsIsForgotten) {
  watch_.Lost({"a"}, {}, At(0));
  EXPECT_THAT(watch_.Lost({}, {}, At(3000)), IsEmpty());
  EXPECT_THAT(watch_.Lost({"a"}, {}, At(6000)), IsEmpty()) << "missing only since now";
}

TEST_F(GatewayWatchTest, EachIsWatchedByItself) {
  watch_.Lost({"a"}, {}, At(0));
  watch_.Lost({"a", "b"}, {"live"}, At(3000));
  EXPECT_THAT(watch_.Lost({"a", "b", "live"}, {"live"}, At(6000)), ElementsAre("a"));
  EXPECT_THAT(watch_.Lost({"a", "b", "live"}, {"live"}, At(9000)), ElementsAre("b"));
}

}  // namespace
}  // namespace centralita::router
