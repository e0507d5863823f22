#include "centralita/timer/slab.h"

#include <gtest/gtest.h>

#include <set>

namespace centralita::timer {
namespace {

struct Node {
  uint32_t next = 0;
  int payload = 7;
};

TEST(SlabTest, NodesAreApartStayWhereTheyAreAndAreAsNewWhenTakenAgain) {
  Slab<Node> slab;
  std::set<Node*> places;
  for (uint32_t i = 0; i < 100'000; ++i) {
    ASSERT_EQ(slab.Take(), i);
    slab[i].payload = static_cast<int>(i);
    places.insert(&slab[i]);
  }
  EXPECT_EQ(places.size(), 100'000u);
  EXPECT_EQ(slab[50'000].payload, 50'000);
  Node* const place = &slab[50'000];
  slab.Give(50'000);
  EXPECT_EQ(slab.size(), 99'999u);
  EXPECT_EQ(slab.Take(), 50'000u);
  EXPECT_EQ(&slab[50'000], place);
  EXPECT_EQ(slab[50'000].payload, 7);
  EXPECT_EQ(slab.end(), 100'000u);
}

}  // namespace
}  // namespace centralita::timer
