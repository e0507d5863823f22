#include "history.h"

#include "centralita/message/v1/message.pb.h"
#include "fakes.h"

namespace centralita::gateway {
namespace {

class NoOutputs final : public stage::PipelineOutputs {
 public:
  void Emit(size_t, std::string_view, std::string_view,
            const google::protobuf::MessageLite&) override {
    ADD_FAILURE();
  }
  void DeadLetter(size_t, std::string_view, std::string_view, uint32_t) override { ADD_FAILURE(); }
};

class HistoryTest : public GatewayFixture {
 protected:
  static History::Entry Entry(const std::string& message, const std::string& text,
                              const std::string& customer = "c") {
    return {.tenant = "acme",
            .customer_id = customer,
            .message_id = message,
            .text = text,
            .subject = "asunto",
            .handle = "ana@example.com"};
  }
  static std::string TextOf(History& history, const std::string& message,
                            const std::string& customer = "c", const std::string& tenant = "acme") {
    google::protobuf::RepeatedPtrField<v1::MessageView> views;
    views.Add()->set_message_id(message);
    history.Fill(tenant, customer, views);
    return views[0].text();
  }
};

TEST_F(HistoryTest, WhatIsWrittenIsReadFromMemoryAndByOthersFromTheStore) {
  History history(*store_, base::Duration(60'000));
  ASSERT_TRUE(history.Write({Entry("m1", "¿Dónde está?"), Entry("m2", "Къде е?")}).ok());
  History other(*store_, base::Duration(60'000));
  store_->OnEach([] { return absl::UnavailableError("down"); });
  EXPECT_EQ(TextOf(history, "m1"), "¿Dónde está?");
  EXPECT_EQ(TextOf(other, "m1"), "") << "the work does not wait for its texts";
  store_->OnEach(nullptr);
  google::protobuf::RepeatedPtrField<v1::MessageView> views;
  views.Add()->set_message_id("m1");
  views.Add()->set_message_id("unknown");
  views.Add()->set_message_id("m2");
  other.Fill("acme", "c", views);
  EXPECT_EQ(views[0].text(), "¿Dónde está?");
  EXPECT_EQ(views[0].subject(), "asunto");
  EXPECT_EQ(views[0].handle(), "ana@example.com");
  EXPECT_EQ(views[1].text(), "");
  EXPECT_EQ(views[2].text(), "Къде е?");
}

TEST_F(HistoryTest, NobodyReadsAnotherCustomersOrTenantsTexts) {
  History history(*store_, base::Duration(60'000));
  ASSERT_TRUE(history.Write({Entry("m1", "secret")}).ok());
  EXPECT_EQ(TextOf(history, "m1", "another"), "");
  EXPECT_EQ(TextOf(history, "m1", "c", "boreal"), "");
  History other(*store_, base::Duration(60'000));
  EXPECT_EQ(TextOf(other, "m1", "another"), "");
  EXPECT_EQ(TextOf(other, "m1", "c", "boreal"), "");
  EXPECT_EQ(TextOf(other, "m1"), "secret");
}

TEST_F(HistoryTest, MemoryIsBoundedAndWhatFallsOutIsStillInTheStore) {
  History history(*store_, base::Duration(60'000), 2);
  ASSERT_TRUE(history.Write({Entry("m1", "1"), Entry("m2", "2"), Entry("m3", "3")}).ok());
  EXPECT_EQ(TextOf(history, "m1"), "1");
  store_->OnEach([] { return absl::UnavailableError("down"); });
  EXPECT_EQ(TextOf(history, "m1"), "");
  EXPECT_EQ(TextOf(history, "m3"), "3");
}

TEST_F(HistoryTest, ErasingOneCustomerLeavesTheOthers) {
  History history(*store_, base::Duration(60'000));
  std::vector<History::Entry> entries{Entry("other", "stays", "c2")};
  for (int i = 0; i < 1500; ++i) entries.push_back(Entry("m" + std::to_string(i), "text"));
  ASSERT_TRUE(history.Write(std::move(entries)).ok());
  ASSERT_TRUE(history.Erase("acme", "c").ok());
  History other(*store_, base::Duration(60'000));
  for (History* each : {&history, &other}) {
    EXPECT_EQ(TextOf(*each, "m0"), "");
    EXPECT_EQ(TextOf(*each, "m1499"), "");
    EXPECT_EQ(TextOf(*each, "other", "c2"), "stays");
  }
}

TEST_F(HistoryTest, TheProjectionTriesAgainWhateverTheStoreAnswersAndPassesOverDamagedRecords) {
  History history(*store_, base::Duration(60'000));
  HistoryProjection projection(history);
  message::v1::InboundMessage message;
  message.set_tenant("acme");
  message.set_customer_id("c");
  message.set_message_id("m1");
  message.set_text("hola");
  const std::string bytes = message.SerializeAsString();
  std::vector<eventlog::Record> records(2);
  records[0].value = "\xff\xff";
  records[1].value = bytes;
  const eventlog::RecordBatch batch({"inbound", 0}, records, nullptr);
  NoOutputs outputs;
  store_->OnEach([] { return absl::DeadlineExceededError("slow"); });
  EXPECT_EQ(projection.Process(batch, 1, outputs).code(), absl::StatusCode::kUnavailable);
  store_->OnEach(nullptr);
  EXPECT_TRUE(projection.Process(batch, 1, outputs).ok());
  History other(*store_, base::Duration(60'000));
  EXPECT_EQ(TextOf(other, "m1"), "hola");
}

TEST_F(HistoryTest, TextsOfSeveralCustomersAreReadInOneRound) {
  History history(*store_, base::Duration(60'000));
  ASSERT_TRUE(history.Write({Entry("m1", "uno", "ana"), Entry("m2", "две", "boris")}).ok());
  History other(*store_, base::Duration(60'000));
  int rounds = 0;
  store_->OnEach([&rounds] {
    ++rounds;
    return absl::OkStatus();
  });
  google::protobuf::RepeatedPtrField<v1::MessageView> one;
  google::protobuf::RepeatedPtrField<v1::MessageView> two;
  one.Add()->set_message_id("m1");
  two.Add()->set_message_id("m2");
  two.Add()->set_message_id("unknown");
  other.Fill({{"acme", "ana", &one}, {"acme", "boris", &two}});
  EXPECT_EQ(rounds, 1);
  EXPECT_EQ(one[0].text(), "uno");
  EXPECT_EQ(two[0].text(), "две");
  EXPECT_EQ(two[1].text(), "");
}

}  // namespace
}  // namespace centralita::gateway
