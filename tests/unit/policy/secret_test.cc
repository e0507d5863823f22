#include "centralita/policy/secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace centralita::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kHashOfAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

struct Result {
  std::string hash;
  std::vector<std::string> errors;
};

Result Read(const std::string& written) {
  config::Problems problems("p.yaml");
  const config::YamlDocument document("key: \"" + written + "\"\n", problems);
  Result result;
  {
    config::MapReader root(document.root());
    result.hash = ReadSecretHash(root.Get("key"), [](const std::string& path) {
      return path == "keys/abc" ? absl::StatusOr<std::string>("abc")
                                : absl::StatusOr<std::string>(absl::NotFoundError("no such file"));
    });
  }
  result.errors = problems.Errors();
  return result;
}

TEST(SecretTest, IsWrittenInThreeWays) {
  EXPECT_EQ(Read("plain:abc").hash, kHashOfAbc);
  EXPECT_EQ(Read("file:keys/abc").hash, kHashOfAbc);
  EXPECT_EQ(Read(std::string("sha256:") + kHashOfAbc).hash, kHashOfAbc);
}

TEST(SecretTest, RefusesAnythingElseWithoutRepeatingIt) {
  for (const char* written :
       {"s3cret", "plain:", "file:", "sha256:s3cret", "PLAIN:s3cret",
        "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F2"}) {
    const Result result = Read(written);
    EXPECT_EQ(result.hash, "");
    ASSERT_EQ(result.errors.size(), 1u) << written;
    EXPECT_THAT(result.errors[0], HasSubstr("p.yaml:1: key: "));
    EXPECT_THAT(result.errors[0], Not(HasSubstr("s3cret")));
  }
}

TEST(SecretTest, SaysWhenTheFileCannotBeRead) {
  EXPECT_THAT(Read("file:nowhere").errors, ElementsAre("p.yaml:1: key: no such file"));
  EXPECT_THAT(Read("").errors, ElementsAre("p.yaml:1: key: is empty"));
}

}  // namespace
}  // namespace centralita::policy
