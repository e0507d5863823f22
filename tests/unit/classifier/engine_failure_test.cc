// A message at which the engine fails holds nothing up.
#include <gmock/gmock.h>

#include <stdexcept>

#include "centralita/classifier/fast_role.h"
#include "centralita/message/v1/message.pb.h"
#include "tests/unit/classifier/fixture.h"

namespace centralita::classifier {
namespace {

using classification::v1::Classification;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

std::string Inbound(const std::string& customer, const std::string& text) {
  return FromText<message::v1::InboundMessage>(
             "message_id: 'm-" + customer + "' tenant: 'shop' customer_id: '" + customer +
             "' channel: CHANNEL_CHAT account: 'acc' handle: 'h' text: '" + text + "'")
      .SerializeAsString();
}

class EngineFailureTest : public ClassifierFixture {
 protected:
  // Before the real engine runs, `trouble` is asked with each text and how often it was tried.
  std::vector<Classification> Process(const std::vector<std::string>& texts,
                                      std::function<void(std::string_view, int)> trouble) {
    EngineOptions options;
    options.budget = base::Duration(250);
    options.engine = [&](const text::Classifier& classifier, const text::Input& input,
                         text::Workspace& workspace, Classification& result) {
      trouble(input.text, ++tries_[std::string(input.text)]);
      classifier.Classify(input, workspace, result);
    };
    FastRole role(policies_, *reader_, clock_, metrics_, std::move(options));
    std::vector<std::string> values;
    for (const std::string& text : texts) values.push_back(Inbound("ana", text));
    CollectedOutputs outputs;
    EXPECT_TRUE(role.Process(BatchOf("inbound", std::move(values)), 1, outputs).ok());
    std::vector<Classification> classifications;
    for (const auto& record : outputs.Of<routing::v1::RoutingRecord>("routing")) {
      classifications.push_back(record.tagged().classification());
    }
    return classifications;
  }

  std::map<std::string, int> tries_;
};

TEST_F(EngineFailureTest, WhatFailsOnceIsTriedAgainAndIsWhole) {
  const auto said = Process({"where is it"}, [](std::string_view, int tries) {
    if (tries == 1) throw std::bad_alloc();
  });
  EXPECT_EQ(said[0].intent(), "order_status");
  EXPECT_THAT(said[0].tags(), Not(Contains("degraded")));
  EXPECT_EQ(said[0].degraded_reason(), "");
  EXPECT_EQ(tries_["where is it"], 2);
}

TEST_F(EngineFailureTest, WhatFailsTwiceGoesOnDegradedAndTheNextOnesAreWhole) {
  const auto said = Process({"refund", "poison", "where is it"}, [](std::string_view text, int) {
    if (text == "poison") throw std::runtime_error("poison");
  });
  ASSERT_EQ(said.size(), 3u);
  EXPECT_EQ(said[0].intent(), "return_refund");
  EXPECT_EQ(said[1].intent(), "other");
  // Not noise, though nothing of it is known; and not `degraded`: its customer is known.
  EXPECT_THAT(said[1].tags(), ElementsAre("engine_failed", "unsure"));
  EXPECT_EQ(said[1].degraded_reason(), "engine_failed");
  EXPECT_EQ(said[1].priority(), 140);
  EXPECT_EQ(said[2].intent(), "order_status");
  EXPECT_EQ(tries_["poison"], 2);
  EXPECT_THAT(registry_.Exposition(),
              ::testing::HasSubstr(
                  "centralita_classifier_engine_failures_total{reason=\"engine_failed\"} 2"));
}

TEST_F(EngineFailureTest, WhatTakesTooLongKeepsItsFirstAnswerAndSaysSo) {
  const auto said = Process({"where is it", "refund"}, [&](std::string_view text, int) {
    clock_.Advance(base::Duration(text == "refund" ? 1 : 300));
  });
  EXPECT_EQ(said[0].intent(), "order_status");
  EXPECT_THAT(said[0].tags(), ElementsAre());
  EXPECT_EQ(said[0].degraded_reason(), "engine_slow");
  EXPECT_EQ(said[1].degraded_reason(), "");
  EXPECT_EQ(tries_["where is it"], 1);
}

TEST_F(EngineFailureTest, AWholeBookAgainstGreedyExpressionsEndsAndTheNextOneIsWhole) {
  policy::v1::ClassifierSection section;
  section.add_intents("order_status");
  section.add_rules()->set_intent("order_status");
  section.mutable_rules(0)->add_regex("(where|donde).*");
  for (char digit = '0'; digit <= '9'; ++digit) {
    section.mutable_rules(0)->add_regex(std::string("[^") + digit + "]+");
  }
  section.mutable_rules(0)->set_weight(10);
  policies_.Put("shop", std::make_shared<text::Classifier>(section, std::vector<std::string>{}, 5));
  std::string book;
  while (book.size() < 250'000) book += "where is it ab ";
  const auto said = Process({book, "where is it"}, [](std::string_view, int) {});
  ASSERT_EQ(said.size(), 2u);
  EXPECT_EQ(said[0].degraded_reason(), "engine_slow");
  EXPECT_EQ(said[0].intent(), "order_status");
  EXPECT_EQ(tries_[book], 1);
  EXPECT_EQ(said[1].degraded_reason(), "");
  EXPECT_EQ(said[1].intent(), "order_status");
}

TEST_F(EngineFailureTest, WithoutTheProfileEachReasonHasItsTag) {
  store_->SetReadError(absl::UnavailableError("away"));
  const auto said = Process({"poison", "where is it"}, [&](std::string_view text, int) {
    if (text == "poison") throw std::runtime_error("poison");
    clock_.Advance(base::Duration(300));
  });
  EXPECT_THAT(said[0].tags(), ElementsAre("degraded", "engine_failed", "unsure"));
  EXPECT_EQ(said[0].degraded_reason(), "engine_failed");
  EXPECT_THAT(said[1].tags(), ElementsAre("degraded"));
  EXPECT_EQ(said[1].degraded_reason(), "profile_unavailable");
}

TEST_F(EngineFailureTest, APhotoWithoutWordsIsNoNoise) {
  auto photo = FromText<message::v1::InboundMessage>(
      "message_id: 'm' tenant: 'shop' customer_id: 'ana' channel: CHANNEL_WHATSAPP"
      " attachments { media_type: 'image/jpeg' url: 'https://cdn/1' }");
  std::vector<std::string> values = {photo.SerializeAsString()};
  photo.clear_attachments();
  values.push_back(photo.SerializeAsString());
  FastRole role(policies_, *reader_, clock_, metrics_);
  CollectedOutputs outputs;
  ASSERT_TRUE(role.Process(BatchOf("inbound", std::move(values)), 1, outputs).ok());
  const auto records = outputs.Of<routing::v1::RoutingRecord>("routing");
  EXPECT_THAT(records[0].tagged().classification().tags(), ElementsAre("unsure"));
  EXPECT_THAT(records[1].tagged().classification().tags(), ElementsAre("noise", "unsure"));
}

}  // namespace
}  // namespace centralita::classifier
