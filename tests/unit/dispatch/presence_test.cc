// Sessions, gateways, and what becomes of an agent's work.
#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/dispatch/harness.h"

namespace centralita::dispatch {
namespace {

using events::v1::Event;
using testing::ElementsAre;

class PresenceTest : public testing::Test {
 protected:
  void SetUp() override { desk.Activate(1, PoolWith(), {{"ana"}, {"bea"}}); }

  void GiveActiveWork() {
    desk.Available("ana");
    desk.Enqueue("c1");
    desk.Accept("ana", "c1");
  }
  std::vector<std::string> ResyncOf(std::string_view incarnation) {
    std::vector<std::string> seen;
    desk.machine->ForEachAgentUpdate(incarnation, [&](const owner::v1::AgentUpdate& update) {
      for (const auto& offer : update.update().resync().offers()) {
        seen.push_back(update.agent_id() + " offer " + offer.work().conversation_id());
        EXPECT_EQ(offer.decision().winner().agent_id(), update.agent_id()) << "its reason is kept";
      }
      for (const auto& work : update.update().resync().assigned()) {
        seen.push_back(update.agent_id() + (work.held() ? " held " : " has ") +
                       work.work().conversation_id());
      }
    });
    return seen;
  }
  Desk desk;
};

TEST_F(PresenceTest, AnAgentWhomTheDirectoryDoesNotKnowIsRejected) {
  desk.Available("zoe");
  EXPECT_EQ(desk.Rejection(), "unknown_agent");
  EXPECT_EQ(desk.out.event_keys.at(0), base::TenantKey(kTenant, "pool/support"));
  auto elsewhere = desk.Action("ana", "c1");
  elsewhere.set_pool("no such pool");
  elsewhere.mutable_action()->mutable_resolve();
  desk.Apply(elsewhere);
  EXPECT_EQ(desk.Rejection(), "unknown_agent");
}

TEST_F(PresenceTest, AwayKeepsHisWorkAndGetsNoOffers) {
  GiveActiveWork();
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_AWAY);
  EXPECT_EQ(desk.Find(Event::kPresence).presence().load_units(), 50);
  desk.Enqueue("c2");
  EXPECT_EQ(desk.OfferedTo(), "");
  desk.Reply("ana", "c1");
  EXPECT_TRUE(desk.Has(Event::kReplied));
  desk.Available("ana");
  EXPECT_EQ(desk.OfferedWork(), "c2");
}

TEST_F(PresenceTest, OfflineReturnsTheWorkAtOnceAtItsAge) {
  GiveActiveWork();
  const int64_t eligible = desk.now;
  desk.now += 700;
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_OFFLINE);
  EXPECT_EQ(desk.Find(Event::kUnassigned).unassigned().reason(), "offline");
  EXPECT_EQ(desk.Find(Event::kQueued).queued().eligible_unix_ms(), eligible);
}

TEST_F(PresenceTest, LostReturnsOffersAtOnceAndWorkAfterTheGrace) {
  GiveActiveWork();
  desk.Enqueue("c2");
  ASSERT_EQ(desk.OfferedTo(), "ana");
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_LOST);
  EXPECT_EQ(desk.Find(Event::kOfferEnded).offer_ended().end(), events::v1::OFFER_END_AGENT_LOST);
  EXPECT_EQ(desk.Find(Event::kQueued).conversation_id(), "c2");
  desk.Tick(2'999);
  EXPECT_TRUE(desk.out.events.empty());
  desk.Tick(1);
  EXPECT_EQ(desk.Find(Event::kUnassigned).unassigned().reason(), "agent_lost");
  EXPECT_EQ(desk.Find(Event::kQueued).conversation_id(), "c1");
}

TEST_F(PresenceTest, WhoReconnectsInTimeKeepsHisWork) {
  GiveActiveWork();
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_LOST);
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_AVAILABLE, "second", "gw2");
  desk.Tick(10'000);
  EXPECT_TRUE(desk.out.events.empty());
  EXPECT_THAT(ResyncOf("gw2"), ElementsAre("ana has c1"));
  EXPECT_THAT(desk.machine->Incarnations(), ElementsAre("gw2"));
}

TEST_F(PresenceTest, ALossHitsOnlyItsOwnSessionAndANewSessionSupersedes) {
  GiveActiveWork();
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_AVAILABLE, "second", "gw2");
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_LOST, Desk::SessionOf("ana"));
  EXPECT_TRUE(desk.out.events.empty()) << "the old session's loss";
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_AWAY, Desk::SessionOf("ana"));
  EXPECT_EQ(desk.Rejection(), "wrong_session");
  desk.Reply("ana", "c1");
  EXPECT_EQ(desk.Rejection(), "wrong_session");
  EXPECT_THAT(ResyncOf("gw1"), ElementsAre());
  EXPECT_THAT(ResyncOf("gw2"), ElementsAre("ana has c1"));
}

