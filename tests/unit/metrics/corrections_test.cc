#include "centralita/metrics/corrections.h"

#include <gmock/gmock.h>

#include "centralita/base/error.h"
#include "fixture.h"
#include "harness.h"

namespace centralita::metrics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CorrectionsTest : public LogFixture {
 protected:
  void Tell(const Event& event) { Append(base::topics::kEvents, 2, event.SerializeAsString()); }
  void Said(const std::string& id, const std::string& text, const std::string& subject = "",
            common::v1::Channel channel = common::v1::CHANNEL_CHAT) {
    message::v1::InboundMessage message;
    message.set_message_id(id);
    message.set_tenant("acme");
    message.set_customer_id("customer");
    message.set_text(text);
    message.set_subject(subject);
    message.set_channel(channel);
    Append(base::topics::kInbound, 1, message.SerializeAsString());
  }
  // Fills in which message the event is about.
  Event About(Event event, const std::string& id) {
    routing::v1::MessageRef* message =
        event.has_opened()   ? event.mutable_opened()->mutable_message()
        : event.has_joined() ? event.mutable_joined()->mutable_message()
                             : event.mutable_reopened()->mutable_message();
    message->set_message_id(id);
    message->set_accepted_unix_ms(base::ToUnixMillis(clock_.Now()));
    if (event.has_opened()) event.mutable_opened()->mutable_facts()->set_language("es");
    return event;
  }
  static Event Replied(const std::string& conversation, uint64_t up_to, uint64_t revision = 1) {
    Event event = Of(conversation, revision);
    event.mutable_replied()->set_up_to_sequence(up_to);
    return event;
  }
  static Event Corrected(const std::string& conversation, const std::string& from,
                         const std::string& to, int64_t at = kStart, uint64_t revision = 1) {
    Event event = Closed(conversation, 1, revision);
    event.set_at_unix_ms(at);
    event.mutable_closed()->set_reason(routing::v1::CLOSE_REASON_RESOLVED_BY_AGENT);
    event.mutable_closed()->set_classified_intent(from);
    event.mutable_closed()->set_intent(to);
    return event;
  }

  struct Exported {
    absl::Status status;
    std::vector<v1::Correction> rows;
    uint64_t without_text = 0;
  };
  Exported Export(int64_t from = 0, int64_t until = 0, CorrectionLimits limits = {},
                  const std::string& tenant = "acme") {
    v1::ExportCorrectionsRequest request;
    request.set_from_unix_ms(from);
    request.set_until_unix_ms(until);
    Exported exported;
    exported.status =
        Corrections(log(), clock_, limits)
            .Export(
                tenant, request, [this] { return wanted_; },
                [&](const v1::ExportCorrectionsResponse& response) {
                  exported.rows.insert(exported.rows.end(), response.corrections().begin(),
                                       response.corrections().end());
                  exported.without_text += response.without_text();
                  return true;
                });
    return exported;
  }

  bool wanted_ = true;
};

TEST_F(CorrectionsTest, WhatTheCustomerSaidUntilTheFirstAnswerHasTheAgentsIntent) {
  Said("m1", "hola");
  Said("m2", "quiero devolver los zapatos");
  Said("m3", "gracias");
  Tell(About(Opened("c1"), "m1"));
  // Events of route and dispatch may cross.
  Tell(Replied("c1", 2));
  Tell(About(Joined("c1", 2), "m2"));
  Tell(About(Joined("c1", 3), "m3"));
  Tell(Replied("c1", 3));
  Tell(Corrected("c1", "order_status", "return_refund"));
  const Exported exported = Export();
  ASSERT_TRUE(exported.status.ok()) << exported.status;
  ASSERT_EQ(exported.rows.size(), 1u);
  const v1::Correction& row = exported.rows[0];
  EXPECT_EQ(row.conversation_id(), "c1");
  EXPECT_EQ(row.text(), "hola\nquiero devolver los zapatos");
  EXPECT_EQ(row.subject(), "");
  EXPECT_EQ(row.language(), "es");
  EXPECT_EQ(row.intent(), "return_refund");
  EXPECT_EQ(row.classified_intent(), "order_status");
  EXPECT_EQ(row.resolved_unix_ms(), kStart);
}

TEST_F(CorrectionsTest, AnEmailComesWithItsSubjectAndWithoutHistoryAndSignature) {
  Said("m1", "Where is it?\n\n-- \nAna, Calle Mayor 1\n", "Order 12345", common::v1::CHANNEL_EMAIL);
  Tell(About(Opened("c1"), "m1"));
  Tell(Corrected("c1", "complaint", "order_status"));
  const Exported exported = Export();
  ASSERT_EQ(exported.rows.size(), 1u);
  EXPECT_EQ(exported.rows[0].subject(), "Order 12345");
  EXPECT_THAT(exported.rows[0].text(), ::testing::StartsWith("Where is it?"));
  EXPECT_THAT(exported.rows[0].text(), ::testing::Not(::testing::HasSubstr("Calle Mayor")));
}

