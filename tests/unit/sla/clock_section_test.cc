#include "centralita/sla/clock_section.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace centralita::sla {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Result {
  ClocksDraft draft;
  std::vector<std::string> errors;
};

// One clock with these keys besides its name.
Result Read(const std::string& keys) {
  config::Problems problems("p.yaml");
  Result result;
  {
    const config::YamlDocument document("clocks:\n  - {name: c, " + keys + "}\n", problems);
    config::MapReader root(document.root());
    result.draft = ReadClockSection(root);
  }
  result.errors = problems.Errors();
  return result;
}

std::vector<int64_t> WarningsOf(const std::string& keys) {
  const Result result = Read(keys);
  EXPECT_THAT(result.errors, IsEmpty());
  const auto& warnings = result.draft.clocks.at(0).spec().warn_before_ms();
  return {warnings.begin(), warnings.end()};
}

TEST(ClockSectionTest, WarningsArePercentOfTheTargetOrTimeBeforeTheEnd) {
  EXPECT_THAT(WarningsOf("kind: resolution, target: 10m, warn: [90%, 2m, 50%]"),
              ElementsAre(300'000, 120'000, 60'000));
  EXPECT_THAT(WarningsOf("kind: resolution, target: 30s, warn: 33%"), ElementsAre(20'100));
}

TEST(ClockSectionTest, APercentageMustNameAMomentWithinTheTarget) {
  EXPECT_THAT(Read("kind: resolution, target: 10m, warn: [0%]").errors,
              ElementsAre("p.yaml:2: clocks[0].warn[0]: '0%' is the start or the end itself; write "
                          "for example 80%"));
  EXPECT_THAT(Read("kind: resolution, target: 10m, warn: [80%, 120%]").errors,
              ElementsAre("p.yaml:2: clocks[0].warn[1]: '120%' is not a percentage; write for "
                          "example 80%"));
  EXPECT_THAT(Read("kind: resolution, target: 10m, warn: [80%, 2m]").errors,
              ElementsAre("p.yaml:2: clocks[0].warn[1]: is there twice; remove one"));
  EXPECT_THAT(Read("kind: reply_window, warn: [80%]").errors,
              ElementsAre("p.yaml:2: clocks[0].warn[0]: '80%' needs a target; write how long "
                          "before the end"));
}

TEST(ClockSectionTest, SaysWhatBecomesOfRunningClocksOnAChange) {
  const auto rule = [](const std::string& keys) {
    const Result result = Read("kind: resolution, target: 10m" + keys);
    EXPECT_THAT(result.errors, IsEmpty());
    return result.draft.clocks.at(0).spec().on_change();
  };
  EXPECT_EQ(rule(""), clocks::v1::CHANGE_RULE_UNSPECIFIED);
  EXPECT_EQ(rule(", on_change: keep_used"), clocks::v1::CHANGE_RULE_KEEP_USED);
  EXPECT_EQ(rule(", on_change: restart"), clocks::v1::CHANGE_RULE_RESTART);
  EXPECT_EQ(rule(", on_change: ignore"), clocks::v1::CHANGE_RULE_IGNORE);
  EXPECT_THAT(Read("kind: resolution, target: 10m, on_change: keep").errors,
              ElementsAre("p.yaml:2: clocks[0].on_change: 'keep' is unknown; known are: keep_used, "
                          "restart, ignore"));
}

}  // namespace
}  // namespace centralita::sla
