#include "json_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace centralita::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SplitJson, OneObjectIsOneItem) {
  const JsonItems one = SplitJson(" {\"a\": [1,2]} \n");
  EXPECT_FALSE(one.is_array);
  EXPECT_THAT(one.items, ElementsAre("{\"a\": [1,2]}"));
  EXPECT_FALSE(one.bad_end);
}

TEST(SplitJson, ArraysAreSplitAtTheirOwnCommasOnly) {
  const JsonItems split = SplitJson(R"([ {"a":"x,]}","b":[1,{"c":2}]}, {"d":"\"],["} , 7 ])");
  EXPECT_THAT(split.items, ElementsAre(R"({"a":"x,]}","b":[1,{"c":2}]})", R"({"d":"\"],["})", "7"));
  EXPECT_FALSE(split.bad_end);
}

TEST(SplitJson, EmptyArrayAndEmptyBodyDiffer) {
  EXPECT_THAT(SplitJson("[]").items, IsEmpty());
  EXPECT_THAT(SplitJson("[ \n ]").items, IsEmpty());
  EXPECT_THAT(SplitJson("").items, ElementsAre(""));
}

TEST(SplitJson, ATrailingCommaIsAnEmptyItem) {
  EXPECT_THAT(SplitJson(R"([{"a":1},])").items, ElementsAre(R"({"a":1})", ""));
}

TEST(SplitJson, AMissingQuoteCostsOnlyItsLine) {
  const JsonItems split = SplitJson("[{\"a\":1},\n{\"a\":\"oops},\n{\"a\":3}]");
  EXPECT_THAT(split.items, ElementsAre("{\"a\":1}", "{\"a\":\"oops}", "{\"a\":3}"));
}

TEST(SplitJson, AMissingBraceIsFoundAgainWhereTheNextObjectBegins) {
  const JsonItems split = SplitJson(R"([{"a":1},{"b":{"x":2},{"c":3},{"d":4}])");
  EXPECT_THAT(split.items,
              ElementsAre(R"({"a":1})", R"({"b":{"x":2})", R"({"c":3})", R"({"d":4})"));
  EXPECT_FALSE(split.bad_end);
}

TEST(SplitJson, AMissingQuoteOnTheSameLineIsGotOver) {
  const JsonItems split = SplitJson(R"([{"a":1},{"a":"oops},{"c":3}])");
  EXPECT_THAT(split.items, ElementsAre(R"({"a":1})", R"({"a":"oops})", R"({"c":3})"));
  EXPECT_FALSE(split.bad_end);
}

TEST(SplitJson, AnItemThatBreaksOffInAStringIsGotOver) {
  EXPECT_THAT(SplitJson("[{\"a\":1},{\"a\":\"oops,\n,{\"c\":3}]").items,
              ElementsAre("{\"a\":1}", "{\"a\":\"oops,", "{\"c\":3}"));
}

TEST(SplitJson, AStrayClosingBraceBreaksOnlyItsItem) {
  EXPECT_THAT(SplitJson(R"([{"a":1},{"b":2}},{"c":3}])").items,
              ElementsAre(R"({"a":1})", R"({"b":2}})", R"({"c":3})"));
}

TEST(SplitJson, ABodyThatIsCutOffKeepsItsWholeItems) {
  const JsonItems split = SplitJson(R"([{"a":1},{"b":2},{"c":)");
  EXPECT_THAT(split.items, ElementsAre(R"({"a":1})", R"({"b":2})", R"({"c":)"));
  EXPECT_TRUE(split.bad_end);
}

TEST(SplitJson, TextBehindTheArrayIsTold) { EXPECT_TRUE(SplitJson("[{}] {}").bad_end); }

TEST(SplitJson, AByteOrderMarkIsPassedOver) {
  EXPECT_THAT(SplitJson("\xef\xbb\xbf[1]").items, ElementsAre("1"));
}

TEST(SplitJson, DeepNestingNeedsNoStack) {
  const std::string deep(1'000'000, '[');
  EXPECT_EQ(SplitJson(deep).items.size(), 1u);
}

}  // namespace
}  // namespace centralita::ingest