TEST_F(CorrectionsTest, TheLastCorrectionOfAConversationWinsWithWhatWasSaidSinceItsReopening) {
  Said("m1", "where is my order");
  Said("m2", "now I want my money back");
  Tell(About(Opened("c1"), "m1"));
  Tell(Replied("c1", 1));
  Tell(Corrected("c1", "other", "order_status", kStart, 1));
  Tell(About(Reopened("c1", 2, 2), "m2"));
  Tell(Corrected("c1", "order_status", "return_refund", kStart + 10, 2));
  const Exported both = Export();
  ASSERT_EQ(both.rows.size(), 1u);
  EXPECT_EQ(both.rows[0].intent(), "return_refund");
  EXPECT_EQ(both.rows[0].text(), "now I want my money back");
  // Within a span that ends before, the first one is the last.
  const Exported first = Export(0, kStart + 10);
  ASSERT_EQ(first.rows.size(), 1u);
  EXPECT_EQ(first.rows[0].intent(), "order_status");
  EXPECT_EQ(first.rows[0].text(), "where is my order");
}

TEST_F(CorrectionsTest, OnlyAgentsCorrectionsOfTheTenantWithinTheSpanCount) {
  for (const char* id : {"agreed", "bot", "early", "late", "other", "in"}) {
    Said(std::string("m-") + id, std::string("text of ") + id);
    Tell(About(Opened(id), std::string("m-") + id));
  }
  Tell(Corrected("agreed", "", "complaint"));
  Event bot = Corrected("bot", "a", "b");
  bot.mutable_closed()->set_reason(routing::v1::CLOSE_REASON_RESOLVED_BY_BOT);
  Tell(bot);
  Tell(Corrected("early", "a", "b", kStart - 1));
  Tell(Corrected("late", "a", "b", kStart + 100));
  Event other = Corrected("other", "a", "b");
  other.set_tenant("boreal");
  Tell(other);
  Tell(Corrected("in", "a", "b"));
  const Exported exported = Export(kStart, kStart + 100);
  ASSERT_EQ(exported.rows.size(), 1u);
  EXPECT_EQ(exported.rows[0].conversation_id(), "in");
  const Exported theirs = Export(0, 0, {}, "boreal");
  EXPECT_THAT(theirs.rows, IsEmpty());
  EXPECT_EQ(theirs.without_text, 1u) << "the messages are another tenant's";
}

TEST_F(CorrectionsTest, RowsComeByTheirTimeAndThoseWithoutTextAreCounted) {
  for (const char* id : {"b", "a", "c"}) {
    if (*id != 'c') Said(std::string("m-") + id, "text");
    Tell(About(Opened(id), std::string("m-") + id));
  }
  Tell(Corrected("a", "x", "y", kStart + 2));
  Tell(Corrected("b", "x", "y", kStart + 1));
  Tell(Corrected("c", "x", "y", kStart));
  const Exported exported = Export();
  std::vector<std::string> ids;
  for (const auto& row : exported.rows) ids.push_back(row.conversation_id());
  EXPECT_THAT(ids, ElementsAre("b", "a"));
  EXPECT_EQ(exported.without_text, 1u);
}

TEST_F(CorrectionsTest, WhatIsHeldInMemoryIsBounded) {
  for (int i = 0; i < 3; ++i) {
    const std::string id = std::to_string(i);
    Said("m" + id, std::string(2000, 'x') + "ж" + std::string(2000, 'y'));
    Tell(About(Opened("c" + id), "m" + id));
    Tell(Corrected("c" + id, "x", "y"));
  }
  EXPECT_EQ(Export(0, 0, {.conversations = 3}).rows.size(), 3u);
  EXPECT_EQ(base::ReasonOf(Export(0, 0, {.conversations = 2}).status), "too_many_corrections");
  EXPECT_EQ(base::ReasonOf(Export(0, 0, {.text_bytes = 8000}).status), "too_many_corrections");
  const Exported cut = Export(0, 0, {.bytes_per_conversation = 2001});
  ASSERT_EQ(cut.rows.size(), 3u);
  EXPECT_EQ(cut.rows[0].text(), std::string(2000, 'x')) << "no half characters";
}

TEST_F(CorrectionsTest, WhoeverHasGoneIsNotReadFor) {
  Tell(Corrected("c1", "x", "y"));
  wanted_ = false;
  EXPECT_EQ(Export().status.code(), absl::StatusCode::kCancelled);
}

TEST_F(CorrectionsTest, WithoutAnyThereIsNothing) {
  Append(base::topics::kEvents, 0, "\xff damaged");
  const Exported exported = Export();
  EXPECT_TRUE(exported.status.ok()) << exported.status;
  EXPECT_THAT(exported.rows, IsEmpty());
}

}  // namespace
}  // namespace centralita::metrics
