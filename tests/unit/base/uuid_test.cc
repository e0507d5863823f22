#include "centralita/base/uuid.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace centralita::base {
namespace {

// "xxxxxxxx-xxxx-Vxxx-Nxxx-xxxxxxxxxxxx" in lower case, of this version and of RFC 9562's variant.
bool IsUuid(const std::string& id, char version) {
  if (id.size() != 36 || id[14] != version || std::string("89ab").find(id[19]) == std::string::npos)
    return false;
  for (size_t i = 0; i < id.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? id[i] != '-' : std::string("0123456789abcdef").find(id[i]) == std::string::npos)
      return false;
  }
  return true;
}

// Ids of messages, customers and conversations in logs that exist already depend on this.
TEST(Uuid, NamesNeverChange) {
  EXPECT_EQ(NameUuid("message", {"acme", "1", "shop", "m-1"}),
            NameUuid("message", {"acme", "1", "shop", "m-1"}));
  EXPECT_EQ(NameUuid("message", {"acme", "1", "shop", "m-1"}),
            "654def44-dc9c-513f-96ba-68a6a0abff0d");
}

TEST(Uuid, OfVersionFiveInLowerCase) {
  EXPECT_TRUE(IsUuid(NameUuid("customer", {"acme", "мария@example.org"}), '5'));
}

TEST(Uuid, KindsAndTheBordersOfPartsCount) {
  std::set<std::string> ids = {NameUuid("message", {"ab", "c"}),
                               NameUuid("message", {"a", "bc"}),
                               NameUuid("message", {"abc"}),
                               NameUuid("message", {"abc", ""}),
                               NameUuid("customer", {"ab", "c"}),
                               NameUuid("message", {"c", "ab"}),
                               NameUuid("message", {std::string_view("ab\0c", 4)})};
  EXPECT_EQ(ids.size(), 7u);
}

TEST(Uuid, RandomOnesDiffer) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(RandomUuid());
  EXPECT_EQ(ids.size(), 1000u);
  EXPECT_TRUE(IsUuid(*ids.begin(), '4'));
}

}  // namespace
}  // namespace centralita::base
