// Which clocks a conversation gets, and by which rules.
#include "gmock/gmock.h"
#include "tests/unit/route/harness.h"

namespace centralita::route {
namespace {

using testing::SizeIs;

constexpr int64_t kHour = 3'600'000;

policy::v1::ClockRule& Rule(policy::v1::RouteSection& section, const char* name, const char* clock,
                            int64_t target) {
  auto& rule = *section.add_clocks();
  rule.set_name(name);
  auto& spec = *rule.mutable_spec();
  spec.set_name(clock);
  spec.set_rule(name);
  spec.set_kind(clocks::v1::CLOCK_KIND_FIRST_RESPONSE);
  spec.set_target_ms(target);
  return rule;
}

policy::v1::RouteSection TwoPromises() {
  policy::v1::RouteSection section = SamplePolicy();
  section.clear_clocks();
  Rule(section, "mail", "company", 2 * kHour)
      .mutable_when()
      ->add_channels(common::v1::CHANNEL_EMAIL);
  Rule(section, "marketplace_day", "marketplace", 24 * kHour)
      .mutable_when()
      ->add_channels(common::v1::CHANNEL_MARKETPLACE);
  Rule(section, "usual", "company", 4 * kHour);
  Rule(section, "last", "company", 8 * kHour);
  return section;
}

TEST(RouteClocks, EachClockIsGivenByItsFirstRuleThatHolds) {
  Harness harness;
  harness.Activate(TwoPromises(), 3);
  const Command command =
      harness.Apply(Message(harness, "c1", "m1", "order_status", common::v1::CHANNEL_MARKETPLACE))
          .commands()[0];
  ASSERT_THAT(command.enqueue().clocks(), SizeIs(2));
  EXPECT_EQ(command.enqueue().clocks(0).spec().name(), "marketplace");
  EXPECT_EQ(command.enqueue().clocks(0).deadline_unix_ms(), harness.now + 24 * kHour);
  EXPECT_EQ(command.enqueue().clocks(1).spec().rule(), "usual");
  EXPECT_EQ(command.enqueue().clocks(1).policy_version(), 3u);
}

TEST(RouteClocks, TheDecisionRecordNamesTheRulesThatWereBeaten) {
  Harness harness;
  harness.Activate(TwoPromises());
  const Event opened =
      harness.Apply(Message(harness, "c1", "m1", "order_status", common::v1::CHANNEL_EMAIL))
          .events()[0];
  const auto& rules = opened.decision().clock_rules();
  ASSERT_THAT(rules, SizeIs(3)) << "the marketplace's does not hold";
  EXPECT_EQ(rules[0].rule(), "mail");
  EXPECT_TRUE(rules[0].won());
  EXPECT_EQ(rules[1].rule(), "usual");
  EXPECT_FALSE(rules[1].won());
  EXPECT_EQ(rules[1].detail(), "behind the one taken for the clock company");
  EXPECT_EQ(rules[2].rule(), "last");
}

TEST(RouteClocks, HoweverManyRulesThereAreTheRecordIsBounded) {
  Harness harness;
  policy::v1::RouteSection section = SamplePolicy();
  for (int i = 0; i < 60; ++i) {
    const std::string name = "rule" + std::to_string(i);
    Rule(section, name.c_str(), name.c_str(), kHour);
  }
  harness.Activate(section);
  const Collector out = harness.Apply(Message(harness, "c1", "m1"));
  EXPECT_THAT(out.events()[0].decision().clock_rules(), SizeIs(16))
      << "what was neither given nor beaten is in no record";
  EXPECT_THAT(out.commands()[0].enqueue().clocks(), SizeIs(16));
}

TEST(RouteClocks, NoticesThatWaitGoAlongToTheNextPool) {
  Harness harness;
  harness.Activate(SamplePolicy());
  const std::string id =
      harness.Apply(Message(harness, "c1", "m1")).commands()[0].enqueue().conversation_id();
  RoutingRecord record = For("c1");
  record.mutable_released()->set_conversation_id(id);
  record.mutable_released()->set_revision(1);
  record.mutable_released()->set_last_sequence(1);
  record.mutable_released()->add_notices()->set_recipient("leads");
  const Command command = harness.Apply(record).commands()[0];
  ASSERT_THAT(command.enqueue().notices(), SizeIs(1));
  EXPECT_EQ(command.enqueue().notices(0).recipient(), "leads");
}

}  // namespace
}  // namespace centralita::route
