#include "tracer.h"

#include "centralita/base/error.h"
#include "fixture.h"
#include "harness.h"

namespace centralita::metrics {
namespace {

class TracerTest : public LogFixture {
 protected:
  void SetUp() override {
    LogFixture::SetUp();
    AppendInbound("message-one");
    AppendInbound("message-two");
    Event opened = Opened("conversation-a1");
    opened.mutable_opened()->mutable_message()->set_message_id("message-one");
    Event joined = Joined("conversation-a1", 2);
    joined.mutable_joined()->mutable_message()->set_message_id("message-two");
    for (const Event& event : {opened, Queued("conversation-a1"), joined, Opened("conversation-b1"),
                               Closed("conversation-a1", 2)}) {
      Append(base::topics::kEvents, 2, event.SerializeAsString());
    }
    Append(base::topics::kEvents, 0, "\xff damaged conversation-a1");
    Append(base::topics::kEvents, 3, Opened("conversation-a2").SerializeAsString());
  }

  absl::StatusOr<v1::TraceResponse> Trace(const std::string& message,
                                          const std::string& conversation,
                                          const std::string& tenant = "acme") {
    v1::TraceRequest request;
    request.set_tenant(tenant);
    request.set_message_id(message);
    request.set_conversation_id(conversation);
    return Tracer(log(), clock_).Trace(request);
  }
};

TEST_F(TracerTest, AMessageLeadsToItsPlaceInInboundAndTheLifeOfItsConversation) {
  const auto trace = Trace("message-two", "");
  ASSERT_TRUE(trace.ok()) << trace.status();
  EXPECT_EQ(trace->message_id(), "message-two");
  EXPECT_EQ(trace->conversation_id(), "conversation-a1");
  EXPECT_EQ(trace->inbound().partition(), 1u);
  EXPECT_EQ(trace->inbound().offset(), 1u);
  ASSERT_EQ(trace->events_size(), 4);
  EXPECT_TRUE(trace->events(0).event().has_opened());
  EXPECT_TRUE(trace->events(3).event().has_closed());
  EXPECT_EQ(trace->events(3).coordinates().offset(), 4u);
  EXPECT_GT(trace->events(3).append_unix_ms(), 0);
}

TEST_F(TracerTest, AConversationIsFoundByTheBeginningOfItsId) {
  const auto trace = Trace("", "conversation-b");
  ASSERT_TRUE(trace.ok()) << trace.status();
  EXPECT_EQ(trace->conversation_id(), "conversation-b1");
  EXPECT_EQ(trace->events_size(), 1);
  EXPECT_FALSE(trace->has_inbound());
}

TEST_F(TracerTest, ABeginningOfSeveralIdsIsAmbiguousEvenAcrossPartitions) {
  const auto trace = Trace("", "conversation-a");
  EXPECT_EQ(trace.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::ReasonOf(trace.status()), "ambiguous_id");
}

TEST_F(TracerTest, WhatNoEventNamesIsNotFoundAndNeitherIsWhatAnotherTenantHas) {
  EXPECT_EQ(Trace("message-three", "").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Trace("message-one", "", "boreal").status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(Trace("message-one", "", "").ok());
}

TEST_F(TracerTest, ExactlyOneIdIsToBeGiven) {
  EXPECT_EQ(base::ReasonOf(Trace("", "").status()), "missing_id");
  EXPECT_EQ(base::ReasonOf(Trace("message-one", "conversation-a1").status()), "missing_id");
}

}  // namespace
}  // namespace centralita::metrics
