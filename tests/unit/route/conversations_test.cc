#include "centralita/base/uuid.h"
#include "gmock/gmock.h"
#include "tests/unit/route/harness.h"

namespace centralita::route {
namespace {

using ::testing::SizeIs;

constexpr int64_t kHour = 3'600'000;

class RouteConversations : public ::testing::Test {
 protected:
  void SetUp() override { harness_.Activate(SamplePolicy()); }
  // Gives the conversation's id.
  std::string Open(int messages) {
    const std::string id =
        harness_.Apply(Message(harness_, "c1", "m1")).events()[0].conversation_id();
    for (int i = 2; i <= messages; ++i)
      harness_.Apply(Message(harness_, "c1", "m" + std::to_string(i)));
    return id;
  }
  Harness harness_;
};

TEST_F(RouteConversations, AfterACloseALaterMessageReopensWithTheLastAgent) {
  const std::string id = Open(2);
  RoutingRecord closed = Closed("c1", id, 1, 2);
  auto& clock = *closed.mutable_closed()->add_clocks();
  clock.mutable_spec()->set_name("first_response");
  clock.set_phase(clocks::v1::CLOCK_PHASE_STOPPED);
  clock.set_generation(4);
  EXPECT_TRUE(harness_.Apply(closed).all.empty());
  harness_.now += kHour - 1;
  harness_.SaveAndLoad();
  const Collector out = harness_.Apply(Message(harness_, "c1", "m3"));
  ASSERT_THAT(out.events(), SizeIs(1));
  EXPECT_EQ(out.events()[0].reopened().message().sequence(), 3u);
  EXPECT_EQ(out.events()[0].revision(), 2u);
  const auto enqueue = out.commands()[0].enqueue();
  EXPECT_EQ(enqueue.conversation_id(), id);
  EXPECT_EQ(enqueue.revision(), 2u);
  EXPECT_TRUE(enqueue.reopened());
  EXPECT_EQ(enqueue.first_sequence(), 3u);
  EXPECT_EQ(enqueue.sticky_agent_id(), "ana");
  ASSERT_THAT(enqueue.clocks(), SizeIs(1));
  EXPECT_EQ(enqueue.clocks(0).generation(), 4u);
  ASSERT_THAT(enqueue.steps(), SizeIs(2));
}

TEST_F(RouteConversations, BehindTheReopenWindowANewConversationBegins) {
  const std::string id = Open(1);
  harness_.Apply(Closed("c1", id, 1, 1));
  harness_.now += kHour;
  const Collector out = harness_.Apply(Message(harness_, "c1", "m2"));
  EXPECT_TRUE(out.events()[0].has_opened());
  EXPECT_NE(out.events()[0].conversation_id(), id);
  EXPECT_EQ(out.commands()[0].enqueue().messages(0).sequence(), 1u);
  EXPECT_EQ(out.commands()[0].enqueue().sticky_agent_id(), "ana");
}

TEST_F(RouteConversations, MessagesThatCrossedTheCloseReopenIt) {
  const std::string id = Open(4);
  const Collector out = harness_.Apply(Closed("c1", id, 1, 2));
  ASSERT_THAT(out.events(), SizeIs(2));
  EXPECT_EQ(out.events()[0].reopened().message().message_id(), "m3");
  EXPECT_EQ(out.events()[1].moved().message().message_id(), "m4");
  EXPECT_EQ(out.events()[1].revision(), 2u);
  ASSERT_THAT(out.commands(), SizeIs(1));
  const auto enqueue = out.commands()[0].enqueue();
  EXPECT_EQ(enqueue.first_sequence(), 3u);
  EXPECT_THAT(enqueue.messages(), SizeIs(2));
  EXPECT_EQ(harness_.Apply(Message(harness_, "c1", "m5")).commands()[0].append().revision(), 2u);
}

TEST_F(RouteConversations, WithoutAReopenWindowTheyBecomeAConversationOfTheirOwn) {
  policy::v1::RouteSection section = SamplePolicy();
  section.set_reopen_window_ms(0);
  harness_.Activate(section, 2);
  const std::string id = Open(3);
  const Collector out = harness_.Apply(Closed("c1", id, 1, 1));
  ASSERT_THAT(out.events(), SizeIs(3));
  EXPECT_EQ(out.events()[0].opened().message().message_id(), "m2");
  EXPECT_EQ(out.events()[0].conversation_id(), base::NameUuid("conversation", {"acme", "m2"}));
  for (int i = 1; i <= 2; ++i) EXPECT_EQ(out.events()[i].moved().from_conversation_id(), id);
  EXPECT_EQ(out.commands()[0].enqueue().messages(1).sequence(), 2u);
  EXPECT_EQ(out.commands()[0].enqueue().clocks_size(), 1);
  EXPECT_EQ(harness_.Apply(Message(harness_, "c1", "m4")).events()[0].joined().message().sequence(),
            3u);
}

TEST_F(RouteConversations, ReportsOfOtherRevisionsAreIgnored) {
  const std::string id = Open(3);
  harness_.Apply(Closed("c1", id, 1, 1));
  for (const uint64_t revision : {1, 3}) {
    EXPECT_TRUE(harness_.Apply(Closed("c1", id, revision, 3)).all.empty());
    RoutingRecord progress = For("c1");
    progress.mutable_progress()->set_conversation_id(id);
    progress.mutable_progress()->set_revision(revision);
    progress.mutable_progress()->set_last_sequence(3);
    harness_.Apply(progress);
  }
  const auto out = harness_.Apply(Closed("c1", id, 2, 1));
  EXPECT_THAT(out.commands()[0].enqueue().messages(), SizeIs(2));
  EXPECT_TRUE(harness_.Apply(Closed("nobody", id, 1, 1)).all.empty());
  EXPECT_EQ(harness_.route->customers(), 1u);
}

TEST_F(RouteConversations, AReleasedOneEntersItsNewPoolWithItsAgeClocksAndUnappliedMessages) {
  const std::string id = Open(3);
  RoutingRecord record = For("c1");
  auto& released = *record.mutable_released();
  released.set_conversation_id(id);
  released.set_revision(1);
  released.set_last_sequence(2);
  released.set_reason("transfer");
  released.set_to_pool("sales");
  released.set_to_queue("offers");
  released.set_eligible_unix_ms(kStart - 777);
  released.set_note("asks for a discount");
  released.add_clocks()->set_generation(9);
  const Collector out = harness_.Apply(record);
  ASSERT_THAT(out.events(), SizeIs(1));
  EXPECT_EQ(out.events()[0].moved().message().message_id(), "m3");
  const Command command = out.commands()[0];
  EXPECT_EQ(command.pool(), "sales");
  EXPECT_EQ(command.enqueue().revision(), 2u);
  EXPECT_EQ(command.enqueue().eligible_unix_ms(), kStart - 777);
  EXPECT_EQ(command.enqueue().clocks(0).generation(), 9u);
  EXPECT_EQ(command.enqueue().first_sequence(), 3u);
  EXPECT_EQ(command.enqueue().note(), "asks for a discount");
  EXPECT_EQ(command.enqueue().steps(0).queue(), "offers");
  EXPECT_FALSE(command.enqueue().reopened());
  EXPECT_EQ(harness_.Apply(Message(harness_, "c1", "m4")).commands()[0].pool(), "sales");
}

TEST_F(RouteConversations, AReleasedOneWithoutATargetGoesByTheRoutesAndToAnUnknownPoolAsAsked) {
  const std::string id = Open(1);
  RoutingRecord record = For("c1");
  record.mutable_released()->set_conversation_id(id);
  record.mutable_released()->set_revision(1);
  record.mutable_released()->set_last_sequence(1);
  Command command = harness_.Apply(record).commands()[0];
  EXPECT_EQ(command.pool(), "care");
  EXPECT_EQ(command.enqueue().first_sequence(), 2u);
  EXPECT_THAT(command.enqueue().messages(), SizeIs(0));
  record.mutable_released()->set_revision(2);
  record.mutable_released()->set_to_pool("legal");
  command = harness_.Apply(record).commands()[0];
  EXPECT_EQ(command.pool(), "legal");
  EXPECT_THAT(command.enqueue().steps(), SizeIs(1));
}

TEST_F(RouteConversations, ManyUnappliedMessagesFollowTheEnqueueInOrder) {
  const std::string id = Open(kMaxMessagesPerEnqueue + 11);
  const Collector out = harness_.Apply(Closed("c1", id, 1, 1));
  const auto commands = out.commands();
  ASSERT_THAT(commands, SizeIs(11));
  EXPECT_THAT(commands[0].enqueue().messages(), SizeIs(kMaxMessagesPerEnqueue));
  EXPECT_EQ(commands[1].append().message().sequence(),
            static_cast<uint64_t>(kMaxMessagesPerEnqueue) + 2);
  EXPECT_EQ(commands[1].append().revision(), 2u);
  EXPECT_THAT(out.events(), SizeIs(kMaxMessagesPerEnqueue + 10));
}

TEST_F(RouteConversations, AppliedMessagesAreNotSentAgain) {
  const std::string id = Open(5);
  RoutingRecord progress = For("c1");
  progress.mutable_progress()->set_conversation_id(id);
  progress.mutable_progress()->set_revision(1);
  progress.mutable_progress()->set_last_sequence(4);
  harness_.Apply(progress);
  const auto out = harness_.Apply(Closed("c1", id, 1, 4));
  EXPECT_THAT(out.commands()[0].enqueue().messages(), SizeIs(1));
}

TEST_F(RouteConversations, TheReplyWindowIsThatOfTheLastChannel) {
  Command command =
      harness_.Apply(Message(harness_, "c1", "m1", "other", common::v1::CHANNEL_WHATSAPP))
          .commands()[0];
  EXPECT_EQ(command.enqueue().reply_window_unix_ms(), kStart + 24 * kHour);
  command = harness_.Apply(Message(harness_, "c1", "m2", "other", common::v1::CHANNEL_EMAIL))
                .commands()[0];
  EXPECT_EQ(command.append().reply_window_unix_ms(), 0);
}

}  // namespace
}  // namespace centralita::route
