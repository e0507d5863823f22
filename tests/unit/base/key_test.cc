#include "centralita/base/key.h"

#include <array>
#include <string>

#include "centralita/base/uuid.h"
#include "gtest/gtest.h"

namespace centralita::base {
namespace {

TEST(Key, TenantIsBeforeTheFirstSlash) {
  EXPECT_EQ(TenantKey("acme", "care"), "acme/care");
  EXPECT_EQ(TenantKey("acme", "a/b"), "acme/a/b");
  EXPECT_NE(TenantKey("a", "bc"), TenantKey("ab", "c"));
}

// Records lie where this says: another result is another place for every customer.
TEST(Key, PartitionsNeverChange) {
  EXPECT_EQ(StableHash(""), 0xefd01f60ba992926ULL);
  EXPECT_EQ(StableHash("acme/care"), 0x85257658dd6b8612ULL);
  EXPECT_EQ(PartitionOf("acme/care", 12), 10u);
}

TEST(Key, PartitionsAreEven) {
  std::array<int, 12> counts{};
  for (int i = 0; i < 12'000; ++i)
    ++counts[PartitionOf(TenantKey("acme", NameUuid("customer", {std::to_string(i)})), 12)];
  for (const int count : counts) {
    EXPECT_GT(count, 850);
    EXPECT_LT(count, 1150);
  }
}

TEST(Key, OnePartitionTakesAll) { EXPECT_EQ(PartitionOf("anything", 1), 0u); }

}  // namespace
}  // namespace centralita::base
