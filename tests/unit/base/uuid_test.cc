#include "centralita/base/uuid.h"

#include <regex>
#include <set>

#include "gtest/gtest.h"

namespace centralita::base {
namespace {

const char kForm5[] = "[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
const char kForm4[] = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

// Ids of messages, customers and conversations in logs that exist already depend on this.
TEST(Uuid, NamesNeverChange) {
  EXPECT_EQ(NameUuid("message", {"acme", "1", "shop", "m-1"}), NameUuid("message", {"acme", "1", "shop", "m-1"}));
  EXPECT_EQ(NameUuid("message", {"acme", "1", "shop", "m-1"}), "654def44-dc9c-513f-96ba-68a6a0abff0d");
}

TEST(Uuid, OfVersionFiveInLowerCase) {
  EXPECT_TRUE(std::regex_match(NameUuid("customer", {"acme", "мария@example.org"}), std::regex(kForm5)));
}

TEST(Uuid, KindsAndTheBordersOfPartsCount) {
  std::set<std::string> ids = {NameUuid("message", {"ab", "c"}),   NameUuid("message", {"a", "bc"}),
                               NameUuid("message", {"abc"}),       NameUuid("message", {"abc", ""}),
                               NameUuid("customer", {"ab", "c"}),  NameUuid("message", {"c", "ab"}),
                               NameUuid("message", {std::string_view("ab\0c", 4)})};
  EXPECT_EQ(ids.size(), 7u);
}

TEST(Uuid, RandomOnesDiffer) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(RandomUuid());
  EXPECT_EQ(ids.size(), 1000u);
  EXPECT_TRUE(std::regex_match(*ids.begin(), std::regex(kForm4)));
}

}  // namespace
}  // namespace centralita::base
