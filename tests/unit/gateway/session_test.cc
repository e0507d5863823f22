#include "session.h"

#include <gmock/gmock.h>

#include "fakes.h"

namespace centralita::gateway {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST(SessionTableTest, ASessionIsFoundByItsIdUntilItIsRemoved) {
  SessionTable table(10);
  const auto ana = std::make_shared<FakeSession>("g/1", "ana");
  ASSERT_TRUE(table.Add(ana));
  EXPECT_EQ(table.Find("g/1"), ana);
  EXPECT_EQ(table.Find("g/2"), nullptr);
  EXPECT_THAT(table.All(), SizeIs(1));
  table.Remove("g/1");
  table.Remove("g/1");
  EXPECT_EQ(table.Find("g/1"), nullptr);
  EXPECT_EQ(table.size(), 0u);
}

TEST(SessionTableTest, ASecondSessionOfAnAgentClosesTheFirstAndLastsLongerThanItsRemoval) {
  SessionTable table(10);
  const auto first = std::make_shared<FakeSession>("g/1", "ana");
  const auto second = std::make_shared<FakeSession>("g/2", "ana");
  ASSERT_TRUE(table.Add(first));
  ASSERT_TRUE(table.Add(second));
  EXPECT_THAT(first->closed, SizeIs(1));
  EXPECT_THAT(second->closed, IsEmpty());
  table.Remove("g/1");
  EXPECT_EQ(table.Find("g/2"), second);
  const auto third = std::make_shared<FakeSession>("g/3", "ana");
  ASSERT_TRUE(table.Add(third));
  EXPECT_THAT(second->closed, SizeIs(1)) << "the first's removal has not hidden the second";
}

TEST(SessionTableTest, WhenItIsFullNewAgentsAreRefusedAndThoseWhoComeAgainAreNot) {
  SessionTable table(1);
  ASSERT_TRUE(table.Add(std::make_shared<FakeSession>("g/1", "ana")));
  EXPECT_FALSE(table.Add(std::make_shared<FakeSession>("g/2", "boris")));
  EXPECT_TRUE(table.Add(std::make_shared<FakeSession>("g/3", "ana")));
  EXPECT_EQ(table.size(), 1u);
  table.Remove("g/3");
  EXPECT_TRUE(table.Add(std::make_shared<FakeSession>("g/4", "boris")));
}

TEST(SessionTableTest, AResetClosesAllAndTakesNewOnesAndACloseTakesNoMore) {
  SessionTable table(10);
  const auto ana = std::make_shared<FakeSession>("g/1", "ana");
  ASSERT_TRUE(table.Add(ana));
  table.Reset("lease");
  EXPECT_THAT(ana->closed, testing::ElementsAre("lease"));
  EXPECT_TRUE(table.Add(std::make_shared<FakeSession>("g/2", "boris")));
  table.CloseAll("leaving");
  EXPECT_FALSE(table.Add(std::make_shared<FakeSession>("g/3", "carla")));
}

}  // namespace
}  // namespace centralita::gateway
