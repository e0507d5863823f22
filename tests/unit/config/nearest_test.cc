#include "centralita/config/nearest.h"

#include <gtest/gtest.h>

#include <array>

namespace centralita::config {
namespace {

constexpr std::array<std::string_view, 3> kKeys = {"steps", "pool", "answer"};

TEST(NearestTest, FindsWhatIsAFewTypingErrorsAway) {
  EXPECT_EQ(Nearest("step", kKeys), "steps");
  EXPECT_EQ(Nearest("anwser", kKeys), "answer");
  EXPECT_EQ(Suggestion("pol", kKeys), "; did you mean 'pool'?");
}

TEST(NearestTest, DoesNotGuessWhatIsFarAway) {
  EXPECT_EQ(Nearest("calendar", kKeys), "");
  EXPECT_EQ(Suggestion("calendar", kKeys), "; known are: steps, pool, answer");
  EXPECT_EQ(Suggestion("calendar", {}), "");
}

}  // namespace
}  // namespace centralita::config
