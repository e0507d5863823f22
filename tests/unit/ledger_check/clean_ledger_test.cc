// Ledgers in which all is well, though much happened: none of it may be taken for a fault.
#include <gmock/gmock.h>

#include "ledger_builder.h"

namespace centralita::ledger {
namespace {

using testing::IsEmpty;

const Matter kFirst{"conversation-a"};
const Matter kAgain{"conversation-a", 2};
const Matter kOther{"conversation-b"};

class CleanLedger : public testing::Test, public LedgerBuilder {
 protected:
  void SetUp() override {
    for (const char* agent : {"ana", "ben"}) {
      Capacity(agent, 100);
      Connect(agent);
    }
  }
  // Conservation holds in every clean ledger.
  Report CheckClean(const CheckOptions& options = {}) {
    Report report = Check(options);
    EXPECT_THAT(FaultsOf(report), IsEmpty()) << ToTable(report);
    EXPECT_EQ(report.accepted,
              report.duplicates + report.resolved + report.dead_lettered + report.in_flight);
    return report;
  }
};

TEST_F(CleanLedger, WholeLifeIsResolvedAndTimed) {
  Accept("m1", 0);
  Open(kFirst, "m1");
  Queue(kFirst);
  Hand(kFirst, "ana", {"m1"});
  Resolve(kFirst, "ana", 1, 1);
  const Report report = CheckClean();
  EXPECT_EQ(report.accepted, 1u);
  EXPECT_EQ(report.resolved, 1u);
  EXPECT_EQ(report.p50_ms, 5);
  EXPECT_EQ(report.p99_ms, 5);
}

TEST_F(CleanLedger, SameWebhookThreeTimesIsOneMessageAndTwoDuplicates) {
  for (uint64_t offset = 0; offset < 3; ++offset) Accept("m1", offset);
  Open(kFirst, "m1");
  Duplicate("m1");
  Duplicate("m1");
  Hand(kFirst, "ana", {"m1"});
  Resolve(kFirst, "ana", 1, 1);
  const Report report = CheckClean();
  EXPECT_EQ(report.accepted, 3u);
  EXPECT_EQ(report.duplicates, 2u);
  EXPECT_EQ(report.resolved, 1u);
}

TEST_F(CleanLedger, AutomaticAnswerResolves) {
  Accept("m1", 0);
  Answer("m1");
  EXPECT_EQ(CheckClean().resolved, 1u);
}

TEST_F(CleanLedger, RepeatedRecordsCountOnce) {
  Accept("m1", 0);
  Open(kFirst, "m1");
  Hand(kFirst, "ana", {"m1"});
  Wait(1000);
  const auto breach = Breach(kFirst, 1, now());
  EmitAgain(breach);
  EmitAgain(Close(kFirst, "ana", 1, 1));
  const Report report = CheckClean();
  EXPECT_EQ(report.breaches, 1u);
  EXPECT_EQ(report.resolved, 1u);
  EXPECT_EQ(report.notes.at("event_repeats_dropped"), 2u);
}

TEST_F(CleanLedger, LostAgentGivesWorkToAnother) {
  Accept("m1", 0);
  Open(kFirst, "m1");
  Hand(kFirst, "ana", {"m1"});
  Wait(100);
  Disconnect("ana");
  Wait(100);
  Unassign(kFirst, "ana");
  Hand(kFirst, "ben", {"m1"});
  Resolve(kFirst, "ben", 1, 1);
  EXPECT_EQ(CheckClean().resolved, 1u);
}

TEST_F(CleanLedger, NewsOfALossMayArriveALittleAfterTheNextOwnerHasIt) {
  Accept("m1", 0);
  Open(kFirst, "m1");
  Hand(kFirst, "ana", {"m1"});
  Wait(5000);
  Unassign(kFirst, "ana");
  Hand(kFirst, "ben", {"m1"});
  Wait(500);
  SawUnassigned(kFirst, "ana");
  Wait(5000);
  Resolve(kFirst, "ben", 1, 1);
  CheckClean();
}

TEST_F(CleanLedger, ReopenedConversationShowsItsEarlierMessages) {
  Accept("m1", 0);
  Open(kFirst, "m1");
  Hand(kFirst, "ana", {"m1"});
  Resolve(kFirst, "ana", 1, 1);
  Accept("m2", 1);
  Reopen(kAgain, "m2", 2);
  Hand(kAgain, "ben", {"m1", "m2"});
  Resolve(kAgain, "ben", 2, 1);
  EXPECT_EQ(CheckClean().resolved, 2u);
}

TEST_F(CleanLedger, MessageBeyondTheCloseGoesToAnotherConversation) {
  Accept("m1", 0);
  Accept("m2", 1);
  Open(kFirst, "m1");
  Hand(kFirst, "ana", {"m1"});
  Join(kFirst, "m2", 2);
  Resolve(kFirst, "ana", 1, 1);
  Open(kOther, "m2");
  Hand(kOther, "ben", {"m2"});
  Resolve(kOther, "ben", 1, 1);
  EXPECT_EQ(CheckClean().resolved, 2u);
}

TEST_F(CleanLedger, SeveralMessagesBeyondTheCloseMoveTogether) {
  for (uint64_t i = 1; i <= 3; ++i) Accept("m" + std::to_string(i), i);
  Open(kFirst, "m1");
  Join(kFirst, "m2", 2);
  Join(kFirst, "m3", 3);
  Hand(kFirst, "ana", {"m1"});
  Resolve(kFirst, "ana", 1, 1);
  Open(kOther, "m2");
  Move(kOther, "m2", 1);
  Move(kOther, "m3", 2);
  Hand(kOther, "ben", {"m2", "m3"});
  Resolve(kOther, "ben", 2, 2);
  EXPECT_EQ(CheckClean().resolved, 3u);
}

TEST_F(CleanLedger, TransferTellsWhatTheFirstShardHadNotTaken) {
  for (uint64_t i = 1; i <= 3; ++i) Accept("m" + std::to_string(i), i);
  Open(kFirst, "m1");
  Join(kFirst, "m2", 2);
  Join(kFirst, "m3", 3);
  Hand(kFirst, "ana", {"m1"});
  Wait(10);
  SawUnassigned(kFirst, "ana");
  Release(kFirst, 1);
  Move(kAgain, "m2", 2);
  Move(kAgain, "m3", 3);
  Hand(kAgain, "ben", {"m1", "m2", "m3"});
  Resolve(kAgain, "ben", 3, 2);
  EXPECT_EQ(CheckClean().resolved, 3u);
}

TEST_F(CleanLedger, DeadLetterCountsUntilItIsReplayed) {
  Accept("m1", 0);
  Accept("m2", 1);
  DeadLetter(0);
  DeadLetter(1);
  Replayed(1);
  Open(kFirst, "m2");
  Hand(kFirst, "ana", {"m2"});
  Resolve(kFirst, "ana", 1, 1);
  const Report report = CheckClean();
  EXPECT_EQ(report.dead_lettered, 1u);
  EXPECT_EQ(report.resolved, 1u);
}

TEST_F(CleanLedger, RetryAfterAnUncertainAnswerMayHaveBeenWrittenTwice) {
  Refuse("unavailable");
  Accept("m2", 1);
  Accept("m1", 2);  // its first delivery lies at 0, as nobody knew
  Open(kFirst, "m1");
  Join(kFirst, "m2", 2);
  Duplicate("m1");
  Hand(kFirst, "ana", {"m1", "m2"});
  Resolve(kFirst, "ana", 2, 2);
  const Report report = CheckClean();
  EXPECT_EQ(report.accepted, 2u);
  EXPECT_EQ(report.resolved, 2u);
  EXPECT_EQ(report.notes.at("unconfirmed_deliveries"), 1u);
}

TEST_F(CleanLedger, UnfinishedWorkIsInFlight) {
  Accept("m1", 0);
  Accept("m2", 1);
  Open(kFirst, "m1");
  Hand(kFirst, "ana", {"m1"});
  // m2 has just been accepted; nobody has seen it yet.
  const Report report = CheckClean({.in_flight_grace_ms = 1000});
  EXPECT_EQ(report.in_flight, 2u);
}

TEST_F(CleanLedger, UnfinishedWorkIsAFaultWhereAllMustBeSettled) {
  Accept("m1", 0);
  Open(kFirst, "m1");
  const Report report = Check({.require_settled = true});
  EXPECT_EQ(report.Count("unsettled"), 1u);
}

TEST_F(CleanLedger, CustomersMayCrossEachOther) {
  Accept("m1", 0);
  Accept("m2", 1);
  Open({"conversation-b", 1, "customer-2"}, "m2");
  Open(kFirst, "m1");
  EXPECT_EQ(CheckClean().in_flight, 2u);
}

TEST_F(CleanLedger, ResyncFromBeforeAResolveDoesNotKeepTheWorkInHand) {
  Accept("m1", 0);
  Accept("m2", 1);
  Open(kFirst, "m1");
  Open(kOther, "m2");
  Hand(kFirst, "ana", {"m1"}, 60);
  DidResolve(kFirst, "ana");
  // Its partition has moved; the new owner has not read of the resolve yet.
  SawResync("ana", {{.matter = kFirst, .messages = {"m1"}, .units = 60}});
  Close(kFirst, "ana", 1, 1);
  SawResult("ana", "resolve conversation-a.1.1", kFirst);
  Hand(kOther, "ana", {"m2"}, 60);
  Resolve(kOther, "ana", 1, 1);
  CheckClean();
}

TEST_F(CleanLedger, ResyncIsOnePictureWhateverItsOrder) {
  Accept("m1", 0);
  Accept("m2", 1);
  Open(kFirst, "m1");
  Open(kOther, "m2");
  Hand(kFirst, "ana", {"m1"}, 60);
  // Held meanwhile, by another client of hers; then the second came.
  SawResync("ana", {{.matter = kOther, .messages = {"m2"}, .units = 50},
                    {.matter = kFirst, .messages = {"m1"}, .units = 60, .held = true}});
  CheckClean();
}

}  // namespace
}  // namespace centralita::ledger
