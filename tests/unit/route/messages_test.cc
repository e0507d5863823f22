#include "centralita/base/uuid.h"
#include "centralita/deadletter/v1/deadletter.pb.h"
#include "gmock/gmock.h"
#include "tests/unit/route/harness.h"

namespace centralita::route {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(RouteMessages, WithoutAPolicyTheFirstMessageOpensInTheDefaultQueue) {
  Harness harness;
  const Collector out = harness.Apply(Message(harness, "c1", "m1"));
  ASSERT_THAT(out.events(), SizeIs(1));
  const Event event = out.events()[0];
  ASSERT_TRUE(event.has_opened());
  EXPECT_EQ(event.conversation_id(), base::NameUuid("conversation", {"acme", "m1"}));
  EXPECT_EQ(event.revision(), 1u);
  EXPECT_EQ(event.opened().message().sequence(), 1u);
  ASSERT_THAT(out.commands(), SizeIs(1));
  const Command command = out.commands()[0];
  EXPECT_EQ(command.pool(), "default");
  EXPECT_EQ(command.enqueue().steps(0).queue(), "default");
  EXPECT_EQ(command.enqueue().first_sequence(), 1u);
  EXPECT_THAT(command.enqueue().messages(), SizeIs(1));
  EXPECT_EQ(out.all[1].key, "acme/default");
  EXPECT_EQ(out.all[0].key, "acme/c1");
}

TEST(RouteMessages, AFurtherMessageJoinsWhateverTheChannel) {
  Harness harness;
  const std::string id = harness.Apply(Message(harness, "c1", "m1")).events()[0].conversation_id();
  const Collector out =
      harness.Apply(Message(harness, "c1", "m2", "complaint", common::v1::CHANNEL_EMAIL));
  ASSERT_THAT(out.events(), SizeIs(1));
  EXPECT_TRUE(out.events()[0].has_joined());
  EXPECT_EQ(out.events()[0].conversation_id(), id);
  ASSERT_THAT(out.commands(), SizeIs(1));
  const auto append = out.commands()[0].append();
  EXPECT_EQ(append.message().sequence(), 2u);
  EXPECT_EQ(append.revision(), 1u);
  EXPECT_EQ(append.facts().intent(), "complaint");
}

TEST(RouteMessages, OfTwoTenantsNoneSeesTheOther) {
  Harness harness;
  harness.Apply(Message(harness, "c1", "m1"));
  RoutingRecord other = Message(harness, "c1", "m1");
  other.set_tenant("globex");
  EXPECT_TRUE(harness.Apply(other).events()[0].has_opened());
}

TEST(RouteMessages, ARepeatIsADuplicateAndNothingElse) {
  Harness harness;
  harness.Apply(Message(harness, "c1", "m1"));
  const Collector out = harness.Apply(Message(harness, "c1", "m1"));
  ASSERT_THAT(out.all, SizeIs(1));
  EXPECT_EQ(out.events()[0].duplicate().message_id(), "m1");
}

TEST(RouteMessages, IdsAreRememberedForTheWindowOfTheirChannelAndAcrossCheckpoints) {
  constexpr int64_t kHour = 3'600'000;
  for (const bool save : {false, true}) {
    Harness harness;
    harness.Apply(Message(harness, "c1", "m1"));
    harness.Apply(Message(harness, "c2", "m2", "other", common::v1::CHANNEL_WHATSAPP));
    harness.now += 48 * kHour - 1;
    harness.Tick();
    if (save) harness.SaveAndLoad();
    EXPECT_TRUE(harness.Apply(Message(harness, "c1", "m1")).events()[0].has_duplicate());
    harness.now += kHour;
    EXPECT_TRUE(harness.Apply(Message(harness, "c1", "m1")).events()[0].has_joined());
    EXPECT_TRUE(harness.Apply(Message(harness, "c2", "m2")).events()[0].has_duplicate());
    harness.now += 8 * 24 * kHour;
    EXPECT_TRUE(harness.Apply(Message(harness, "c2", "m2")).events()[0].has_joined());
  }
}

TEST(RouteMessages, ACustomerWithThousandsOfMessagesIsKeptInSegmentsThatAreWrittenOnce) {
  Harness harness;
  Entries checkpoint;
  for (int i = 0; i < 3000; ++i) {
    harness.Apply(Message(harness, "c1", base::NameUuid("message", {std::to_string(i)})));
    if (i % 50 != 0) continue;
    RoutingRecord progress = For("c1");
    progress.mutable_progress()->set_conversation_id(
        base::NameUuid("conversation", {"acme", base::NameUuid("message", {"0"})}));
    progress.mutable_progress()->set_revision(1);
    progress.mutable_progress()->set_last_sequence(static_cast<uint64_t>(i) + 1);
    harness.Apply(progress);
    harness.route->TakeChanges(checkpoint);
  }
  harness.route->TakeChanges(checkpoint);
  std::map<std::string, int> written;
  for (const std::string& key : checkpoint.order) ++written[key];
  int segments = 0;
  for (const auto& [key, times] : written) {
    if (!key.starts_with("m/")) continue;
    ++segments;
    EXPECT_EQ(times, 1) << key;
  }
  EXPECT_EQ(segments, 5);
  EXPECT_LT(checkpoint.all.at("c/acme/c1").size(), 40'000u);
  harness.route = LoadFrom(checkpoint);
  for (int i = 0; i < 3000; i += 7) {
    const auto out =
        harness.Apply(Message(harness, "c1", base::NameUuid("message", {std::to_string(i)})));
    ASSERT_TRUE(out.events()[0].has_duplicate()) << i;
  }
  const auto id = base::NameUuid("conversation", {"acme", base::NameUuid("message", {"0"})});
  harness.Apply(Closed("c1", id, 1, 3000));
  for (int i = 3000; i < 3600; ++i)
    harness.Apply(Message(harness, "c1", base::NameUuid("message", {std::to_string(i)})));
  harness.SaveAndLoad();
  for (int i = 0; i < 3600; ++i) {
    const auto out =
        harness.Apply(Message(harness, "c1", base::NameUuid("message", {std::to_string(i)})));
    ASSERT_TRUE(out.events()[0].has_duplicate())
        << i << " was forgotten when a later segment was written";
  }
}

TEST(RouteMessages, AnAutomaticAnswerResolvesAtOnceAndLeavesNothingOpen) {
  Harness harness;
  harness.Activate(SamplePolicy());
  const Collector out = harness.Apply(Message(harness, "c1", "m1", "praise_feedback"));
  ASSERT_THAT(out.events(), SizeIs(1));
  EXPECT_EQ(out.events()[0].answered().message_id(), "m1");
  EXPECT_EQ(out.events()[0].decision().rules(0).rule(), "thanks");
  EXPECT_TRUE(out.commands().empty());
  const auto outbound = out.Of<outbound::v1::Outbound>(base::OutputTopic::kOutbound);
  ASSERT_THAT(outbound, SizeIs(1));
  EXPECT_EQ(outbound[0].text(), "¡Gracias!");
  EXPECT_EQ(outbound[0].kind(), outbound::v1::OUTBOUND_KIND_AUTOMATIC_ANSWER);
  EXPECT_TRUE(
      harness.Apply(Message(harness, "c1", "m1", "praise_feedback")).events()[0].has_duplicate());
  EXPECT_TRUE(harness.Apply(Message(harness, "c1", "m2")).events()[0].has_opened());
}

TEST(RouteMessages, TheDecisionNamesTheRouteTakenAndTheBeatenOnes) {
  Harness harness;
  harness.Activate(SamplePolicy(), 7);
  const Collector out = harness.Apply(Message(harness, "c1", "m1", "discount_promo"));
  const auto decision = out.events()[0].decision();
  EXPECT_EQ(decision.policy_version(), 7u);
  ASSERT_THAT(decision.rules(), SizeIs(2));
  EXPECT_EQ(decision.rules(0).rule(), "discounts");
  EXPECT_TRUE(decision.rules(0).won());
  EXPECT_EQ(decision.rules(1).rule(), "rest");
  EXPECT_FALSE(decision.rules(1).won());
  EXPECT_EQ(out.commands()[0].pool(), "sales");
  EXPECT_EQ(out.commands()[0].enqueue().route(), "discounts");
  EXPECT_EQ(out.commands()[0].enqueue().policy_version(), 7u);
}

TEST(RouteMessages, ALowerPolicyVersionIsIgnored) {
  Harness harness;
  EXPECT_EQ(harness.Activate(SamplePolicy(), 5).events()[0].policy_activated().version(), 5u);
  policy::v1::RouteSection other;
  other.set_default_pool("elsewhere");
  EXPECT_TRUE(harness.Activate(other, 4).all.empty());
  EXPECT_TRUE(harness.Activate(other, 5).all.empty());
  EXPECT_EQ(harness.Apply(Message(harness, "c1", "m1")).commands()[0].pool(), "care");
}

TEST(RouteMessages, ClocksStartWhenTheCustomerSpokeAndACallbackWaitsForItsTime) {
  Harness harness;
  harness.Activate(SamplePolicy());
  RoutingRecord late = Message(harness, "c1", "m1");
  late.mutable_tagged()->set_provider_time_unix_ms(harness.now - 30'000);
  Command command = harness.Apply(late).commands()[0];
  ASSERT_THAT(command.enqueue().clocks(), SizeIs(1));
  EXPECT_EQ(command.enqueue().clocks(0).deadline_unix_ms(), harness.now - 30'000 + 600'000);
  EXPECT_EQ(command.enqueue().eligible_unix_ms(), harness.now);

  RoutingRecord ahead = Message(harness, "c2", "m2");
  ahead.mutable_tagged()->set_provider_time_unix_ms(harness.now + 5'000'000);
  command = harness.Apply(ahead).commands()[0];
  EXPECT_EQ(command.enqueue().clocks(0).started_unix_ms(), harness.now);

  RoutingRecord absurd = Message(harness, "c3", "m3");
  absurd.mutable_tagged()->set_provider_time_unix_ms(1);
  command = harness.Apply(absurd).commands()[0];
  EXPECT_EQ(command.enqueue().clocks(0).started_unix_ms(), harness.now);

  RoutingRecord callback = Message(harness, "c4", "m4", "contact_agent", common::v1::CHANNEL_PHONE);
  callback.mutable_tagged()->set_not_before_unix_ms(harness.now + 7'200'000);
  command = harness.Apply(callback).commands()[0];
  EXPECT_EQ(command.enqueue().eligible_unix_ms(), harness.now + 7'200'000);
  EXPECT_EQ(command.enqueue().clocks(0).started_unix_ms(), harness.now + 7'200'000);
  EXPECT_EQ(command.enqueue().units(), 100);
}

TEST(RouteMessages, WhatIsNoRecordIsUndecodableAndChangesNothing) {
  Harness harness;
  harness.Apply(Message(harness, "c1", "m1"));
  Entries before;
  harness.route->ForEachEntry(before);
  for (const std::string& bytes :
       {std::string("\xff\xff\xff"), std::string(), For("c1").SerializeAsString(),
        Message(harness, "c1", "").SerializeAsString(),
        Message(harness, "", "m9").SerializeAsString()}) {
    EXPECT_TRUE(harness.ApplyBytes("acme/c1", bytes).all.empty());
    EXPECT_EQ(harness.result, base::ApplyResult::kUndecodable);
  }
  Entries after;
  harness.route->ForEachEntry(after);
  EXPECT_EQ(before.all, after.all);
}

TEST(RouteMessages, WhatAShardDoesNotTakeForLongBecomesADeadLetterThatCanBeReplayed) {
  Harness harness;
  const std::string id = harness.Apply(Message(harness, "c1", "m0")).events()[0].conversation_id();
  for (int i = 1; i < kMaxUnapplied; ++i)
    harness.Apply(Message(harness, "c1", "m" + std::to_string(i)));
  const Collector out = harness.Apply(Message(harness, "c1", "late"));
  ASSERT_THAT(out.all, SizeIs(1));
  const auto letters = out.Of<deadletter::v1::DeadLetterRecord>(base::OutputTopic::kDeadLetter);
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].letter().reason(), "too_many_unapplied");
  EXPECT_EQ(letters[0].letter().messages(), 1u);

  RoutingRecord progress = For("c1");
  progress.mutable_progress()->set_conversation_id(id);
  progress.mutable_progress()->set_revision(1);
  progress.mutable_progress()->set_last_sequence(100);
  harness.Apply(progress);
  RoutingRecord replayed;
  ASSERT_TRUE(replayed.ParseFromString(letters[0].letter().original_value()));
  replayed.mutable_tagged()->set_replayed(true);
  const Event event = harness.Apply(replayed).events()[0];
  EXPECT_TRUE(event.joined().replayed());
  EXPECT_EQ(event.joined().message().sequence(), static_cast<uint64_t>(kMaxUnapplied) + 1);
}

TEST(RouteMessages, AnUnknownEngineLevelIsRejected) {
  Harness harness;
  RoutingRecord record;
  record.mutable_engine_level()->set_level(kEngineLevel + 1);
  EXPECT_EQ(harness.Apply(record).events()[0].rejected().code(), "engine_level_unknown");
  EXPECT_EQ(harness.route->EngineLevel(), kEngineLevel);
  record.mutable_engine_level()->set_level(kEngineLevel);
  EXPECT_TRUE(harness.Apply(record).all.empty());
}

TEST(RouteMessages, WhatHasExpiredIsForgottenInSlices) {
  Harness harness;
  policy::v1::RouteSection section = SamplePolicy();
  harness.Activate(section);
  constexpr int kCustomers = 3 * kMaxExpiriesPerTick / 2;
  for (int i = 0; i < kCustomers; ++i) {
    harness.Apply(
        Message(harness, "c" + std::to_string(i), "m" + std::to_string(i), "praise_feedback"));
  }
  EXPECT_GT(harness.route->NextDue(), base::FromUnixMillis(harness.now));
  harness.now += 49LL * 3'600'000;
  EXPECT_LE(harness.route->NextDue(), base::FromUnixMillis(harness.now));
  harness.Tick();
  EXPECT_EQ(harness.route->customers(), static_cast<size_t>(kCustomers - kMaxExpiriesPerTick));
  harness.SaveAndLoad();
  harness.Tick();
  EXPECT_EQ(harness.route->customers(), 0u);
  EXPECT_EQ(harness.route->NextDue(), base::kNever);
}

}  // namespace
}  // namespace centralita::route
