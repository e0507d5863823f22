// An embedded log with what the other services would have written.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "centralita/app/backends.h"
#include "centralita/base/topics.h"
#include "centralita/deadletter/v1/deadletter.pb.h"
#include "centralita/message/v1/message.pb.h"
#include "tests/unit/app/temp_dir.h"

namespace centralita::metrics {

constexpr base::Duration kLimit{20'000};

class LogFixture : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = app::OpenEmbedded({.data_dir = dir_.path(), .topics = {}}, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    backends_ = *std::move(opened);
    producer_ = *log().NewProducer({.name = "test"});
  }

  eventlog::EventLog& log() { return *backends_.log; }

  void Append(std::string_view topic, uint32_t partition, const std::string& value,
              const std::string& key = "acme/customer") {
    ASSERT_TRUE(
        producer_->Append({std::string(topic), partition, key, value, false}, [](auto) {}).ok());
    ASSERT_TRUE(producer_->Flush(kLimit).ok());
  }
  void AppendInbound(const std::string& message_id, uint32_t partition = 1) {
    message::v1::InboundMessage message;
    message.set_message_id(message_id);
    message.set_tenant("acme");
    message.set_customer_id("customer");
    message.set_text("¿Dónde está mi pedido?");
    Append(base::topics::kInbound, partition, message.SerializeAsString());
  }
  // A message that lay in `inbound` and could not be processed.
  void AppendLetter(const std::string& original, int64_t at,
                    std::string_view topic = base::topics::kInbound, uint32_t messages = 1) {
    deadletter::v1::DeadLetterRecord record;
    auto& letter = *record.mutable_letter();
    letter.mutable_coordinates()->set_topic(std::string(topic));
    letter.mutable_coordinates()->set_partition(1);
    letter.set_original_key("acme/customer");
    letter.set_original_value(original);
    letter.set_reason("undecodable");
    letter.set_stage("classifier");
    letter.set_at_unix_ms(at);
    letter.set_messages(messages);
    Append(base::topics::kDeadLetter, 1, record.SerializeAsString());
  }
  uint64_t End(std::string_view topic, uint32_t partition) {
    return log().Offsets({std::string(topic), partition})->end;
  }
  std::string ValueAt(std::string_view topic, uint32_t partition, uint64_t offset) {
    const eventlog::TopicPartition from{std::string(topic), partition};
    auto reader = *log().Read({from}, {});
    EXPECT_TRUE(reader->Seek(from, offset).ok());
    const auto until = clock_.Monotonic() + kLimit;
    while (clock_.Monotonic() < until) {
      const auto polled = reader->Poll(base::Duration(100));
      if (polled.ok() && !polled->batches.empty())
        return std::string(polled->batches[0].records()[0].value);
    }
    ADD_FAILURE() << "nothing at " << topic << " " << offset;
    return "";
  }

  test::TempDir dir_;
  base::SystemClock clock_;
  app::Backends backends_;
  std::unique_ptr<eventlog::Producer> producer_;
};

}  // namespace centralita::metrics