// The word of the connection that is gone may come behind that of the one that is there.
TEST_F(PresenceTest, AConnectionThatCountsNoMoreIsToldSo) {
  GiveActiveWork();
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_AVAILABLE, "second", "gw2");
  ASSERT_EQ(desk.out.updates.size(), 2u);
  EXPECT_EQ(desk.out.updates[0].session(), Desk::SessionOf("ana"));
  EXPECT_TRUE(desk.out.updates[0].update().has_closing());
  EXPECT_EQ(desk.out.updates[1].session(), "second");
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_AVAILABLE);
  ASSERT_EQ(desk.out.updates.size(), 1u) << "announced again, by a resync";
  EXPECT_EQ(desk.out.updates[0].session(), Desk::SessionOf("ana"));
  EXPECT_TRUE(desk.out.updates[0].update().has_closing());
  EXPECT_EQ(desk.Rejection(), "wrong_session");
}

TEST_F(PresenceTest, AnActionRefusedForItsSessionMayBeRetriedThroughTheRightOne) {
  GiveActiveWork();
  auto resolve = desk.Action("ana", "c1");
  resolve.mutable_action()->mutable_resolve();
  resolve.mutable_action()->set_session("old");
  desk.Apply(resolve);
  EXPECT_EQ(desk.Rejection(), "wrong_session");
  resolve.mutable_action()->set_session(Desk::SessionOf("ana"));
  desk.Apply(resolve);
  EXPECT_TRUE(desk.Has(Event::kClosed));
}

TEST_F(PresenceTest, ALostGatewayIsTheLossOfAllItsSessions) {
  GiveActiveWork();
  desk.Presence("bea", commands::v1::PRESENCE_STATUS_AVAILABLE, {}, "gw2");
  commands::v1::Command lost;
  lost.mutable_gateway_lost()->set_incarnation("gw1");
  desk.Apply(lost);
  EXPECT_EQ(desk.Find(Event::kPresence).presence().agent_id(), "ana");
  EXPECT_EQ(desk.out.events.size(), 1u);
  EXPECT_THAT(desk.machine->Incarnations(), ElementsAre("gw2"));
  desk.Tick(3'000);
  EXPECT_EQ(desk.OfferedTo(), "bea");
}

TEST_F(PresenceTest, ALossOfManySessionsGoesInSlices) {
  std::vector<AgentSpec> agents;
  for (int i = 0; i < 600; ++i) agents.push_back({fmt::format("agent{}", i)});
  desk.Activate(2, PoolWith(), agents);
  for (const auto& agent : agents) desk.Available(agent.id);
  commands::v1::Command lost;
  lost.mutable_gateway_lost()->set_incarnation("gw1");
  size_t events = desk.Apply(lost).events.size();
  EXPECT_LE(events, 256u);
  while (desk.machine->NextDue() <= base::FromUnixMillis(desk.now))
    events += desk.Tick(0).events.size();
  EXPECT_EQ(events, 600u);
  EXPECT_TRUE(desk.machine->Incarnations().empty());
}

TEST_F(PresenceTest, HeldWorkStaysHisWhenHeLeavesAndIsQueuedWhenTheCustomerComesBack) {
  auto pool = PoolWith();
  pool.set_hold_frees_capacity(false);
  desk.Activate(2, pool, {{"ana"}, {"bea"}});
  GiveActiveWork();
  desk.Hold("ana", "c1");
  EXPECT_FALSE(desk.Find(Event::kHeld).held().freed());
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_OFFLINE);
  EXPECT_TRUE(desk.Find(Event::kHeld).held().freed());
  desk.Append("c1", 2);
  EXPECT_EQ(desk.Find(Event::kQueued).queued().reason(), "customer_back");
}

TEST_F(PresenceTest, ANewSessionIsToldWhatTheAgentKept) {
  GiveActiveWork();
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_LOST);
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_AVAILABLE, "gw1/2");
  const auto& updates = desk.out.updates;
  const auto resync = std::find_if(updates.begin(), updates.end(),
                                   [](const auto& update) { return update.update().has_resync(); });
  ASSERT_NE(resync, updates.end());
  EXPECT_EQ(resync->session(), "gw1/2");
  ASSERT_EQ(resync->update().resync().assigned_size(), 1);
  EXPECT_EQ(resync->update().resync().assigned(0).work().conversation_id(), "c1");
}

TEST_F(PresenceTest, ResyncHasOffersAndWork) {
  GiveActiveWork();
  desk.Enqueue("c2");
  EXPECT_THAT(ResyncOf("gw1"), ElementsAre("ana offer c2", "ana has c1"));
}

}  // namespace
}  // namespace centralita::dispatch
