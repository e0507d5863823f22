#include "event_counts.h"

#include "harness.h"

namespace centralita::metrics {
namespace {

TEST(EventCountsTest, AMessageIsCountedInThePlaceOfItsConversation) {
  Counted c;
  c.Tell(Opened("a"));
  EXPECT_EQ(c.Placed(), 0u) << "on the way to its shard";
  EXPECT_EQ(c.Overview().tagged(), 1u);
  c.Tell(Queued("a"));
  EXPECT_EQ(c.Messages().queued(), 1u);
  c.Tell(Joined("a", 2)).Tell(Offered("a"));
  EXPECT_EQ(c.Messages().offered(), 2u);
  EXPECT_EQ(c.Messages().queued(), 0u);
  c.Tell(Accepted("a"));
  EXPECT_EQ(c.Messages().active(), 2u);
  c.Tell(Held("a"));
  EXPECT_EQ(c.Messages().waiting(), 2u);
  c.Tell(Closed("a", 2));
  EXPECT_EQ(c.Messages().resolved(), 2u);
  EXPECT_EQ(c.Placed(), 2u);
  EXPECT_EQ(c.Overview().conversations_opened(), 1u);
  EXPECT_EQ(c.Overview().conversations_closed(), 1u);
}

TEST(EventCountsTest, DuplicatesAndAutomaticAnswersAreSettledAtOnce) {
  Counted c;
  c.Tell(Duplicate()).Tell(Answered());
  EXPECT_EQ(c.Messages().duplicates(), 1u);
  EXPECT_EQ(c.Messages().answered(), 1u);
  EXPECT_EQ(c.Messages().resolved(), 1u);
  EXPECT_EQ(c.Overview().tagged(), 2u);
}

TEST(EventCountsTest, ASecondReplayOfALetterIsNoDuplicateThatASenderMade) {
  Counted c;
  c.Tell(Opened("a", true)).Tell(Queued("a")).Tell(Duplicate(true));
  EXPECT_EQ(c.Messages().duplicates(), 0u);
  EXPECT_EQ(c.Placed(), 1u);
  EXPECT_EQ(c.Overview().tagged(), 1u);
  c.SaveAndLoad();
  EXPECT_EQ(c.counts->ReplayedDuplicates("acme"), 1u) << "for the equation to tell";
  EXPECT_EQ(c.counts->ReplayedDuplicates(""), 1u);
  EXPECT_EQ(c.counts->ReplayedDuplicates("boreal"), 0u);
}

TEST(EventCountsTest, AgentsAreAvailableFromTheirWordUntilAnotherOfTheSamePool) {
  using commands::v1::PRESENCE_STATUS_AVAILABLE;
  using commands::v1::PRESENCE_STATUS_OFFLINE;
  Counted c;
  EXPECT_EQ(c.Overview().agents_available(), 0u);
  c.Tell(Present("ana", PRESENCE_STATUS_AVAILABLE))
      .Tell(Present("iván", PRESENCE_STATUS_AVAILABLE));
  c.Tell(Present("ana", PRESENCE_STATUS_AVAILABLE));
  c.Tell(Present("ana", PRESENCE_STATUS_AVAILABLE, "care", "boreal"));
  EXPECT_EQ(c.Overview().agents_available(), 2u);
  EXPECT_EQ(c.Overview("boreal").agents_available(), 1u);
  EXPECT_EQ(c.Overview("").agents_available(), 3u);
  c.SaveAndLoad();
  EXPECT_EQ(c.Overview().agents_available(), 2u);
  // The words of two pools about an agent who moves may come in either order.
  c.Tell(Present("ana", PRESENCE_STATUS_AVAILABLE, "sales"));
  c.Tell(Present("ana", PRESENCE_STATUS_OFFLINE, "care"));
  EXPECT_EQ(c.Overview().agents_available(), 2u);
  c.Tell(Present("iván", commands::v1::PRESENCE_STATUS_AWAY));
  EXPECT_EQ(c.Overview().agents_available(), 1u);
  c.Tell(Present("ana", commands::v1::PRESENCE_STATUS_LOST, "sales"));
  EXPECT_EQ(c.Overview().agents_available(), 0u);
  c.SaveAndLoad();
  Entries changes;
  c.counts->TakeChanges(changes);
  c.Tell(Present("iván", PRESENCE_STATUS_AVAILABLE));
  c.Tell(Present("iván", PRESENCE_STATUS_OFFLINE));
  c.counts->TakeChanges(changes);
  EXPECT_FALSE(changes.all.contains("a/acme/care/iván")) << "an entry is there while he is";
}

TEST(EventCountsTest, TheShardsCloseMayComeBeforeRoutesWordOfAMessage) {
  Counted c;
  c.Tell(Opened("a")).Tell(Queued("a")).Tell(Closed("a", 2)).Tell(Joined("a", 2));
  EXPECT_EQ(c.Messages().resolved(), 2u);
  EXPECT_EQ(c.Placed(), 2u);
}

TEST(EventCountsTest, TheShardsWordsMayAllComeBeforeRoutes) {
  Counted c;
  c.Tell(Queued("a")).Tell(Offered("a")).Tell(Accepted("a"));
  EXPECT_EQ(c.Placed(), 0u);
  c.Tell(Opened("a"));
  EXPECT_EQ(c.Messages().active(), 1u);
}

TEST(EventCountsTest, AMessageBeyondTheCloseReopensAndIsCountedOnce) {
  Counted c;
  c.Tell(Opened("a")).Tell(Queued("a")).Tell(Joined("a", 2)).Tell(Closed("a", 1));
  EXPECT_EQ(c.Messages().resolved(), 1u);
  c.Tell(Reopened("a", 2, 2));
  EXPECT_EQ(c.Overview().tagged(), 2u);
  c.Tell(Queued("a", 2));
  EXPECT_EQ(c.Messages().queued(), 1u);
  c.Tell(Closed("a", 2, 2));
  EXPECT_EQ(c.Messages().resolved(), 2u);
  EXPECT_EQ(c.Placed(), 2u);
}

TEST(EventCountsTest, TheSecondCloseMayComeBeforeRoutesWordOfTheReopening) {
  Counted c;
  c.Tell(Opened("a")).Tell(Joined("a", 2)).Tell(Queued("a")).Tell(Closed("a", 1));
  c.Tell(Queued("a", 2)).Tell(Closed("a", 2, 2)).Tell(Reopened("a", 2, 2));
  EXPECT_EQ(c.Messages().resolved(), 2u);
  EXPECT_EQ(c.Placed(), 2u);
}

TEST(EventCountsTest, AReopeningByANewMessageCountsIt) {
  Counted c;
  c.Tell(Opened("a"))
      .Tell(Queued("a"))
      .Tell(Closed("a", 1))
      .Tell(Reopened("a", 2, 2))
      .Tell(Queued("a", 2));
  EXPECT_EQ(c.Overview().tagged(), 2u);
  EXPECT_EQ(c.Messages().queued(), 1u);
  EXPECT_EQ(c.Messages().resolved(), 1u);
}

TEST(EventCountsTest, SeveralMessagesBeyondTheCloseOfAReopenedConversationMoveWithIt) {
  Counted c;
  c.Tell(Opened("a"))
      .Tell(Joined("a", 2))
      .Tell(Joined("a", 3))
      .Tell(Queued("a"))
      .Tell(Closed("a", 1));
  c.Tell(Reopened("a", 2, 2)).Tell(Moved("a", 3, "a", 2)).Tell(Queued("a", 2));
  EXPECT_EQ(c.Messages().queued(), 2u);
  EXPECT_EQ(c.Placed(), 3u);
  EXPECT_EQ(c.Overview().tagged(), 3u);
}

TEST(EventCountsTest, MessagesThatOpenAnewLeaveTheOldConversationAndAreCountedOnce) {
  for (const bool close_first : {true, false}) {
    SCOPED_TRACE(close_first);
    Counted c;
    c.Tell(Opened("a")).Tell(Joined("a", 2)).Tell(Joined("a", 3)).Tell(Queued("a"));
    if (close_first) c.Tell(Closed("a", 1));
    c.Tell(Opened("b")).Tell(Moved("b", 1, "a", 1)).Tell(Moved("b", 2, "a", 1));
    if (!close_first) c.Tell(Closed("a", 1));
    c.Tell(Queued("b"));
    EXPECT_EQ(c.Messages().resolved(), 1u);
    EXPECT_EQ(c.Messages().queued(), 2u);
    EXPECT_EQ(c.Placed(), 3u);
    EXPECT_EQ(c.Overview().tagged(), 3u);
  }
}

TEST(EventCountsTest, ATransferPutsMessagesOnTheWayUntilTheNewPoolHasThem) {
  Counted c;
  c.Tell(Opened("a")).Tell(Queued("a")).Tell(Accepted("a")).Tell(Released("a", 1, 1));
  EXPECT_EQ(c.Placed(), 0u);
  c.Tell(Queued("a", 2));
  EXPECT_EQ(c.Messages().queued(), 1u);
  c.Tell(Accepted("a", 1));
  EXPECT_EQ(c.Messages().queued(), 1u) << "a late word of the pool before";
}

TEST(EventCountsTest, ClosedConversationsAreForgottenAfterAWhileAndTheirCountsKept) {
  Counted c;
  c.Tell(Opened("a")).Tell(Joined("a", 2)).Tell(Queued("a")).Tell(Closed("a", 1));
  // The message that was left in "a" when it closed goes to "b" after its close has been looked at.
  c.now += 120'000;
  c.Tell(Opened("b")).Tell(Moved("b", 1, "a", 1)).Tell(Queued("b"));
  EXPECT_TRUE(AllEntries(*c.counts).contains("c/acme/a"));
  c.now += 120'000;
  c.Tell(Answered());
  const auto entries = AllEntries(*c.counts);
  EXPECT_FALSE(entries.contains("c/acme/a"));
  EXPECT_TRUE(entries.contains("c/acme/b"));
  EXPECT_EQ(c.Messages().resolved(), 2u);
  EXPECT_EQ(c.Messages().queued(), 1u);
}

TEST(EventCountsTest, AConversationThatWasForgottenMayReopen) {
  Counted c;
  c.Tell(Opened("a")).Tell(Queued("a")).Tell(Closed("a", 1));
  c.now += 120'000;
  c.Tell(Reopened("a", 2, 2)).Tell(Queued("a", 2));
  EXPECT_EQ(c.Messages().queued(), 1u);
  EXPECT_EQ(c.Placed(), 2u);
}

TEST(EventCountsTest, QueuesAreCountedInConversationsWithTheOldestThatWaits) {
  Counted c;
  c.Tell(Opened("a"))
      .Tell(Queued("a", 1, kStart + 5))
      .Tell(Opened("b"))
      .Tell(Queued("b", 1, kStart + 3));
  c.Tell(Opened("c")).Tell(Accepted("c")).Tell(Opened("d")).Tell(Closed("d", 1));
  Event breached = Of("a");
  breached.mutable_breached();
  c.Tell(breached);
  std::map<std::string, v1::QueueRow> rows;
  c.counts->AddTo("acme", rows);
  ASSERT_EQ(rows.size(), 1u);
  const v1::QueueRow& row = rows.begin()->second;
  EXPECT_EQ(row.pool(), "care");
  EXPECT_EQ(row.queue(), "general");
  EXPECT_EQ(row.queued(), 2u);
  EXPECT_EQ(row.active(), 1u);
  EXPECT_EQ(row.closed(), 1u);
  EXPECT_EQ(row.breaches(), 1u);
  EXPECT_EQ(row.oldest_eligible_unix_ms(), kStart + 3);
  std::map<std::string, v1::QueueRow> others;
  c.counts->AddTo("boreal", others);
  EXPECT_TRUE(others.empty());
}

TEST(EventCountsTest, TenantsAreCountedApartAndTogether) {
  Counted c;
  Event other = Opened("z");
  other.set_tenant("boreal");
  c.Tell(Opened("a")).Tell(other).Tell(Duplicate());
  EXPECT_EQ(c.Overview("acme").tagged(), 2u);
  EXPECT_EQ(c.Overview("boreal").tagged(), 1u);
  EXPECT_EQ(c.Overview("").tagged(), 3u);
  EXPECT_EQ(c.Overview("nobody").tagged(), 0u);
}

TEST(EventCountsTest, OffersWarningsBreachesAndFirstResponsesAreCounted) {
  Counted c;
  c.Tell(Opened("a")).Tell(Offered("a"));
  for (const auto end : {events::v1::OFFER_END_DECLINED, events::v1::OFFER_END_EXPIRED,
                         events::v1::OFFER_END_AGENT_LOST}) {
    Event event = Of("a");
    event.mutable_offer_ended()->set_end(end);
    c.Tell(event);
  }
  Event replied = Of("a");
  replied.mutable_replied()->set_response_ms(900);
  c.Tell(replied);
  replied.mutable_replied()->set_first_response(true);
  c.Tell(replied);
  Event warned = Of("a");
  warned.mutable_warned();
  c.Tell(warned);
  const auto overview = c.Overview();
  EXPECT_EQ(overview.offers(), 1u);
  EXPECT_EQ(overview.offers_declined(), 1u);
  EXPECT_EQ(overview.offers_expired(), 1u);
  EXPECT_EQ(overview.warnings(), 1u);
  EXPECT_EQ(overview.first_responses(), 1u);
  EXPECT_EQ(overview.first_response_sum_ms(), 900);
}

TEST(EventCountsTest, DamagedBytesAreNoEventAndNoEntry) {
  EventCounts counts;
  EXPECT_EQ(Apply(counts, "", "\xff\xff"), base::ApplyResult::kUndecodable);
  EXPECT_EQ(counts.Load("t/acme", "\xff\xff").code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(counts.Load("what/ever", "").code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace centralita::metrics
