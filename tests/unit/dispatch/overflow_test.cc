// Ways out of a queue that the policy opens, and what it says of bots and of bouncing work.
#include <gtest/gtest.h>

#include "tests/unit/dispatch/harness.h"

namespace centralita::dispatch {
namespace {

using events::v1::Event;

policy::v1::PoolSection PoolWithLimit(const policy::v1::QueueLimit& limit) {
  auto pool = PoolWith();
  *pool.mutable_queues(0)->add_limits() = limit;
  return pool;
}

policy::v1::QueueLimit ToPartner() {
  policy::v1::QueueLimit limit;
  limit.set_to_pool("partner");
  limit.set_to_queue("help");
  return limit;
}

TEST(Limit, ALongQueueSendsWhatComesNextToAnotherPoolByRoute) {
  Desk desk;
  auto limit = ToPartner();
  limit.set_longer_than(2);
  desk.Activate(1, PoolWithLimit(limit), {});
  for (const char* id : {"a", "b", "c"}) {
    desk.Enqueue(id);
    EXPECT_FALSE(desk.Has(Event::kReleased)) << id;
  }
  desk.Enqueue("d");
  const auto overflowed = desk.Find(Event::kOverflowed).overflowed();
  EXPECT_EQ(overflowed.length(), 3u);
  EXPECT_EQ(overflowed.limit(), "longer_than");
  EXPECT_EQ(overflowed.from_queue(), "general");
  ASSERT_EQ(desk.out.routing.size(), 1u);
  const auto& released = desk.out.routing[0].released();
  EXPECT_EQ(released.conversation_id(), "d");
  EXPECT_EQ(released.reason(), "overflow");
  EXPECT_EQ(released.to_pool(), "partner");
  EXPECT_EQ(released.to_queue(), "help");
  EXPECT_TRUE(released.overflowed());
  EXPECT_EQ(released.eligible_unix_ms(), desk.now) << "it keeps its age";
}

TEST(Limit, WhatALimitHasMovedStaysWhereItIs) {
  Desk desk;
  auto limit = ToPartner();
  limit.set_longer_than(1);
  desk.Activate(1, PoolWithLimit(limit), {});
  desk.Enqueue("a");
  desk.Enqueue("b");
  auto back = Desk::NewEnqueue("c", 50, desk.now);
  back.set_overflowed(true);
  desk.Enqueue(back);
  EXPECT_FALSE(desk.Has(Event::kReleased));
}

TEST(Limit, AnOldHeadSendsWhatComesNextToAnotherQueueWithoutRequirements) {
  Desk desk;
  policy::v1::QueueLimit limit;
  limit.set_older_than_ms(60'000);
  limit.set_to_queue("vip");
  limit.set_raise_to(classification::v1::PRIORITY_BAND_HIGH);
  desk.Activate(1, PoolWithLimit(limit), {{"ana"}});
  desk.Available("ana");
  auto asking = Desk::NewEnqueue("a", 50, desk.now);
  asking.mutable_steps(0)->add_skills()->set_name("billing");
  desk.Enqueue(asking);
  desk.now += 60'000;
  asking.set_conversation_id("b");
  asking.set_eligible_unix_ms(desk.now);
  desk.Enqueue(asking);
  EXPECT_FALSE(desk.Has(Event::kOverflowed)) << "not older than a minute yet";
  desk.now += 1;
  asking.set_conversation_id("c");
  asking.set_eligible_unix_ms(desk.now);
  desk.Enqueue(asking);
  EXPECT_EQ(desk.Find(Event::kOverflowed).overflowed().oldest_age_ms(), 60'001);
  EXPECT_EQ(desk.OfferedWork(), "c") << "ana has not the skill, but there it is not asked for";
  EXPECT_EQ(desk.Find(Event::kOffered).queue(), "vip");
}

TEST(Limit, OutsideHoursWorkGoesToTheBots) {
  Desk desk;
  auto limit = ToPartner();
  limit.set_outside_hours("office");
  auto activation = Activation(1, PoolWithLimit(limit), {});
  auto& office = *activation.mutable_activate()->add_calendars();
  office.set_name("office");
  office.set_known_from_unix_ms(kStart - 1'000'000);
  office.set_known_until_unix_ms(kStart + 1'000'000);
  auto& span = *office.add_spans();
  span.set_start_unix_ms(kStart);
  span.set_end_unix_ms(kStart + 1'000);
  desk.Apply(activation);
  desk.Enqueue("open");
  EXPECT_FALSE(desk.Has(Event::kReleased));
  desk.now += 1'000;
  desk.Enqueue("closed");
  EXPECT_EQ(desk.Find(Event::kOverflowed).overflowed().limit(), "outside_hours");
  EXPECT_TRUE(desk.Has(Event::kReleased));
}

TEST(Limit, CountsWhoWaitsAlsoAfterARestart) {
  Desk desk;
  auto limit = ToPartner();
  limit.set_longer_than(1);
  desk.Activate(1, PoolWithLimit(limit), {{"ana", 50}});
  desk.Enqueue("a");
  desk.Enqueue("b");
  desk.Available("ana");
  EXPECT_EQ(desk.OfferedWork(), "a") << "one left";
  desk.machine = Restored(*desk.machine);
  desk.Enqueue("c");
  EXPECT_FALSE(desk.Has(Event::kReleased));
  desk.Enqueue("d");
  EXPECT_TRUE(desk.Has(Event::kReleased));
}

TEST(Limit, OfANewPolicyCountsThoseWhoWaitAlready) {
  Desk desk;
  desk.Activate(1, PoolWith(), {});
  for (const char* id : {"a", "b", "c"}) desk.Enqueue(id);
  auto limit = ToPartner();
  limit.set_longer_than(2);
  desk.Activate(2, PoolWithLimit(limit), {});
  desk.Enqueue("d");
  EXPECT_TRUE(desk.Has(Event::kReleased));
}

TEST(StepElsewhere, SendsItThereWhenItsTimeHasComeAndNotBefore) {
  Desk desk;
  desk.Activate(1, PoolWith(), {});
  auto enqueue = Desk::NewEnqueue("a", 50, desk.now);
  enqueue.mutable_steps(0)->set_for_ms(5'000);
  auto& step = *enqueue.add_steps();
  step.set_pool("partner");
  step.set_queue("help");
  desk.Enqueue(enqueue);
  desk.Tick(4'999);
  EXPECT_FALSE(desk.Has(Event::kReleased));
  desk.Tick(1);
  ASSERT_EQ(desk.out.routing.size(), 1u);
  EXPECT_EQ(desk.out.routing[0].released().reason(), "step");
  EXPECT_EQ(desk.out.routing[0].released().to_pool(), "partner");
  EXPECT_EQ(desk.out.routing[0].released().to_queue(), "help");
}

TEST(StepElsewhere, WaitsForTheEndOfAnOffer) {
  Desk desk;
  desk.Activate(1, PoolWith(10'000), {{"ana"}});
  desk.Available("ana");
  auto enqueue = Desk::NewEnqueue("a", 50, desk.now);
  enqueue.mutable_steps(0)->set_for_ms(5'000);
  enqueue.add_steps()->set_pool("partner");
  desk.Enqueue(enqueue);
  desk.Tick(6'000);
  EXPECT_FALSE(desk.Has(Event::kReleased)) << "it is with ana";
  desk.Decline("ana", "a");
  EXPECT_TRUE(desk.Has(Event::kReleased));
}

commands::v1::Enqueue ForPeople(std::string_view id, int64_t now) {
  auto enqueue = Desk::NewEnqueue(id, 50, now);
  enqueue.mutable_facts()->set_people_only(true);
  return enqueue;
}

TEST(PeopleOnly, IsNeverOfferedToABot) {
  Desk desk;
  desk.Activate(1, PoolWith(), {{.id = "bot", .capacity = 1000, .bot = true}, {"ana"}});
  desk.Available("bot");
  desk.Enqueue(ForPeople("a", desk.now));
  EXPECT_EQ(desk.OfferedTo(), "");
  desk.Enqueue("b");
  EXPECT_EQ(desk.OfferedTo(), "bot");
  desk.Available("ana");
  EXPECT_EQ(desk.OfferedTo(), "ana");
  const Event offered = desk.Find(Event::kOffered);
  const auto& excluded = offered.decision().excluded();
  ASSERT_EQ(excluded.size(), 1);
  EXPECT_EQ(excluded[0].reason(), "bot");
}

TEST(PeopleOnly, WhoTurnsAngryIsTakenFromTheBotAndRoutedAnew) {
  Desk desk;
  desk.Activate(1, PoolWith(), {{.id = "bot", .capacity = 1000, .bot = true}});
  desk.Available("bot");
  desk.Enqueue("a");
  desk.Accept("bot", "a");
  auto command = Command();
  command.mutable_amend()->set_conversation_id("a");
  command.mutable_amend()->set_revision(1);
  command.mutable_amend()->mutable_facts()->set_people_only(true);
  desk.Apply(command);
  EXPECT_EQ(desk.Find(Event::kUnassigned).unassigned().reason(), "people_only");
  ASSERT_EQ(desk.out.routing.size(), 1u);
  EXPECT_EQ(desk.out.routing[0].released().reason(), "people_only");
  EXPECT_TRUE(desk.out.routing[0].released().from_bot());
  EXPECT_EQ(desk.out.routing[0].released().to_pool(), "");
}

TEST(Handoff, CarriesWhatTheBotCollectedAndWhoGetsItSeesIt) {
  Desk desk;
  desk.Activate(1, PoolWith(), {{.id = "bot", .capacity = 1000, .bot = true}, {"ana"}});
  desk.Available("bot");
  desk.Enqueue("a");
  desk.Accept("bot", "a");
  auto command = desk.Action("bot", "a");
  auto& field = *command.mutable_action()->mutable_transfer()->add_fields();
  field.set_name("order_id");
  field.set_value("LN-12345");
  desk.Apply(command);
  ASSERT_EQ(desk.out.routing.size(), 1u);
  const routing::v1::ConversationReleased released = desk.out.routing[0].released();
  EXPECT_EQ(released.reason(), "handoff");
  EXPECT_TRUE(released.from_bot());
  ASSERT_EQ(released.fields_size(), 1);
  EXPECT_EQ(released.fields(0).value(), "LN-12345");

  desk.Available("ana");
  auto again = ForPeople("a", desk.now);
  again.set_revision(2);
  *again.mutable_fields() = released.fields();
  desk.Enqueue(again);
  EXPECT_EQ(desk.OfferedTo(), "ana");
  bool seen = false;
  for (const auto& update : desk.out.updates) {
    if (!update.update().has_offer()) continue;
    seen = true;
    ASSERT_EQ(update.update().offer().work().fields_size(), 1);
    EXPECT_EQ(update.update().offer().work().fields(0).name(), "order_id");
  }
  EXPECT_TRUE(seen);
}

TEST(Handoff, OfTooMuchIsRejectedAndChangesNothing) {
  Desk desk;
  desk.Activate(1, PoolWith(), {{.id = "bot", .capacity = 1000, .bot = true}});
  desk.Available("bot");
  desk.Enqueue("a");
  desk.Accept("bot", "a");
  auto command = desk.Action("bot", "a");
  command.mutable_action()->mutable_transfer()->add_fields()->set_value(std::string(1025, 'x'));
  desk.Apply(command);
  EXPECT_EQ(desk.Rejection(), "invalid_fields");
  EXPECT_FALSE(desk.Has(Event::kReleased));
}

// A name that is cut within a character would make a state that nobody can read again.
TEST(Handoff, ARefusalOfALongNameCanBeReadAgain) {
  Desk desk;
  desk.Activate(1, PoolWith(), {{.id = "bot", .capacity = 1000, .bot = true}});
  desk.Available("bot");
  desk.Enqueue("a");
  desk.Accept("bot", "a");
  auto command = desk.Action("bot", "a");
  std::string name;
  for (int i = 0; i < 22; ++i) name += "€";
  auto& field = *command.mutable_action()->mutable_transfer()->add_fields();
  field.set_name(name);
  field.set_value("1");
  desk.Apply(command);
  EXPECT_EQ(desk.Rejection(), "invalid_fields");
  desk.machine = Restored(*desk.machine);
}

TEST(Bounce, DeclinedTooOftenGoesToTheSupervisorsOnce) {
  Desk desk;
  auto pool = PoolWith(1'000, 0);
  pool.set_bounce_limit(2);
  pool.set_bounce_queue("vip");
  desk.Activate(1, pool, {{"ana", 50, {{"help", 5}}}, {"boss", 50}});
  desk.Available("ana");
  auto enqueue = Desk::NewEnqueue("a", 50, desk.now);
  auto& skill = *enqueue.mutable_steps(0)->add_skills();
  skill.set_name("help");
  skill.set_level(1);
  desk.Enqueue(enqueue);
  desk.Decline("ana", "a", 1);
  EXPECT_EQ(desk.Find(Event::kQueued).queue(), "general");
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_AWAY);
  desk.Available("ana");
  desk.Available("boss");
  EXPECT_FALSE(desk.Has(Event::kOffered)) << "boss has not the skill";
  desk.Decline("ana", "a", 2);
  const auto queued = desk.Find(Event::kQueued);
  EXPECT_EQ(queued.queue(), "vip");
  EXPECT_EQ(queued.queued().eligible_unix_ms(), kStart) << "at its original age";
  EXPECT_TRUE(desk.Has(Event::kOffered)) << "whoever is free may take it";
}

TEST(Undeliverable, IsNotOfferedToTheSameAgentAtOnce) {
  Desk desk;
  auto pool = PoolWith();
  pool.set_undeliverable_cooldown_ms(2'000);
  desk.Activate(1, pool, {{"ana"}});
  desk.Available("ana");
  desk.Enqueue("a");
  desk.Decline("ana", "a", 1, true);
  EXPECT_FALSE(desk.Has(Event::kOffered));
  desk.Tick(1'999);
  EXPECT_FALSE(desk.Has(Event::kOffered));
  desk.Tick(1);
  EXPECT_EQ(desk.OfferedTo(), "ana");
}

TEST(Translation, IsFlaggedForWhoDoesNotSpeakTheLanguage) {
  Desk desk;
  desk.Activate(1, PoolWith(), {{"ana", 50, {}, {"en"}}, {"eva", 50, {}, {"es"}}});
  auto enqueue = Desk::NewEnqueue("a", 50, desk.now);
  enqueue.mutable_steps(0)->set_needs_translation(true);
  desk.Available("ana");
  desk.Enqueue(enqueue);
  EXPECT_EQ(desk.OfferedTo(), "ana");
  EXPECT_TRUE(desk.Find(Event::kOffered).offered().needs_translation());
  desk.Available("eva");
  desk.Decline("ana", "a");
  EXPECT_EQ(desk.OfferedTo(), "eva");
  EXPECT_FALSE(desk.Find(Event::kOffered).offered().needs_translation());
}

TEST(Units, OfThePoolStandAboveThoseOfTheTenant) {
  Desk desk;
  auto pool = PoolWith();
  auto& cost = *pool.add_channel_costs();
  cost.set_channel(common::v1::CHANNEL_CHAT);
  cost.set_units(80);
  desk.Activate(1, pool, {{"ana"}});
  desk.Available("ana");
  desk.Enqueue("a", 10);
  EXPECT_EQ(desk.Find(Event::kOffered).offered().units(), 80);
  desk.Enqueue("b", 10);
  EXPECT_FALSE(desk.Has(Event::kOffered));
}

TEST(PoolCalendar, PatienceDoesNotCountWhileItIsClosed) {
  Desk desk;
  auto pool = PoolWith();
  pool.set_calendar("office");
  auto& patience = *pool.add_patience();
  patience.set_band(classification::v1::PRIORITY_BAND_NORMAL);
  patience.set_patience_ms(1'000);
  auto activation = Activation(1, pool, {});
  auto& office = *activation.mutable_activate()->add_calendars();
  office.set_name("office");
  office.set_known_from_unix_ms(kStart);
  office.set_known_until_unix_ms(kStart + 100'000);
  auto& span = *office.add_spans();
  span.set_start_unix_ms(kStart + 50'000);
  span.set_end_unix_ms(kStart + 100'000);
  desk.Apply(activation);
  desk.Enqueue("night");
  EXPECT_EQ(desk.Find(Event::kQueued).queued().due_unix_ms(), kStart + 51'000);
}

TEST(StickyLimit, ALoadedLastAgentIsNotPreferred) {
  Desk desk;
  auto pool = PoolWith();
  pool.set_sticky_limit_percent(40);
  desk.Activate(1, pool, {{"ana"}, {"eva"}});
  desk.Available("ana");
  desk.Enqueue("first", 50);
  ASSERT_EQ(desk.OfferedTo(), "ana");
  desk.Accept("ana", "first");
  desk.Available("eva");
  auto back = Desk::NewEnqueue("b", 10, desk.now);
  back.set_sticky_agent_id("ana");
  back.set_sticky_until_unix_ms(desk.now + 1'000);
  desk.Enqueue(back);
  EXPECT_EQ(desk.OfferedTo(), "eva");
  desk.Resolve("ana", "first");
  back.set_conversation_id("c");
  desk.Enqueue(back);
  EXPECT_EQ(desk.OfferedTo(), "ana");
  EXPECT_TRUE(desk.Find(Event::kOffered).decision().winner().sticky());
}

TEST(Activation, TellsWhoAppliedItAndWhen) {
  Desk desk;
  auto activation = Activation(3, PoolWith(), {});
  activation.mutable_activate()->set_applied_by("eva");
  activation.mutable_activate()->set_applied_unix_ms(kStart - 5);
  activation.mutable_activate()->set_restores_version(1);
  desk.Apply(activation);
  const auto activated = desk.Find(Event::kPolicyActivated).policy_activated();
  EXPECT_EQ(activated.applied_by(), "eva");
  EXPECT_EQ(activated.applied_unix_ms(), kStart - 5);
  EXPECT_EQ(activated.restores_version(), 1u);
}

}  // namespace
}  // namespace centralita::dispatch
