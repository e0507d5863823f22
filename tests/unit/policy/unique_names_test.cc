#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "centralita/policy/conditions_section.h"

namespace centralita::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(UniqueNames, AreReadAndRefusedWhenTaken) {
  config::Problems problems("p.yaml");
  const config::YamlDocument document("a: one\nb: two\nc: one\n", problems);
  UniqueNames names("route");
  {
    config::MapReader root(document.root());
    EXPECT_EQ(names.Read(root.Get("a")), "one");
    EXPECT_EQ(names.Read(root.Get("b")), "two");
    EXPECT_EQ(names.Read(root.Get("c")), "one");
    EXPECT_EQ(names.Read(root.Get("absent")), "");
    EXPECT_EQ(names.Read(root.Get("absent, too")), "");
  }
  EXPECT_THAT(problems.Errors(),
              ElementsAre(HasSubstr("p.yaml:3: c: 'one' is already the name of the route on "
                                    "line 1")));
}

}  // namespace
}  // namespace centralita::policy
