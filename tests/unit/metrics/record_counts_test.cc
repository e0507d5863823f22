#include "record_counts.h"

#include "centralita/base/key.h"
#include "centralita/base/topics.h"
#include "centralita/deadletter/v1/deadletter.pb.h"
#include "centralita/message/v1/message.pb.h"
#include "harness.h"

namespace centralita::metrics {
namespace {

std::string Message(const std::string& text) {
  message::v1::InboundMessage message;
  message.set_message_id("m");
  message.set_text(text);
  return message.SerializeAsString();
}

std::string ReplayMark() {
  message::v1::InboundMessage message;
  message.mutable_origin()->mutable_replay()->set_replay(1'800'000'000'000);
  return message.SerializeAsString();
}

TEST(InboundCountsTest, CountsByTenantWhateverTheOrder) {
  InboundCounts counts;
  for (const char* tenant : {"zeta", "acme", "mid", "acme", "zeta", "acme"}) {
    Apply(counts, base::TenantKey(tenant, "customer/with/slashes"), Message("hola"));
  }
  EXPECT_EQ(counts.Accepted("acme"), 3u);
  EXPECT_EQ(counts.Accepted("mid"), 1u);
  EXPECT_EQ(counts.Accepted("zeta"), 2u);
  EXPECT_EQ(counts.Accepted("ac"), 0u);
  EXPECT_EQ(counts.Accepted(""), 6u);
  for (int i = 1; i < counts.counters().accepted_size(); ++i) {
    EXPECT_LT(counts.counters().accepted(i - 1).tenant(), counts.counters().accepted(i).tenant());
  }
}

TEST(InboundCountsTest, AReplayIsNoNewMessageEvenIfItCannotBeDecoded) {
  InboundCounts counts;
  Apply(counts, "acme/c", ReplayMark() + Message("hola"));
  Apply(counts, "acme/c", ReplayMark() + "\xff\xff\xff");
  EXPECT_EQ(counts.Accepted("acme"), 0u);
  EXPECT_EQ(counts.counters().replays(), 2u);
  EXPECT_EQ(counts.Replayed("acme"), 2u);
  EXPECT_EQ(counts.Replayed("boreal"), 0u);
  EXPECT_EQ(counts.Replayed(""), 2u);
}

TEST(InboundCountsTest, BytesThatAreNoMessageAreCountedSinceTheyWereAccepted) {
  InboundCounts counts;
  for (const char* value :
       {"", "\xff\xff", "\x0a", "\x0a\x7f", "\x0a\x02\xff\xff", "\x0a\xff\xff\xff\xff\x0f"}) {
    EXPECT_EQ(Apply(counts, "acme/c", value), base::ApplyResult::kApplied);
  }
  EXPECT_EQ(counts.Accepted("acme"), 6u);
}

std::string Letter(uint32_t messages) {
  deadletter::v1::DeadLetterRecord record;
  record.mutable_letter()->set_messages(messages);
  return record.SerializeAsString();
}
std::string Replayed(uint32_t messages, std::string_view topic = base::topics::kInbound) {
  deadletter::v1::DeadLetterRecord record;
  record.mutable_replayed()->set_topic(std::string(topic));
  record.mutable_replayed()->set_messages(messages);
  return record.SerializeAsString();
}

TEST(DeadLetterCountsTest, CountsTheMessagesThatLieThereByTenant) {
  DeadLetterCounts counts;
  Apply(counts, "acme/c", Letter(1));
  Apply(counts, "acme/d", Letter(1));
  Apply(counts, "boreal/c", Letter(1));
  Apply(counts, "boreal/c", Letter(0));
  Apply(counts, "", Letter(1));
  EXPECT_EQ(counts.Messages("acme"), 2u);
  EXPECT_EQ(counts.Messages("boreal"), 1u);
  EXPECT_EQ(counts.Messages(""), 4u);
  EXPECT_EQ(counts.counters().letters(), 5u);
  Apply(counts, "acme/c", Replayed(1));
  EXPECT_EQ(counts.Messages("acme"), 1u);
  EXPECT_EQ(counts.Messages("boreal"), 1u);
  EXPECT_EQ(counts.Replayed("acme"), 1u);
  Apply(counts, "acme/d", Replayed(1, base::topics::kRouting));
  EXPECT_EQ(counts.Messages("acme"), 0u);
  EXPECT_EQ(counts.Replayed(""), 1u) << "of inbound's letters alone";
  EXPECT_EQ(Apply(counts, "acme/c", "\xff\xff"), base::ApplyResult::kUndecodable);
}

TEST(DeadLetterCountsTest, AStateThatIsLoadedCountsOn) {
  DeadLetterCounts counts;
  Apply(counts, "acme/c", Letter(1));
  DeadLetterCounts loaded;
  for (const auto& [key, value] : AllEntries(counts)) ASSERT_TRUE(loaded.Load(key, value).ok());
  Apply(loaded, "acme/c", Letter(1));
  EXPECT_EQ(loaded.Messages("acme"), 2u);
  EXPECT_EQ(loaded.Load("counters", "\xff\xff").code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace centralita::metrics
