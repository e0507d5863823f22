// One fault of each kind, planted in a ledger that is well otherwise: it must be found, counted and
// named.
#include <gmock/gmock.h>

#include "ledger_builder.h"

namespace centralita::ledger {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

const Matter kFirst{"conversation-a"};
const Matter kAgain{"conversation-a", 2};
const Matter kOther{"conversation-b"};

class PlantedFault : public testing::Test, public LedgerBuilder {
 protected:
  void SetUp() override {
    for (const char* agent : {"ana", "ben"}) {
      Capacity(agent, 100);
      Connect(agent);
    }
  }
  // Exactly this fault, and its first example has `words`.
  void ExpectOnly(const std::string& code, uint64_t count, const std::string& words) {
    const Report report = Check();
    EXPECT_THAT(FaultsOf(report), ElementsAre(Pair(code, count))) << ToTable(report);
    EXPECT_FALSE(report.Clean());
    ASSERT_FALSE(report.faults.at(code).examples.empty());
    EXPECT_THAT(report.faults.at(code).examples.front(), HasSubstr(words));
  }
  void LifeOf(const Matter& matter, const std::string& message) {
    Open(matter, message);
    Hand(matter, "ana", {message});
    Resolve(matter, "ana", 1, 1);
  }
};

TEST_F(PlantedFault, AcceptedMessageWithoutATrace) {
  Accept("m1", 0);
  Accept("m2", 1);
  LifeOf(kFirst, "m1");
  ExpectOnly("lost", 1, "m2");
}

TEST_F(PlantedFault, RepeatedDeliveryWithoutATrace) {
  Accept("m1", 0);
  Accept("m1", 1);
  LifeOf(kFirst, "m1");
  ExpectOnly("lost", 1, "1 of 2 accepted deliveries");
}

TEST_F(PlantedFault, MessageLeftBehindByAClose) {
  Accept("m1", 0);
  Accept("m2", 1);
  Open(kFirst, "m1");
  Hand(kFirst, "ana", {"m1"});
  Join(kFirst, "m2", 2);
  Resolve(kFirst, "ana", 1, 1);
  ExpectOnly("lost", 1, "m2");
}

TEST_F(PlantedFault, MessageNobodyWasToldOf) {
  Accept("m1", 0);
  LifeOf(kFirst, "m1");
  Answer("m9");
  ExpectOnly("ghost", 1, "m9");
}

TEST_F(PlantedFault, MoreDuplicatesThanDeliveries) {
  Accept("m1", 0);
  LifeOf(kFirst, "m1");
  Duplicate("m1");
  ExpectOnly("conservation", 1, "m1");
}

TEST_F(PlantedFault, CloseThatCountsAMessageTooMany) {
  Accept("m1", 0);
  Open(kFirst, "m1");
  Hand(kFirst, "ana", {"m1"});
  Resolve(kFirst, "ana", 1, 2);
  ExpectOnly("conservation", 1, "conversation-a");
}

TEST_F(PlantedFault, ConversationClosedTwice) {
  Accept("m1", 0);
  LifeOf(kFirst, "m1");
  Close(kFirst, "ana", 1, 0);
  ExpectOnly("resolved_twice", 1, "conversation-a");
}

TEST_F(PlantedFault, AutomaticAnswerAndAgentResolveTheSameMessage) {
  Accept("m1", 0);
  Answer("m1");
  LifeOf(kFirst, "m1");
  ExpectOnly("resolved_twice", 1, "m1");
}

TEST_F(PlantedFault, MessageOpenInTwoConversations) {
  Accept("m1", 0);
  Open(kFirst, "m1");
  Open(kOther, "m1");
  ExpectOnly("duplicated_work", 1, "conversation-b");
}

TEST_F(PlantedFault, ClientGetsAMessageInTwoConversations) {
  Accept("m1", 0);
  Accept("m2", 1);
  Open(kFirst, "m1");
  Open(kOther, "m2");
  Hand(kFirst, "ana", {"m1"});
  Hand(kOther, "ben", {"m1", "m2"});
  ExpectOnly("duplicated_work", 1, "m1");
}

TEST_F(PlantedFault, ResolvedConversationComesBackWithNothingNew) {
  Accept("m1", 0);
  LifeOf(kFirst, "m1");
  Hand(kAgain, "ben", {"m1"});
  ExpectOnly("duplicated_work", 1, "revision 2");
}

TEST_F(PlantedFault, ConversationIsAcceptedAfterItWasClosed) {
  Accept("m1", 0);
  LifeOf(kFirst, "m1");
  Offer(kFirst, "ben");
  AcceptOffer(kFirst, "ben");
  ExpectOnly("duplicated_work", 1, "conversation-a");
}

TEST_F(PlantedFault, TwoOwnersByEvents) {
  Accept("m1", 0);
  Open(kFirst, "m1");
  Offer(kFirst, "ana");
  AcceptOffer(kFirst, "ana");
  Wait(10);
  Offer(kFirst, "ben");
  AcceptOffer(kFirst, "ben");
  ExpectOnly("two_owners", 1, "conversation-a");
}

TEST_F(PlantedFault, TwoOwnersInTwoRevisions) {
  Accept("m1", 0);
  Open(kFirst, "m1");
  Offer(kFirst, "ana");
  AcceptOffer(kFirst, "ana");
  Wait(10);
  // Another partition of dispatch takes it, though the first never let it go.
  auto accepted = About(kAgain);
  accepted.set_tenant("luna");
  accepted.set_at_unix_ms(now());
  accepted.mutable_accepted()->set_agent_id("ben");
  accepted.mutable_origin()->mutable_source()->set_stage(common::v1::STAGE_DISPATCH);
  accepted.mutable_origin()->mutable_source()->set_log_epoch(1);
  accepted.mutable_origin()->mutable_source()->set_partition(1);
  metrics::v1::TracedEvent traced;
  *traced.mutable_event() = accepted;
  EmitAgain(traced);
  ExpectOnly("two_owners", 1, "revision 2");
}

TEST_F(PlantedFault, TwoOwnersByTheirClients) {
  Accept("m1", 0);
  Open(kFirst, "m1");
  Hand(kFirst, "ana", {"m1"});
  Wait(10);
  Unassign(kFirst, "ana");
  Hand(kFirst, "ben", {"m1"});
  // Ana's client is connected and was never told.
  Wait(5000);
  ExpectOnly("two_owners", 1, "by their clients");
}

TEST_F(PlantedFault, OverCapacityByEvents) {
  Accept("m1", 0);
  Accept("m2", 1);
  Open(kFirst, "m1");
  Open(kOther, "m2");
  Offer(kFirst, "ana", 60);
  Offer(kOther, "ana", 50);
  ExpectOnly("offers_over_capacity", 1, "110 units of 100");
}

TEST_F(PlantedFault, OverCapacityByTheClient) {
  Accept("m1", 0);
  Accept("m2", 1);
  Open(kFirst, "m1");
  Open(kOther, "m2");
  SawOffer(kFirst, "ana", {"m1"}, 60);
  SawOffer(kOther, "ana", {"m2"}, 50);
  ExpectOnly("offers_over_capacity", 1, "110 units of 100");
}

TEST_F(PlantedFault, OfferBeforeTheWordThatMadeRoomForIt) {
  Accept("m1", 0);
  Accept("m2", 1);
  Open(kFirst, "m1");
  Open(kOther, "m2");
  Hand(kFirst, "ana", {"m1"}, 60);
  DidResolve(kFirst, "ana");
  SawResync("ana", {{.matter = kFirst, .messages = {"m1"}, .units = 60}});
  SawOffer(kOther, "ana", {"m2"}, 50);
  Close(kFirst, "ana", 1, 1);
  SawResult("ana", "resolve conversation-a.1.1", kFirst);
  ExpectOnly("offers_over_capacity", 1, "110 units of 100");
}

TEST_F(PlantedFault, CustomersMessagesTakeEffectInTheWrongOrder) {
  Accept("m1", 0);
  Accept("m2", 1);
  Open(kFirst, "m2");
  Join(kFirst, "m1", 2);
  ExpectOnly("out_of_order", 1, "m1");
}

TEST_F(PlantedFault, SequenceGoesBackWithinAConversation) {
  Accept("m1", 0);
  Accept("m2", 1);
  Accept("m3", 2);
  Open(kFirst, "m1");
  Join(kFirst, "m2", 3);
  Join(kFirst, "m3", 2);
  ExpectOnly("out_of_order", 1, "m3");
}

TEST_F(PlantedFault, ClientSeesMessagesInTheWrongOrder) {
  Accept("m1", 0);
  Accept("m2", 1);
  Open(kFirst, "m1");
  Join(kFirst, "m2", 2);
  SawOffer(kFirst, "ana", {"m2", "m1"});
  ExpectOnly("out_of_order", 1, "m1");
}

TEST_F(PlantedFault, AlarmCountedTwice) {
  Accept("m1", 0);
  Open(kFirst, "m1");
  Breach(kFirst, 1, now());
  Breach(kFirst, 1, now());
  ExpectOnly("alarms_twice", 1, "generation 1");
}

TEST_F(PlantedFault, AlarmBeforeItsTime) {
  Accept("m1", 0);
  Open(kFirst, "m1");
  Breach(kFirst, 1, now() + 1);
  ExpectOnly("early_alarms", 1, "first_response");
}

TEST_F(PlantedFault, ClientWasToldOfAnEffectThatNoEventShows) {
  Accept("m1", 0);
  Open(kFirst, "m1");
  Hand(kFirst, "ana", {"m1"});
  DidResolve(kFirst, "ana");
  SawResult("ana", "resolve conversation-a.1.1", kFirst);
  ExpectOnly("effect_missing", 1, "conversation-a");
}

TEST_F(PlantedFault, OutputsOfAStageInTheWrongOrder) {
  Accept("m1", 0);
  LifeOf(kFirst, "m1");
  events::v1::Event late;
  late.mutable_policy_activated()->set_version(1);
  metrics::v1::TracedEvent traced = Emit(common::v1::STAGE_ROUTE, late);
  traced.mutable_event()->mutable_origin()->mutable_source()->set_offset(0);
  EmitAgain(traced);
  ExpectOnly("output_order", 1, "readers drop it");
}

TEST_F(PlantedFault, RepeatWithOtherContents) {
  Accept("m1", 0);
  Open(kFirst, "m1");
  Hand(kFirst, "ana", {"m1"});
  auto close = Close(kFirst, "ana", 1, 1);
  close.mutable_event()->mutable_closed()->set_agent_id("ben");
  EmitAgain(close);
  ExpectOnly("diverging_repeats", 1, "two different events");
}

TEST_F(PlantedFault, AllAreCountedAndTenAreTold) {
  for (uint64_t i = 0; i < 25; ++i) Accept("m" + std::to_string(i), i);
  const Report report = Check();
  EXPECT_EQ(report.Count("lost"), 25u);
  EXPECT_EQ(report.faults.at("lost").examples.size(), 10u);
}

}  // namespace
}  // namespace centralita::ledger
