#include "centralita/classifier/fast_role.h"

#include <gmock/gmock.h>

#include "centralita/message/v1/message.pb.h"
#include "tests/unit/classifier/fixture.h"

namespace centralita::classifier {
namespace {

using routing::v1::RoutingRecord;
using signals::v1::Signal;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Inbound(const std::string& customer, const std::string& text,
                    const std::string& extra = "") {
  return FromText<message::v1::InboundMessage>(
             "message_id: 'm-" + customer + "' tenant: 'shop' customer_id: '" + customer +
             "' channel: CHANNEL_CHAT account: 'acc' handle: 'h' text: '" + text + "' " + extra)
      .SerializeAsString();
}

class FastRoleTest : public ClassifierFixture {
 protected:
  CollectedOutputs Process(std::vector<std::string> values, uint64_t first_offset = 0) {
    FastRole role(policies_, *reader_, clock_, metrics_);
    CollectedOutputs outputs;
    EXPECT_TRUE(role.Process(BatchOf("inbound", std::move(values), first_offset), 1, outputs).ok());
    return outputs;
  }
};

TEST_F(FastRoleTest, AMessageIsTaggedAndItsContactTold) {
  const auto outputs = Process({Inbound("ana", "where is my order",
                                        "order_id: 'o1' provider_time_unix_ms: 5 "
                                        "not_before_unix_ms: 6 visibility: VISIBILITY_PUBLIC")},
                               41);
  EXPECT_THAT(outputs.Topics(), ElementsAre("routing", "signals"));
  EXPECT_EQ(outputs.all[0].key, base::TenantKey("shop", "ana"));
  const RoutingRecord record = outputs.Of<RoutingRecord>("routing")[0];
  EXPECT_EQ(record.tenant(), "shop");
  EXPECT_EQ(record.customer_id(), "ana");
  const routing::v1::TaggedMessage& tagged = record.tagged();
  EXPECT_EQ(tagged.message_id(), "m-ana");
  EXPECT_EQ(tagged.account(), "acc");
  EXPECT_EQ(tagged.accepted_unix_ms(), kNowMs);
  EXPECT_EQ(tagged.provider_time_unix_ms(), 5);
  EXPECT_EQ(tagged.not_before_unix_ms(), 6);
  EXPECT_EQ(tagged.order_id(), "o1");
  EXPECT_EQ(tagged.coordinates().topic(), "inbound");
  EXPECT_EQ(tagged.coordinates().partition(), 3u);
  EXPECT_EQ(tagged.coordinates().offset(), 41u);
  EXPECT_FALSE(tagged.replayed());
  EXPECT_EQ(tagged.classification().intent(), "order_status");
  EXPECT_EQ(tagged.classification().policy_version(), 4u);
  EXPECT_THAT(tagged.classification().tags(), ElementsAre("public"));

  const Signal signal = outputs.Of<Signal>("signals")[0];
  EXPECT_EQ(signal.contact().message_id(), "m-ana");
  EXPECT_EQ(signal.contact().intent(), "order_status");
  EXPECT_EQ(signal.contact().language(), "en");
  EXPECT_EQ(signal.contact().order_id(), "o1");
  EXPECT_EQ(signal.customer_id(), "ana");
}

TEST_F(FastRoleTest, HeadersOfAnEmailCountForItsMessageAlone) {
  const auto outputs =
      Process({Inbound("ana", "refund", "headers { name: 'Auto-Submitted' value: 'auto-replied' }"),
               Inbound("ben", "refund")});
  const auto records = outputs.Of<RoutingRecord>("routing");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_THAT(records[0].tagged().classification().tags(), ElementsAre("auto_reply"));
  EXPECT_THAT(records[1].tagged().classification().tags(), IsEmpty());
}

TEST_F(FastRoleTest, FactsComeFromTheStoreInOneReadForTheWholeBatch) {
  PutProfile("ana", FromText<profile::v1::Profile>("revision: 6 tier: 'vip'"));
  store_->reads = 0;
  const auto outputs =
      Process({Inbound("ana", "refund"), Inbound("ben", "refund"), Inbound("ana", "refund")});
  EXPECT_EQ(store_->reads, 1);
  const auto records = outputs.Of<RoutingRecord>("routing");
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].tagged().classification().facts().profile_revision(), 6u);
  EXPECT_EQ(records[0].tagged().classification().priority(), 400);
  EXPECT_EQ(records[1].tagged().classification().facts().profile_revision(), 0u);
  EXPECT_EQ(records[1].tagged().classification().priority(), 100);
  EXPECT_TRUE(records[2].tagged().classification().facts().vip());
}

