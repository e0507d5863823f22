// Hours, bots, other pools: what a policy may ask of route beyond the first match.
#include <gtest/gtest.h>

#include "tests/unit/route/harness.h"

namespace centralita::route {
namespace {

constexpr int64_t kHour = 3'600'000;

clocks::v1::Calendar Office() {
  clocks::v1::Calendar office;
  office.set_name("office");
  office.set_known_from_unix_ms(kStart - 100 * kHour);
  office.set_known_until_unix_ms(kStart + 100 * kHour);
  auto& span = *office.add_spans();
  span.set_start_unix_ms(kStart);
  span.set_end_unix_ms(kStart + kHour);
  return office;
}

// At night to the bots, whom angry customers must not get; "people" is the last resort.
policy::v1::RouteSection NightPolicy() {
  policy::v1::RouteSection section = SamplePolicy();
  *section.add_calendars() = Office();
  policy::v1::Route night;
  night.set_name("night");
  night.mutable_when()->add_outside_hours("office");
  night.set_pool("bots");
  night.add_steps()->set_queue("all");
  auto& routes = *section.mutable_routes();
  *routes.Add() = night;
  for (int i = routes.size() - 1; i > 0; --i) routes.SwapElements(i, i - 1);
  section.mutable_bots()->mutable_never_for()->add_tags("angry");
  section.mutable_bots()->set_deflection_window_ms(kHour);
  auto& bots = *section.add_pools();
  bots.set_pool("bots");
  bots.set_bots_only(true);
  auto& care = *section.add_pools();
  care.set_pool("care");
  care.set_sticky_window_ms(0);
  return section;
}

RoutingRecord Angry(RoutingRecord record) {
  record.mutable_tagged()->mutable_classification()->add_tags("angry");
  return record;
}

RoutingRecord Released(const Command& enqueue, const std::string& reason) {
  RoutingRecord record = For(enqueue.enqueue().customer_id());
  auto& released = *record.mutable_released();
  released.set_conversation_id(enqueue.enqueue().conversation_id());
  released.set_revision(enqueue.enqueue().revision());
  released.set_last_sequence(1);
  released.set_reason(reason);
  return record;
}

Event FindEvent(const Collector& out, Event::KindCase kind) {
  for (const Event& event : out.events()) {
    if (event.kind_case() == kind) return event;
  }
  ADD_FAILURE() << "no event of kind " << kind;
  return {};
}

bool Has(const Collector& out, Event::KindCase kind) {
  for (const Event& event : out.events()) {
    if (event.kind_case() == kind) return true;
  }
  return false;
}

TEST(Hours, DecideWhereARouteAsksForThem) {
  Harness harness;
  harness.Activate(NightPolicy());
  EXPECT_EQ(harness.Apply(Message(harness, "eva", "m1")).commands()[0].pool(), "care");
  harness.now += kHour;
  EXPECT_EQ(harness.Apply(Message(harness, "leo", "m2")).commands()[0].pool(), "bots");
}

TEST(Hours, OfACallbackAreThoseOfItsTime) {
  Harness harness;
  harness.Activate(NightPolicy());
  RoutingRecord callback = Message(harness, "eva", "m1");
  callback.mutable_tagged()->set_not_before_unix_ms(harness.now + 2 * kHour);
  EXPECT_EQ(harness.Apply(callback).commands()[0].pool(), "bots");
}

TEST(Bots, NeverGetWhatThePolicyKeepsFromThem) {
  Harness harness;
  harness.Activate(NightPolicy());
  harness.now += kHour;
  const Collector out = harness.Apply(Angry(Message(harness, "eva", "m1")));
  ASSERT_EQ(out.commands().size(), 1u);
  EXPECT_EQ(out.commands()[0].pool(), "care");
  EXPECT_TRUE(out.commands()[0].enqueue().facts().people_only());
  const Event opened = FindEvent(out, Event::kOpened);
  const auto& rules = opened.decision().rules();
  ASSERT_EQ(rules.size(), 2);
  EXPECT_EQ(rules[0].rule(), "rest");
  EXPECT_TRUE(rules[0].won());
  EXPECT_EQ(rules[1].rule(), "night");
  EXPECT_EQ(rules[1].detail(), "never for bots");
}

TEST(Bots, AnAutomaticAnswerIsNoMoreForAngryCustomersThanABot) {
  Harness harness;
  harness.Activate(NightPolicy());
  const Collector out = harness.Apply(Angry(Message(harness, "eva", "m1", "praise_feedback")));
  EXPECT_FALSE(Has(out, Event::kAnswered));
  EXPECT_EQ(out.commands().size(), 1u);
}

TEST(Bots, WhoTurnsAngryLaterIsSaidToThePool) {
  Harness harness;
  harness.Activate(NightPolicy());
  harness.now += kHour;
  harness.Apply(Message(harness, "eva", "m1"));
  const Collector out = harness.Apply(Angry(Message(harness, "eva", "m2")));
  ASSERT_TRUE(out.commands()[0].has_append());
  EXPECT_TRUE(out.commands()[0].append().facts().people_only());
}

TEST(Bots, AHandoffIsRoutedAnewWithItsFieldsAndNeverBack) {
  Harness harness;
  harness.Activate(NightPolicy());
  harness.now += kHour;
  const Command first = harness.Apply(Message(harness, "eva", "m1")).commands()[0];
  ASSERT_EQ(first.pool(), "bots");
  RoutingRecord handoff = Released(first, "handoff");
  handoff.mutable_released()->set_from_bot(true);
  auto& field = *handoff.mutable_released()->add_fields();
  field.set_name("order_id");
  field.set_value("LN-1");
  harness.SaveAndLoad();
  const Command second = harness.Apply(handoff).commands()[0];
  EXPECT_EQ(second.pool(), "care");
  EXPECT_EQ(second.enqueue().revision(), 2u);
  EXPECT_TRUE(second.enqueue().facts().people_only());
  ASSERT_EQ(second.enqueue().fields_size(), 1);
  EXPECT_EQ(second.enqueue().fields(0).value(), "LN-1");
  // Not even when somebody wants to send it there, nor after a restart.
  harness.SaveAndLoad();
  RoutingRecord transfer = Released(second, "transfer");
  transfer.mutable_released()->set_to_pool("bots");
  EXPECT_EQ(harness.Apply(transfer).commands()[0].pool(), "care");
}

TEST(Deflection, IsToldWhenTheCustomerDoesNotComeBackInTime) {
  Harness harness;
  harness.Activate(NightPolicy());
  const Collector answer = harness.Apply(Message(harness, "eva", "m1", "praise_feedback"));
  EXPECT_TRUE(Has(answer, Event::kAnswered));
  EXPECT_FALSE(Has(answer, Event::kDeflection));
  harness.SaveAndLoad();
  harness.now += kHour - 1;
  EXPECT_FALSE(Has(harness.Tick(), Event::kDeflection));
  harness.now += 10 * 60'000;
  const Event settled = FindEvent(harness.Tick(), Event::kDeflection);
  EXPECT_EQ(settled.tenant(), "acme");
  EXPECT_EQ(settled.customer_id(), "eva");
  EXPECT_TRUE(settled.deflection().deflected());
  EXPECT_EQ(settled.deflection().message_id(), "m1");
  harness.now += kHour;
  EXPECT_FALSE(Has(harness.Tick(), Event::kDeflection)) << "once";
}

TEST(Deflection, IsNoneIfTheCustomerComesBack) {
  Harness harness;
  harness.Activate(NightPolicy());
  harness.Apply(Message(harness, "eva", "m1", "praise_feedback"));
  harness.now += kHour - 1;
  EXPECT_TRUE(
      Has(harness.Apply(Message(harness, "eva", "m1", "praise_feedback")), Event::kDuplicate));
  const Collector back = harness.Apply(Message(harness, "eva", "m2"));
  EXPECT_FALSE(FindEvent(back, Event::kDeflection).deflection().deflected());
  EXPECT_EQ(back.commands().size(), 1u);
}

TEST(Deflection, CountsWhatABotResolved) {
  Harness harness;
  harness.Activate(NightPolicy());
  harness.now += kHour;
  const Command first = harness.Apply(Message(harness, "eva", "m1")).commands()[0];
  RoutingRecord closed = Closed("eva", first.enqueue().conversation_id(), 1, 1, "greeter");
  closed.mutable_closed()->set_reason(routing::v1::CLOSE_REASON_RESOLVED_BY_BOT);
  harness.Apply(closed);
  harness.now += 1'000;
  const Event settled = FindEvent(harness.Apply(Message(harness, "eva", "m2")), Event::kDeflection);
  EXPECT_FALSE(settled.deflection().deflected());
  EXPECT_EQ(settled.conversation_id(), first.enqueue().conversation_id());
}

TEST(OtherPools, AStepThereGoesOnWithTheRestOfItsRoute) {
  Harness harness;
  policy::v1::RouteSection section = SamplePolicy();
  auto& rest = *section.mutable_routes()->rbegin();
  auto& step = *rest.add_steps();
  step.set_pool("partner");
  step.set_queue("help");
  rest.add_steps()->set_queue("late");
  harness.Activate(section);
  const Command first = harness.Apply(Message(harness, "eva", "m1")).commands()[0];
  EXPECT_EQ(first.enqueue().steps_size(), 4);
  RoutingRecord released = Released(first, "step");
  released.mutable_released()->set_to_pool("partner");
  released.mutable_released()->set_to_queue("help");
  const Command second = harness.Apply(released).commands()[0];
  EXPECT_EQ(second.pool(), "partner");
  ASSERT_EQ(second.enqueue().steps_size(), 2);
  EXPECT_EQ(second.enqueue().steps(0).queue(), "help");
  EXPECT_EQ(second.enqueue().steps(1).queue(), "late");
  EXPECT_EQ(second.enqueue().route(), "rest");
}

TEST(OtherPools, WhatALimitHasMovedSaysSoToItsNextPool) {
  Harness harness;
  harness.Activate(SamplePolicy());
  const Command first = harness.Apply(Message(harness, "eva", "m1")).commands()[0];
  EXPECT_FALSE(first.enqueue().overflowed());
  RoutingRecord released = Released(first, "overflow");
  released.mutable_released()->set_to_pool("sales");
  released.mutable_released()->set_overflowed(true);
  EXPECT_TRUE(harness.Apply(released).commands()[0].enqueue().overflowed());
}

TEST(StickyWindow, OfItsPoolSaysForHowLongAnAgentIsPreferred) {
  Harness harness;
  policy::v1::RouteSection section = NightPolicy();
  section.mutable_pools(1)->set_sticky_window_ms(10'000);
  section.set_reopen_window_ms(0);
  harness.Activate(section);
  const Command first = harness.Apply(Message(harness, "eva", "m1")).commands()[0];
  harness.Apply(Closed("eva", first.enqueue().conversation_id(), 1, 1));
  harness.now += 9'999;
  const Command second = harness.Apply(Message(harness, "eva", "m2")).commands()[0];
  EXPECT_EQ(second.enqueue().sticky_agent_id(), "ana");
  harness.Apply(Closed("eva", second.enqueue().conversation_id(), 1, 1));
  harness.now += 10'000;
  EXPECT_EQ(harness.Apply(Message(harness, "eva", "m3")).commands()[0].enqueue().sticky_agent_id(),
            "");
}

TEST(StickyWindow, OfZeroPrefersNobody) {
  Harness harness;
  harness.Activate(NightPolicy());
  const Command first = harness.Apply(Message(harness, "eva", "m1")).commands()[0];
  harness.Apply(Closed("eva", first.enqueue().conversation_id(), 1, 1));
  EXPECT_EQ(harness.Apply(Message(harness, "eva", "m2")).commands()[0].enqueue().sticky_agent_id(),
            "");
}

}  // namespace
}  // namespace centralita::route
