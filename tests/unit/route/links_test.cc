#include "centralita/base/uuid.h"
#include "centralita/identity/v1/identity.pb.h"
#include "gmock/gmock.h"
#include "tests/unit/route/harness.h"

namespace centralita::route {
namespace {

using ::testing::SizeIs;

RoutingRecord Link(const std::string& from, const std::string& to, uint64_t revision = 0) {
  RoutingRecord record = For(from);
  auto& handle = *record.mutable_link()->mutable_handle();
  handle.set_channel(common::v1::CHANNEL_EMAIL);
  handle.set_account("help@acme.example");
  handle.set_handle("мария@example.org");
  record.mutable_link()->set_to_customer_id(to);
  record.mutable_link()->set_identity_revision(revision);
  return record;
}

std::vector<identity::v1::IdentityRecord> Identities(const Collector& out) {
  return out.Of<identity::v1::IdentityRecord>(base::OutputTopic::kIdentity);
}

TEST(RouteLinks, WithNothingOpenALinkIsEffectiveAtOnce) {
  Harness harness;
  const Collector out = harness.Apply(Link("c1", "c2", 3));
  ASSERT_THAT(out.events(), SizeIs(1));
  EXPECT_EQ(out.events()[0].linked().to_customer_id(), "c2");
  ASSERT_THAT(Identities(out), SizeIs(1));
  EXPECT_EQ(Identities(out)[0].customer_id(), "c2");
  EXPECT_EQ(Identities(out)[0].revision(), 4u);
  EXPECT_EQ(out.all.back().key,
            "acme/" + base::NameUuid("customer",
                                     {"acme", "2", "help@acme.example", "мария@example.org"}));
  EXPECT_EQ(harness.route->customers(), 0u) << "nothing is left to remember";
}

TEST(RouteLinks, ALinkWaitsForTheEndOfTheConversationAndHandsOverWhatIsRemembered) {
  Harness harness;
  const std::string m1 = base::NameUuid("message", {"1"});
  const auto id = harness.Apply(Message(harness, "c1", m1)).events()[0].conversation_id();
  EXPECT_TRUE(harness.Apply(Link("c1", "c2")).all.empty());
  harness.SaveAndLoad();
  const Collector out = harness.Apply(Closed("c1", id, 1, 1));
  ASSERT_THAT(Identities(out), SizeIs(1));
  const auto handovers = out.Of<RoutingRecord>(base::OutputTopic::kRouting);
  ASSERT_THAT(handovers, SizeIs(1));
  EXPECT_EQ(handovers[0].customer_id(), "c2");
  EXPECT_EQ(handovers[0].handover().messages(0).message_id(), m1);

  Harness other_partition;
  EXPECT_TRUE(other_partition.Apply(handovers[0]).all.empty());
  EXPECT_TRUE(other_partition.Apply(Message(harness, "c2", m1)).events()[0].has_duplicate());
  EXPECT_TRUE(harness.Apply(Message(harness, "c1", m1)).events()[0].has_duplicate());
}

TEST(RouteLinks, OfTwoLinksOfAHandleTheLaterOneCounts) {
  Harness harness;
  const auto id = harness.Apply(Message(harness, "c1", "m1")).events()[0].conversation_id();
  harness.Apply(Link("c1", "c2", 1));
  harness.Apply(Link("c1", "c3", 2));
  harness.Apply(Link("c1", "c4", 1));
  const auto identities = Identities(harness.Apply(Closed("c1", id, 1, 1)));
  ASSERT_THAT(identities, SizeIs(1));
  EXPECT_EQ(identities[0].customer_id(), "c3");
}

TEST(RouteLinks, AHandoverComesInBoundedRecords) {
  Harness harness;
  for (int i = 0; i < kMaxIdsPerHandover + 1; ++i) {
    harness.Apply(Message(harness, "c1", base::NameUuid("message", {std::to_string(i)})));
  }
  harness.Apply(Link("c1", "c2"));
  const auto id = base::NameUuid("conversation", {"acme", base::NameUuid("message", {"0"})});
  const Collector out = harness.Apply(Closed("c1", id, 1, kMaxIdsPerHandover + 1));
  const auto handovers = out.Of<RoutingRecord>(base::OutputTopic::kRouting);
  ASSERT_THAT(handovers, SizeIs(2));
  EXPECT_THAT(handovers[0].handover().messages(), SizeIs(kMaxIdsPerHandover));
  EXPECT_THAT(handovers[1].handover().messages(), SizeIs(1));
}

TEST(RouteLinks, ALinkToHimselfIsRejected) {
  Harness harness;
  EXPECT_EQ(harness.Apply(Link("c1", "c1")).events()[0].rejected().code(), "bad_link");
  EXPECT_EQ(harness.route->customers(), 0u);
}

}  // namespace
}  // namespace centralita::route
