#include "gmock/gmock.h"
#include "tests/unit/route/harness.h"

namespace centralita::route {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

RoutingRecord Facts(uint64_t revision, int32_t points, const std::string& tag = "cart_at_risk") {
  RoutingRecord record = For("c1");
  auto& amendment = *record.mutable_amendment();
  amendment.set_reason("cart");
  amendment.mutable_facts()->set_profile_revision(revision);
  amendment.mutable_facts()->set_tier("gold");
  amendment.mutable_facts()->add_tags(tag);
  auto& addend = *amendment.mutable_facts()->add_addends();
  addend.set_name("cart");
  addend.set_points(points);
  return record;
}

RoutingRecord Opinion(const std::string& message, const std::string& intent) {
  RoutingRecord record = For("c1");
  auto& amendment = *record.mutable_amendment();
  amendment.set_reason("second_opinion");
  amendment.mutable_second_opinion()->set_message_id(message);
  auto& classification = *amendment.mutable_second_opinion()->mutable_classification();
  classification.set_intent(intent);
  classification.add_tags("complex");
  return record;
}

RoutingRecord WithAddend(RoutingRecord record, const std::string& name, int32_t points,
                         const std::string& tag) {
  auto& classification = *record.mutable_tagged()->mutable_classification();
  auto& addend = *classification.add_addends();
  addend.set_name(name);
  addend.set_points(points);
  classification.add_tags(tag);
  return record;
}

TEST(RouteFacts, FurtherMessagesUniteTagsAndTakeTheHighestOfEachAddend) {
  Harness harness;
  harness.Apply(WithAddend(Message(harness, "c1", "m1", "complaint"), "anger", 300, "angry"));
  harness.Apply(WithAddend(Message(harness, "c1", "m2", "other"), "anger", 200, "angry"));
  const auto out =
      harness.Apply(WithAddend(Message(harness, "c1", "m3", "other"), "law", 300, "legal_threat"));
  const auto facts = out.commands()[0].append().facts();
  EXPECT_EQ(facts.intent(), "complaint");
  EXPECT_EQ(facts.priority(), 600);
  EXPECT_EQ(facts.band(), classification::v1::PRIORITY_BAND_HIGH);
  EXPECT_THAT(facts.tags(), ElementsAre("angry", "legal_threat"));
}

TEST(RouteFacts, FactsOfTheHighestRevisionWin) {
  Harness harness;
  harness.Apply(WithAddend(Message(harness, "c1", "m1"), "base", 100, "degraded"));
  const Collector out = harness.Apply(Facts(5, 400));
  ASSERT_THAT(out.events(), SizeIs(1));
  EXPECT_EQ(out.events()[0].amended().reason(), "cart");
  const auto facts = out.commands()[0].amend().facts();
  EXPECT_EQ(facts.priority(), 500);
  EXPECT_EQ(facts.profile_revision(), 5u);
  EXPECT_EQ(facts.tier(), "gold");
  EXPECT_THAT(facts.tags(), ElementsAre("cart_at_risk")) << "no longer degraded";
  EXPECT_TRUE(harness.Apply(Facts(4, 900)).all.empty());
  EXPECT_TRUE(harness.Apply(Facts(5, 900)).all.empty());
  EXPECT_EQ(harness.Apply(Facts(6, 50)).commands()[0].amend().facts().priority(), 150);
}

TEST(RouteFacts, ATermThatWordsAndProfileGiveCountsOnceAtItsHighest) {
  Harness harness;
  RoutingRecord message = Message(harness, "c1", "m1");
  message = WithAddend(WithAddend(message, "base", 100, "x"), "cart", 120, "y");
  EXPECT_EQ(harness.Apply(message).commands()[0].enqueue().facts().priority(), 220);
  const auto more = harness.Apply(Facts(5, 300)).commands()[0].amend().facts();
  EXPECT_EQ(more.priority(), 400);
  EXPECT_THAT(more.addends(), SizeIs(2));
  // What the profile no longer says the message has still said.
  const auto less = harness.Apply(Facts(6, 50)).commands()[0].amend().facts();
  EXPECT_EQ(less.priority(), 220);
  EXPECT_THAT(less.addends(), SizeIs(2));
}

TEST(RouteFacts, ThatTheEngineFailedStaysSaidOfAKnownCustomer) {
  Harness harness;
  harness.Apply(WithAddend(Message(harness, "c1", "m1"), "base", 100, "engine_failed"));
  const Collector out = harness.Apply(Facts(5, 400));
  EXPECT_THAT(out.commands()[0].amend().facts().tags(),
              ElementsAre("cart_at_risk", "engine_failed"));
}

TEST(RouteFacts, FactsThatComeFirstAreKeptForAWhile) {
  Harness harness;
  harness.Activate(SamplePolicy());
  EXPECT_TRUE(harness.Apply(Facts(5, 400)).all.empty());
  harness.now += 59'999;
  harness.SaveAndLoad();
  EXPECT_EQ(harness.Apply(Message(harness, "c1", "m1")).commands()[0].enqueue().facts().priority(),
            400);

  Harness later;
  later.Activate(SamplePolicy());
  later.Apply(Facts(5, 400));
  later.now += 60'000;
  EXPECT_EQ(later.Apply(Message(later, "c1", "m1")).commands()[0].enqueue().facts().priority(), 0);
}

TEST(RouteFacts, ASecondOpinionCountsOncePerMessage) {
  Harness harness;
  harness.Apply(Message(harness, "c1", "m1", "other"));
  const Collector out = harness.Apply(Opinion("m1", "payment_billing"));
  ASSERT_THAT(out.commands(), SizeIs(1));
  EXPECT_EQ(out.commands()[0].amend().facts().intent(), "payment_billing");
  harness.SaveAndLoad();
  EXPECT_TRUE(harness.Apply(Opinion("m1", "complaint")).all.empty());
}

TEST(RouteFacts, ASecondOpinionOfAnEarlierMessageDoesNotReplaceALaterIntent) {
  Harness harness;
  harness.Apply(Message(harness, "c1", "m1", "order_status"));
  harness.Apply(Message(harness, "c1", "m2", "complaint"));
  const auto facts = harness.Apply(Opinion("m1", "payment_billing")).commands()[0].amend().facts();
  EXPECT_EQ(facts.intent(), "complaint");
  EXPECT_THAT(facts.tags(), ElementsAre("complex"));
}

TEST(RouteFacts, ASecondOpinionThatComesFirstIsMergedAndCountsOnce) {
  Harness harness;
  EXPECT_TRUE(harness.Apply(Opinion("m1", "payment_billing")).all.empty());
  harness.SaveAndLoad();
  EXPECT_EQ(harness.Apply(Message(harness, "c1", "m1")).commands()[0].enqueue().facts().intent(),
            "payment_billing");
  EXPECT_TRUE(harness.Apply(Opinion("m1", "complaint")).all.empty());
}

TEST(RouteFacts, ASecondOpinionOnAClosedConversationHasNoEffectOnTheNext) {
  Harness harness;
  policy::v1::RouteSection section = SamplePolicy();
  section.set_reopen_window_ms(0);
  harness.Activate(section);
  const auto id = harness.Apply(Message(harness, "c1", "m1")).events()[0].conversation_id();
  harness.Apply(Closed("c1", id, 1, 1));
  harness.Apply(Message(harness, "c1", "m2"));
  EXPECT_TRUE(harness.Apply(Opinion("m1", "complaint")).all.empty());
}

}  // namespace
}  // namespace centralita::route