TEST_F(FastRoleTest, AStoreThatIsAwayDegradesAndWantsTheFactsLater) {
  store_->SetReadError(absl::UnavailableError("gone"));
  const auto outputs = Process({Inbound("ana", "refund")});
  EXPECT_THAT(outputs.Topics(), ElementsAre("routing", "signals", "signals"));
  const auto record = outputs.Of<RoutingRecord>("routing")[0];
  EXPECT_THAT(record.tagged().classification().tags(), ElementsAre("degraded"));
  const auto signals = outputs.Of<Signal>("signals");
  EXPECT_TRUE(signals[0].has_contact());
  EXPECT_EQ(signals[1].facts_wanted().message_id(), "m-ana");
  EXPECT_EQ(metrics_.degraded.Value(), 1);
}

TEST_F(FastRoleTest, AnEmptyStoreDegradesToo) {
  ASSERT_TRUE(sqlite_store_->Commit({"profile/meta", {}, {}, {"loaded"}}).ok());
  const auto record = Process({Inbound("ana", "refund")}).Of<RoutingRecord>("routing")[0];
  EXPECT_THAT(record.tagged().classification().tags(), ElementsAre("degraded"));
}

TEST_F(FastRoleTest, ADamagedProfileDegradesItsCustomerAlone) {
  const std::string key = base::TenantKey("shop", "ana");
  const std::string partition =
      "profile/" + std::to_string(base::PartitionOf(key, kProfilePartitions));
  ASSERT_TRUE(sqlite_store_->Commit({partition, {}, {{key, "\xFF\xFF", {}}}, {}}).ok());
  const auto records =
      Process({Inbound("ana", "refund"), Inbound("ben", "refund")}).Of<RoutingRecord>("routing");
  EXPECT_THAT(records[0].tagged().classification().tags(), ElementsAre("degraded"));
  EXPECT_THAT(records[1].tagged().classification().tags(), IsEmpty());
}

TEST_F(FastRoleTest, WhatCannotBeUsedBecomesADeadLetterAndTheRestGoesOnInOrder) {
  const std::string stranger =
      FromText<message::v1::InboundMessage>("tenant: 'else' customer_id: 'c' message_id: 'm'")
          .SerializeAsString();
  const std::string nobody =
      FromText<message::v1::InboundMessage>("tenant: 'shop' message_id: 'm'").SerializeAsString();
  const std::string bad_utf8 = "\x4A\x02\xC3\x28";  // field 9, text
  const auto outputs = Process(
      {"\xFF\xFF", Inbound("ana", "refund"), stranger, nobody, bad_utf8, Inbound("ben", "refund")});
  EXPECT_THAT(outputs.Topics(), ElementsAre("dead-letter", "routing", "signals", "dead-letter",
                                            "dead-letter", "dead-letter", "routing", "signals"));
  EXPECT_EQ(outputs.all[0].value, "undecodable");
  EXPECT_EQ(outputs.all[0].messages, 1u);
  EXPECT_EQ(outputs.all[3].value, "unknown_tenant");
  EXPECT_EQ(outputs.all[4].value, "undecodable");
  EXPECT_EQ(outputs.all[5].value, "undecodable");
  for (size_t i = 1; i < outputs.all.size(); ++i) {
    EXPECT_LE(outputs.all[i - 1].record, outputs.all[i].record);
  }
}

TEST_F(FastRoleTest, AReplayedDeadLetterIsMarked) {
  const auto record =
      Process({Inbound("ana", "refund", "origin { replay { replay: 2 index: 1 } }")})
          .Of<RoutingRecord>("routing")[0];
  EXPECT_TRUE(record.tagged().replayed());
}

TEST_F(FastRoleTest, NothingOfOneMessageStaysInTheNext) {
  const auto records = Process({Inbound("ana", "refund", "order_id: 'o' not_before_unix_ms: 9"),
                                Inbound("ben", "xyz")})
                           .Of<RoutingRecord>("routing");
  const auto alone =
      Process({Inbound("zoe", "x"), Inbound("ben", "xyz")}).Of<RoutingRecord>("routing");
  EXPECT_EQ(records[1].SerializeAsString(), alone[1].SerializeAsString());
  EXPECT_EQ(records[1].tagged().order_id(), "");
}

TEST_F(FastRoleTest, ALanguageThatWasHardlyHeardIsNotRemembered) {
  const auto signals = Process({Inbound("ana", "12345")}).Of<Signal>("signals");
  EXPECT_EQ(signals[0].contact().language(), "");
}

}  // namespace
}  // namespace centralita::classifier
