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

clocks::v1::ClockSpec SpecOf(const std::string& keys) {
  const Result result = Read(keys);
  EXPECT_THAT(result.errors, IsEmpty());
  return result.draft.clocks.at(0).spec();
}

TEST(ClockSectionTest, ActionsBelongToTheThresholdAtWhichTheyAreWritten) {
  const auto spec = SpecOf(
      "kind: resolution, target: 10m, warn: [{at: 1m, notify: leads}, 5m, {at: 80%, raise_to: "
      "high, next_step: true}], breach: {queue: vip}, forecast: {raise_to: critical}");
  EXPECT_THAT(spec.warn_before_ms(), ElementsAre(300'000, 120'000, 60'000));
  ASSERT_EQ(spec.actions_size(), 4);
  EXPECT_EQ(spec.actions(0).threshold(), 1u);
  EXPECT_EQ(spec.actions(0).raise_to(), classification::v1::PRIORITY_BAND_HIGH);
  EXPECT_TRUE(spec.actions(0).next_step());
  EXPECT_EQ(spec.actions(1).threshold(), 2u);
  EXPECT_EQ(spec.actions(1).notify(), "leads");
  EXPECT_EQ(spec.actions(2).threshold(), 3u) << "the deadline";
  EXPECT_EQ(spec.actions(2).queue(), "vip");
  EXPECT_TRUE(spec.actions(3).forecast());
}

TEST(ClockSectionTest, AClockKnowsItsRule) {
  const auto spec = SpecOf("kind: first_response, target: 10m, clock: marketplace");
  EXPECT_EQ(spec.name(), "marketplace");
  EXPECT_EQ(spec.rule(), "c");
}

TEST(ClockSectionTest, AResolutionComesBackWithAQuarterOfItsTargetAtLeast) {
  EXPECT_EQ(SpecOf("kind: resolution, target: 8h").reopen_at_least_ms(), 2 * 3'600'000);
  EXPECT_EQ(SpecOf("kind: resolution, target: 8h, reopen_at_least: 0").reopen_at_least_ms(), 0);
  EXPECT_EQ(SpecOf("kind: next_response, target: 8h").reopen_at_least_ms(), 0);
}

TEST(ClockSectionTest, NamesOfWaitsAreSorted) {
  EXPECT_THAT(SpecOf("kind: resolution, target: 8h, pause_for: [third_party, carrier]").pause_for(),
              ElementsAre("carrier", "third_party"));
}

struct Mistake {
  std::string keys;
  std::string error;
};
std::ostream& operator<<(std::ostream& out, const Mistake& mistake) { return out << mistake.keys; }

class ClockMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(ClockMistakeTest, IsToldWithItsPathAndWhatToWrite) {
  EXPECT_THAT(Read(GetParam().keys).errors, ElementsAre("p.yaml:2: clocks[0]" + GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    All, ClockMistakeTest,
    testing::Values(
        Mistake{"kind: resolution, target: 1h, breach: {}",
                ".breach: does nothing; write raise_to, next_step, queue or notify"},
        Mistake{"kind: resolution, target: 1h, breach: {at: 5m, queue: vip}",
                ".breach.at: unknown key; known are: raise_to, next_step, queue, notify"},
        Mistake{"kind: resolution, target: 1h, warn: [{raise_to: high}]",
                ".warn[0].at: is missing"},
        Mistake{"kind: resolution, target: 1h, warn: [{at: 2h, raise_to: high}]",
                ".warn[0]: 2h before the end is no earlier than the start; the target is 1h"},
        Mistake{"kind: resolution, target: 1h, warn: [{at: 5m, raise_to: urgent}]",
                ".warn[0].raise_to: 'urgent' is unknown; known are: low, normal, high, critical"},
        Mistake{"kind: resolution, target: 1h, breach: {queue: vip, next_step: true}",
                ".breach.queue: takes it there in one go; remove next_step or this"},
        Mistake{"kind: resolution, target: 1h, warn: [5m], notify_hours: always",
                ".notify_hours: is when somebody may be told, but nobody is; give a threshold "
                "'notify'"},
        Mistake{"kind: resolution, target: 1h, breach: {notify: leads}, notify_hours: offce",
                ".notify_hours: there is no calendar 'offce'; known are: always"},
        Mistake{"kind: resolution, target: 1h, pause_while_waiting: true, pause_for: [customer]",
                ".pause_for: is of no use beside pause_while_waiting: true, which is any wait; "
                "remove one"},
        Mistake{"kind: resolution, target: 1h, reopen_at_least: 2h",
                ".reopen_at_least: is more than the target, 1h"},
        Mistake{"kind: next_response, target: 1h, reopen_at_least: 1m",
                ".reopen_at_least: is for clocks of kind resolution; remove it"},
        Mistake{"kind: reply_window, pause_for: [customer]",
                ".pause_for: cannot hold up the channel's window; remove it"},
        Mistake{"kind: reply_window, calendar: always",
                ".calendar: has no say in the channel's window, which runs day and night; remove "
                "it"}));

}  // namespace
}  // namespace centralita::sla
