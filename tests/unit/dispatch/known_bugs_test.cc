// What other systems are known to get wrong, by the names that their users gave it.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/unit/dispatch/harness.h"

namespace centralita::dispatch {
namespace {

using events::v1::Event;

constexpr int32_t kChat = 33;

// Accepts whatever the last record offered to whom; how many.
int AcceptAll(Desk& desk, std::map<std::string, std::set<std::string>>& taken) {
  std::vector<Event> offers;
  for (const auto& event : desk.out.events) {
    if (event.has_offered()) offers.push_back(event);
  }
  for (const Event& offer : offers) {
    auto command = desk.Action(offer.offered().agent_id(), offer.conversation_id());
    command.mutable_action()->mutable_accept()->set_offer_id(offer.offered().offer_id());
    desk.Apply(command);
    taken[offer.offered().agent_id()].insert(offer.conversation_id());
  }
  return static_cast<int>(offers.size());
}

TEST(KnownBugs, FourthChatStuckWhileTheFifthIsAssigned) {
  Desk desk;
  desk.Activate(1, PoolWith(60'000), {{"ana"}});
  desk.Available("ana");
  for (const char* id : {"c1", "c2", "c3", "c4", "c5"}) {
    desk.Enqueue(id, kChat);
    if (desk.OfferedWork() == id) desk.Accept("ana", id);
    ++desk.now;
  }
  desk.Resolve("ana", "c2");
  EXPECT_EQ(desk.OfferedWork(), "c4");
  desk.Accept("ana", "c4");
  desk.Resolve("ana", "c1");
  EXPECT_EQ(desk.OfferedWork(), "c5");
}

TEST(KnownBugs, WorkStuckOnAnAgentWhoLeft) {
  Desk desk;
  desk.Activate(1, PoolWith(60'000), {{"ana"}, {"eva"}});
  desk.Available("ana");
  desk.Enqueue("c1", kChat);
  desk.Accept("ana", "c1");
  desk.Available("eva");
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_OFFLINE);
  EXPECT_EQ(desk.OfferedTo(), "eva");
  EXPECT_EQ(desk.Find(Event::kUnassigned).unassigned().agent_id(), "ana");
}

TEST(KnownBugs, LimitThreeAndFourChatsGivenWithThreeInstances) {
  Desk desk;
  desk.Activate(1, PoolWith(60'000), {{"ana"}});
  std::map<std::string, std::set<std::string>> taken;
  int next = 0;
  for (int round = 0; round < 3; ++round) {
    for (const char* gateway : {"gw1", "gw2", "gw3"}) {
      desk.Presence("ana", commands::v1::PRESENCE_STATUS_AVAILABLE,
                    fmt::format("{}/{}", gateway, round), gateway);
      desk.Enqueue(fmt::format("c{}", next++), kChat);
      for (const auto& event : desk.out.events) {
        if (event.has_offered()) taken["ana"].insert(event.conversation_id());
      }
      EXPECT_LE(taken["ana"].size(), 3u);
    }
  }
  EXPECT_EQ(taken["ana"].size(), 3u);
}

TEST(KnownBugs, TwoAgentsAcceptOneConversation) {
  Desk desk;
  desk.Activate(1, PoolWith(1'000), {{"ana"}, {"eva"}});
  desk.Available("ana");
  desk.Enqueue("c1", kChat);
  ASSERT_EQ(desk.OfferedTo(), "ana");
  desk.Available("eva");
  desk.Tick(1'000);
  ASSERT_EQ(desk.OfferedTo(), "eva");
  desk.Accept("ana", "c1", 1);
  EXPECT_EQ(desk.Rejection(), "offer_ended");
  desk.Accept("eva", "c1", 2);
  EXPECT_TRUE(desk.Has(Event::kAccepted));
  desk.Accept("ana", "c1", 2);
  EXPECT_EQ(desk.Rejection(), "offer_ended");
}

TEST(KnownBugs, RoomOpenedWithNoAgentAlthoughSomeWereOnline) {
  Desk desk;
  desk.Activate(1, PoolWith(), {{"ana"}, {"eva"}, {"leo"}});
  desk.Available("ana");
  desk.Presence("ana", commands::v1::PRESENCE_STATUS_AWAY);
  desk.Available("leo");
  desk.Enqueue("c1", kChat);
  EXPECT_EQ(desk.OfferedTo(), "leo") << "with the very record that queued it";
}

TEST(KnownBugs, BackFromHolidayGetsEverything) {
  Desk desk;
  desk.Activate(1, PoolWith(60'000), {{"ana"}, {"eva"}});
  desk.Available("eva");
  desk.Presence("eva", commands::v1::PRESENCE_STATUS_AWAY);
  desk.now += 14 * 86'400'000LL;
  desk.Available("ana");
  desk.now += 3'600'000;
  desk.Available("eva");
  std::map<std::string, std::set<std::string>> taken;
  for (int i = 0; i < 10; ++i) {
    ++desk.now;
    desk.Enqueue(fmt::format("c{}", i), 10);
    EXPECT_EQ(AcceptAll(desk, taken), 1);
  }
  EXPECT_EQ(taken["ana"].size(), 5u);
  EXPECT_EQ(taken["eva"].size(), 5u);
}

TEST(KnownBugs, FirstAgentAtEightGetsTheWholeNight) {
  Desk desk;
  auto pool = PoolWith(600'000);
  pool.set_release_per_second(2);
  desk.Activate(1, pool, {{"ana"}, {"eva"}, {"leo"}});
  for (int i = 0; i < 12; ++i) desk.Enqueue(fmt::format("mail{}", i), 10);
  desk.now += 8 * 3'600'000LL;
  std::map<std::string, std::set<std::string>> taken;
  desk.Available("ana");
  EXPECT_EQ(AcceptAll(desk, taken), 2);
  desk.Available("eva");
  desk.Available("leo");
  for (int second = 0; second < 10; ++second) {
    desk.Tick(1'000);
    EXPECT_LE(AcceptAll(desk, taken), 2);
  }
  for (const char* agent : {"ana", "eva", "leo"}) EXPECT_EQ(taken[agent].size(), 4u) << agent;
}

TEST(KnownBugs, DeclinedWorkLosesItsAge) {
  Desk desk;
  desk.Activate(1, PoolWith(60'000, 1'000), {{"ana", kChat}, {"eva", kChat}});
  desk.Available("ana");
  desk.Enqueue("old", kChat);
  desk.now += 1;
  desk.Enqueue("young", kChat);
  desk.Decline("ana", "old");
  EXPECT_EQ(desk.OfferedWork(), "young") << "ana has declined the old one just now";
  EXPECT_EQ(desk.Find(Event::kQueued).queued().eligible_unix_ms(), kStart);
  desk.Decline("ana", "young");
  desk.now += 1;
  desk.Enqueue("younger", kChat);
  desk.Available("eva");
  EXPECT_EQ(desk.OfferedWork(), "old");
}

TEST(KnownBugs, UnassignedWorkNotPickedUpWhenAllComeBack) {
  Desk desk;
  desk.Activate(1, PoolWith(60'000), {{"ana"}, {"eva"}});
  for (const char* agent : {"ana", "eva"}) desk.Available(agent);
  desk.Enqueue("c1", 100);
  desk.Enqueue("c2", 100);
  desk.Accept("ana", "c1");
  desk.Accept("eva", "c2");
  for (const char* agent : {"ana", "eva"}) {
    desk.Presence(agent, commands::v1::PRESENCE_STATUS_LOST);
  }
  desk.Tick(3'000);
  for (const char* agent : {"ana", "eva"}) {
    desk.Presence(agent, commands::v1::PRESENCE_STATUS_AVAILABLE, fmt::format("again/{}", agent),
                  "gw2");
    EXPECT_EQ(desk.OfferedTo(), agent);
  }
}

TEST(KnownBugs, OnlyAgentOfAPoolNeverOfferedAgainAfterALostOffer) {
  Desk desk;
  desk.Activate(1, PoolWith(1'000, 5'000), {{"ana"}});
  desk.Available("ana");
  desk.Enqueue("c1", kChat);
  for (int i = 0; i < 3; ++i) {
    desk.Tick(1'000);
    EXPECT_TRUE(desk.Has(Event::kOfferEnded)) << i;
    desk.Tick(5'000);
    EXPECT_EQ(desk.OfferedTo(), "ana") << i;
  }
}

}  // namespace
}  // namespace centralita::dispatch
