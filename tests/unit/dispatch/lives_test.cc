// Whole lives of conversations, and what agents may and may not do.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/dispatch/harness.h"

namespace centralita::dispatch {
namespace {

using events::v1::Event;

class LivesTest : public testing::Test {
 protected:
  void SetUp() override {
    desk.Activate(1, PoolWith(), {{"ana"}, {"bea"}});
    desk.Available("ana");
  }
  Desk desk;
};

TEST_F(LivesTest, EnqueueOfferAcceptReplyResolve) {
  auto enqueue = Desk::NewEnqueue("c1", 50, desk.now);
  *enqueue.add_clocks() = Clock("first_response", clocks::v1::CLOCK_KIND_FIRST_RESPONSE, 60'000);
  desk.Enqueue(enqueue);
  EXPECT_EQ(desk.Find(Event::kQueued).queued().reason(), "new");
  EXPECT_EQ(desk.Find(Event::kQueued).clocks(0).deadline_unix_ms(), desk.now + 60'000);
  const Event offered = desk.Find(Event::kOffered);
  EXPECT_EQ(offered.offered().offer_id(), "c1.1.1");
  EXPECT_EQ(offered.offered().agent_id(), "ana");
  EXPECT_EQ(offered.offered().lease_until_unix_ms(), desk.now + 1'000);
  EXPECT_EQ(offered.decision().winner().agent_id(), "ana");
  EXPECT_EQ(desk.out.event_keys.at(0), base::TenantKey(kTenant, "customer-c1"));
  ASSERT_EQ(desk.out.updates.size(), 1u);
  EXPECT_EQ(desk.out.updates[0].update().offer().work().messages_size(), 1);

  desk.now += 500;
  desk.Accept("ana", "c1");
  EXPECT_EQ(desk.Find(Event::kAccepted).accepted().agent_id(), "ana");
  ASSERT_EQ(desk.out.updates.size(), 2u);
  EXPECT_TRUE(desk.out.updates[0].update().has_assigned());
  EXPECT_FALSE(desk.out.updates[1].update().action_result().has_error());

  desk.now += 500;
  desk.Reply("ana", "c1");
  const Event replied = desk.Find(Event::kReplied);
  EXPECT_TRUE(replied.replied().first_response());
  EXPECT_EQ(replied.replied().response_ms(), 1'000);
  EXPECT_EQ(replied.clocks(0).phase(), clocks::v1::CLOCK_PHASE_STOPPED);
  ASSERT_EQ(desk.out.outbound.size(), 1u);
  EXPECT_EQ(desk.out.outbound[0].text(), "Hola");
  EXPECT_EQ(desk.out.outbound[0].message_id(), "c1-m1");

  desk.Resolve("ana", "c1");
  const Event closed = desk.Find(Event::kClosed);
  EXPECT_EQ(closed.closed().last_sequence(), 1u);
  EXPECT_EQ(closed.closed().messages(), 1u);
  EXPECT_EQ(closed.closed().open_ms(), 1'000);
  ASSERT_EQ(desk.out.routing.size(), 1u);
  EXPECT_EQ(desk.out.routing[0].closed().last_sequence(), 1u);
  EXPECT_EQ(desk.out.routing[0].closed().clocks_size(), 1);

  desk.Append("c1", 2);
  EXPECT_TRUE(desk.out.log.empty()) << "route sends it again, since it lies beyond last_sequence";
}

TEST_F(LivesTest, AnActionIsAnsweredBeforeWhatItMadeRoomForIsOffered) {
  desk.Enqueue("c1", 60);
  desk.Accept("ana", "c1");
  desk.Enqueue("c2", 60);
  desk.Resolve("ana", "c1");
  ASSERT_EQ(desk.out.updates.size(), 2u);
  EXPECT_EQ(desk.out.updates[0].update().action_result().conversation_id(), "c1");
  EXPECT_EQ(desk.out.updates[1].update().offer().work().conversation_id(), "c2");
}

TEST_F(LivesTest, NothingOfAReplysTextIsKept) {
  desk.Enqueue("c1");
  desk.Accept("ana", "c1");
  desk.Reply("ana", "c1");
  for (const auto& [key, value] : AllEntries(*desk.machine))
    EXPECT_EQ(value.find("Hola"), std::string::npos) << key;
}

TEST_F(LivesTest, DeclinedGoesBackWithItsAgeAndNotToTheSameAgentForACooldown) {
  desk.Enqueue("c1");
  const int64_t eligible = desk.now;
  desk.now += 300;
  desk.Decline("ana", "c1");
  EXPECT_EQ(desk.Find(Event::kOfferEnded).offer_ended().end(), events::v1::OFFER_END_DECLINED);
  EXPECT_EQ(desk.Find(Event::kQueued).queued().eligible_unix_ms(), eligible);
  EXPECT_EQ(desk.OfferedTo(), "");
  desk.Available("bea");
  EXPECT_EQ(desk.OfferedTo(), "bea");
  const Event offered = desk.Find(Event::kOffered);
  EXPECT_EQ(offered.offered().offer_id(), "c1.1.2");
  ASSERT_EQ(offered.decision().excluded_size(), 1);
  EXPECT_EQ(offered.decision().excluded(0).reason(), "cooldown");
}

TEST_F(LivesTest, AfterTheCooldownTheSameAgentMayGetItAgain) {
  desk.Enqueue("c1");
  desk.Decline("ana", "c1");
  desk.Tick(4'999);
  EXPECT_EQ(desk.OfferedTo(), "");
  desk.Tick(1);
  EXPECT_EQ(desk.OfferedTo(), "ana");
}

TEST_F(LivesTest, UndeliverableIsNoFaultOfTheAgent) {
  desk.Enqueue("c1");
  desk.Decline("ana", "c1", 1, true);
  EXPECT_EQ(desk.Find(Event::kOfferEnded).offer_ended().end(), events::v1::OFFER_END_UNDELIVERABLE);
  EXPECT_EQ(desk.OfferedTo(), "ana");
}

TEST_F(LivesTest, LeaseRunsOutByTickOnly) {
  desk.Enqueue("c1");
  EXPECT_EQ(desk.machine->NextDue(), base::FromUnixMillis(kStart + 1'000));
  desk.Tick(999);
  EXPECT_TRUE(desk.out.events.empty());
  desk.Tick(1);
  EXPECT_EQ(desk.Find(Event::kOfferEnded).offer_ended().end(), events::v1::OFFER_END_EXPIRED);
  EXPECT_EQ(desk.Find(Event::kQueued).queued().reason(), "expired");
  EXPECT_TRUE(desk.out.updates.at(0).update().has_offer_withdrawn());
  desk.Accept("ana", "c1");
  EXPECT_EQ(desk.Rejection(), "offer_ended");
}

TEST_F(LivesTest, OffersHoldCapacityAndItIsNeverExceeded) {
  desk.Enqueue("c1", 60);
  EXPECT_EQ(desk.OfferedTo(), "ana");
  desk.Enqueue("c2", 50);
  EXPECT_EQ(desk.OfferedTo(), "");
  desk.Enqueue("c3", 40);
  EXPECT_EQ(desk.OfferedTo(), "ana") << "what fits is taken";
  desk.Accept("ana", "c1");
  desk.Resolve("ana", "c1");
  EXPECT_EQ(desk.OfferedWork(), "c2");
}

TEST_F(LivesTest, ARepeatedActionGivesTheSameAnswerAndNoSecondEffect) {
  desk.Enqueue("c1");
  desk.Accept("ana", "c1");
  auto reply = desk.Action("ana", "c1");
  reply.mutable_action()->mutable_reply()->set_text("Hola");
  desk.Apply(reply);
  ASSERT_EQ(desk.out.outbound.size(), 1u);
  reply.mutable_action()->set_session("through-another-gateway");
  desk.Apply(reply);
  EXPECT_TRUE(desk.out.outbound.empty());
  EXPECT_TRUE(desk.out.events.empty());
  ASSERT_EQ(desk.out.updates.size(), 1u);
  EXPECT_EQ(desk.out.updates[0].session(), "through-another-gateway");
  EXPECT_FALSE(desk.out.updates[0].update().action_result().has_error());

  auto resolve = desk.Action("ana", "c1");
  resolve.mutable_action()->mutable_resolve();
  desk.Apply(resolve);
  desk.Apply(resolve);
  EXPECT_TRUE(desk.out.events.empty()) << "remembered after the conversation has gone";
  EXPECT_FALSE(desk.out.updates.at(0).update().action_result().has_error());
}

TEST_F(LivesTest, AnAgentsCorrectionOfTheIntentIsToldBesideWhatTheClassifierSaid) {
  const auto resolved_as = [&](const std::string& conversation, const std::string& intent) {
    auto enqueue = Desk::NewEnqueue(conversation, 50, desk.now);
    enqueue.mutable_facts()->set_intent("order_status");
    desk.Enqueue(enqueue);
    desk.Accept("ana", conversation);
    auto resolve = desk.Action("ana", conversation);
    resolve.mutable_action()->mutable_resolve()->set_intent(intent);
    desk.Apply(resolve);
    return desk.Find(Event::kClosed).closed();
  };
  EXPECT_EQ(resolved_as("c1", "").intent(), "order_status");
  EXPECT_EQ(resolved_as("c2", "").classified_intent(), "");
  EXPECT_EQ(resolved_as("c3", "order_status").classified_intent(), "") << "agreed";
  EXPECT_EQ(resolved_as("c4", "return_refund").intent(), "return_refund");
  EXPECT_EQ(resolved_as("c5", "return_refund").classified_intent(), "order_status");
}

TEST_F(LivesTest, WhatMayNotBeDoneIsRejectedWithItsCodeAndChangesNothing) {
  desk.Available("bea");
  desk.Enqueue("c1");
  const std::string has = desk.OfferedTo();
  const std::string other = has == "ana" ? "bea" : "ana";
  const auto before = AllEntries(*desk.machine);
  const auto code = [&](auto&& act) {
    act();
    return desk.Rejection();
  };
  EXPECT_EQ(code([&] { desk.Accept("zoe", "c1"); }), "unknown_agent");
  EXPECT_EQ(code([&] { desk.Accept(other, "c1"); }), "not_yours");
  EXPECT_EQ(code([&] { desk.Accept(has, "c1", 7); }), "no_such_offer");
  EXPECT_EQ(code([&] { desk.Accept(has, "nowhere"); }), "unknown_conversation");
  EXPECT_EQ(code([&] { desk.Reply(has, "c1"); }), "not_active");
  EXPECT_EQ(code([&] { desk.Resolve(has, "nowhere"); }), "unknown_conversation");
  EXPECT_TRUE(desk.out.updates.at(0).update().action_result().has_error());
  auto stale = desk.Action(has, "c1");
  stale.mutable_action()->set_session("old");
  stale.mutable_action()->mutable_resolve();
  EXPECT_EQ(code([&] { desk.Apply(stale); }), "wrong_session");
  desk.Accept(has, "c1");
  EXPECT_EQ(code([&] { desk.Reply(other, "c1"); }), "not_yours");
  EXPECT_EQ(code([&] { desk.Hold(has, "c1", desk.now - 1); }), "invalid_until");
  // But for the accept itself, the conversation is as it was.
  EXPECT_EQ(AllEntries(*desk.machine).size(), before.size());
}

TEST_F(LivesTest, MessagesAreAppliedInOrderAndGapsAreHeld) {
  desk.Enqueue("c1");
  desk.Accept("ana", "c1");
  desk.Append("c1", 3);
  EXPECT_TRUE(desk.out.log.empty());
  desk.Append("c1", 1);
  EXPECT_TRUE(desk.out.log.empty()) << "lower or equal";
  desk.Append("c1", 2, 2);
  EXPECT_TRUE(desk.out.log.empty()) << "another revision";
  desk.Append("c1", 2);
  ASSERT_EQ(desk.out.updates.size(), 1u);
  EXPECT_EQ(desk.out.updates[0].update().messages_added().messages_size(), 2);
  desk.Resolve("ana", "c1");
  EXPECT_EQ(desk.Find(Event::kClosed).closed().last_sequence(), 3u);
  EXPECT_EQ(desk.Find(Event::kClosed).closed().messages(), 3u);
}

TEST_F(LivesTest, RouteIsToldOfProgressEvery64Messages) {
  desk.Enqueue("c1");
  std::vector<uint64_t> reported;
  for (uint64_t sequence = 2; sequence <= 130; ++sequence) {
    desk.Append("c1", sequence);
    for (const auto& record : desk.out.routing)
      reported.push_back(record.progress().last_sequence());
  }
  EXPECT_EQ(reported, (std::vector<uint64_t>{64, 128}));
}

TEST_F(LivesTest, HoldFreesCapacityAndTheCustomerComesBackToTheSameAgent) {
  desk.Enqueue("c1", 100);
  desk.Accept("ana", "c1");
  desk.Enqueue("c2", 100);
  desk.Hold("ana", "c1");
  EXPECT_TRUE(desk.Find(Event::kHeld).held().freed());
  EXPECT_EQ(desk.OfferedWork(), "c2");
  desk.Accept("ana", "c2");
  desk.Resolve("ana", "c2");
  desk.Append("c1", 2);
  EXPECT_EQ(desk.Find(Event::kResumed).resumed().agent_id(), "ana");
}

TEST_F(LivesTest, IfTheAgentIsFullTheConversationIsQueuedStickyAtItsAge) {
  auto pool = PoolWith();
  pool.set_sticky_window_ms(60'000);
  desk.Activate(2, pool, {{"ana"}, {"bea"}});
  desk.Enqueue("c1", 100);
  const int64_t eligible = desk.now;
  desk.Accept("ana", "c1");
  desk.Hold("ana", "c1");
  desk.Enqueue("c2", 100);
  desk.now += 500;
  desk.Append("c1", 2);
  EXPECT_EQ(desk.Find(Event::kUnassigned).unassigned().reason(), "full");
  EXPECT_EQ(desk.Find(Event::kQueued).queued().reason(), "customer_back");
  EXPECT_EQ(desk.Find(Event::kQueued).queued().eligible_unix_ms(), eligible);
  desk.Decline("ana", "c2");
  EXPECT_EQ(desk.OfferedWork(), "c1");
  EXPECT_TRUE(desk.Find(Event::kOffered).decision().winner().sticky());
}

TEST_F(LivesTest, AHoldThatTheCustomerDoesNotAnswerIsClosed) {
  auto pool = PoolWith();
  pool.set_hold_timeout_ms(10'000);
  desk.Activate(2, pool, {{"ana"}});
  desk.Enqueue("c1");
  desk.Accept("ana", "c1");
  desk.Hold("ana", "c1");
  desk.Tick(10'000);
  EXPECT_EQ(desk.Find(Event::kClosed).closed().reason(), routing::v1::CLOSE_REASON_CUSTOMER_SILENT);
  EXPECT_EQ(desk.out.routing.at(0).closed().reason(), routing::v1::CLOSE_REASON_CUSTOMER_SILENT);
}

TEST_F(LivesTest, TransferReleasesToRoute) {
  desk.Enqueue("c1");
  desk.Accept("ana", "c1");
  desk.Transfer("ana", "c1");
  EXPECT_EQ(desk.Find(Event::kReleased).released().reason(), "transfer");
  const auto released = desk.out.routing.at(0).released();
  EXPECT_EQ(released.to_queue(), "vip");
  EXPECT_EQ(released.agent_id(), "ana");
  EXPECT_EQ(released.eligible_unix_ms(), desk.now);
}

TEST_F(LivesTest, ReopenedComesBackWithTheNextRevision) {
  desk.Enqueue("c1");
  desk.Accept("ana", "c1");
  desk.Resolve("ana", "c1");
  auto again = Desk::NewEnqueue("c1", 50, desk.now);
  again.set_revision(2);
  again.set_reopened(true);
  again.set_first_sequence(2);
  again.mutable_messages(0)->set_sequence(2);
  desk.Enqueue(again);
  EXPECT_EQ(desk.Find(Event::kQueued).queued().reason(), "reopened");
  EXPECT_EQ(desk.Find(Event::kOffered).offered().offer_id(), "c1.2.1");
}

TEST_F(LivesTest, ARepeatedEnqueueIsIgnoredAndAHigherRevisionReplaces) {
  desk.Enqueue("c1");
  desk.Accept("ana", "c1");
  desk.Enqueue("c1");
  EXPECT_TRUE(desk.out.log.empty());
  auto next = Desk::NewEnqueue("c1", 50, desk.now);
  next.set_revision(2);
  desk.Enqueue(next);
  EXPECT_EQ(desk.Find(Event::kUnassigned).unassigned().reason(), "replaced");
  EXPECT_EQ(desk.Find(Event::kQueued).revision(), 2u);
}

TEST_F(LivesTest, ASilentAgentLosesTheConversation) {
  auto pool = PoolWith();
  pool.set_silence_ms(2'000);
  desk.Activate(2, pool, {{"ana"}, {"bea"}});
  desk.Enqueue("c1");
  desk.Accept("ana", "c1");
  desk.Reply("ana", "c1");
  desk.Tick(5'000);
  EXPECT_TRUE(desk.out.events.empty()) << "he has answered";
  desk.Append("c1", 2);
  desk.Tick(1'999);
  EXPECT_TRUE(desk.out.events.empty());
  desk.Tick(1);
  EXPECT_EQ(desk.Find(Event::kUnassigned).unassigned().reason(), "silent");
  EXPECT_EQ(desk.Find(Event::kQueued).queued().reason(), "silent");
}

TEST_F(LivesTest, AConversationThatKeepsBouncingIsTagged) {
  auto pool = PoolWith();
  pool.set_bounce_limit(2);
  desk.Activate(2, pool, {{"ana"}, {"bea"}});
  desk.Available("bea");
  desk.Enqueue("c1");
  const std::string first = desk.OfferedTo();
  desk.Decline(first, "c1", 1);
  EXPECT_EQ(desk.Find(Event::kQueued).queued().facts().tags_size(), 0);
  desk.Decline(first == "ana" ? "bea" : "ana", "c1", 2);
  EXPECT_THAT(desk.Find(Event::kQueued).queued().facts().tags(), testing::ElementsAre("bouncing"));
}

}  // namespace
}  // namespace centralita::dispatch
