// What intake says when the log, the store or the table of handles is not there: never a false yes.
#include "intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "centralita/base/error.h"
#include "centralita/store/store.h"

namespace centralita::ingest {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// Takes records and keeps their acks until the test gives them.
class HeldProducer final : public eventlog::Producer {
 public:
  absl::Status Append(eventlog::Outgoing record, eventlog::AckCallback ack) override {
    if (!refuse.ok()) return refuse;
    acks.push_back(std::move(ack));
    return absl::OkStatus();
  }
  absl::Status WaitForRoom(base::Duration) override { return absl::OkStatus(); }
  absl::Status Flush(base::Duration) override { return absl::OkStatus(); }

  absl::Status refuse;
  std::vector<eventlog::AckCallback> acks;
};

class BrokenStore final : public store::Store {
 public:
  absl::StatusOr<std::optional<std::string>> Get(const store::Key&) override { return down; }
  absl::StatusOr<std::vector<std::optional<std::string>>> GetMany(
      const std::vector<store::Key>& keys) override {
    if (!down.ok()) return down;
    return std::vector<std::optional<std::string>>(keys.size());
  }
  absl::StatusOr<std::string> SetIfAbsent(const store::Key&, const std::string&,
                                          base::Duration) override {
    return down;
  }
  absl::Status Commit(const store::Transaction&) override { return down; }
  std::vector<absl::Status> CommitMany(const std::vector<store::Transaction>&) override {
    return {down};
  }
  absl::StatusOr<store::ScanPage> Scan(const std::string&, const std::string&,
                                       const std::optional<std::string>&, size_t) override {
    return down;
  }
  absl::Status down = absl::UnavailableError("down");
};

class SetGate final : public Gate {
 public:
  absl::Status Open() const override { return open; }
  absl::Status open;
};

class IntakeTest : public ::testing::Test {
 protected:
  IntakeTest() {
    policy_->tenant = "acme";
    caller_.snapshot = std::make_shared<app::PolicySnapshot>();
    caller_.policy = policy_.get();
  }

  MessageItems Items(int count) {
    MessageItems items(static_cast<size_t>(count));
    for (auto& item : items) {
      item.value.set_channel(common::v1::CHANNEL_CHAT);
      item.value.set_account("a");
      item.value.set_handle("h");
      item.value.set_provider_message_id("p");
    }
    return items;
  }

  void Send(int count) {
    intake_.Messages(caller_, Items(count), [this](std::vector<ItemResult> results) {
      ++answers_;
      results_ = std::move(results);
    });
  }

  std::unique_ptr<app::TenantPolicy> policy_ = std::make_unique<app::TenantPolicy>();
  Caller caller_;
  base::ManualClock clock_{base::FromUnixMillis(1'767'225'600'000)};
  telemetry::Metrics registry_;
  IngestMetrics metrics_{registry_};
  HeldProducer producer_;
  BrokenStore store_;
  Identity identity_{store_, 100};
  SetGate gate_;
  Intake intake_{{},
                 {},
                 {.producer = producer_,
                  .identity = identity_,
                  .clock = clock_,
                  .gate = gate_,
                  .metrics = metrics_}};
  int answers_ = 0;
  std::vector<ItemResult> results_;
};

TEST_F(IntakeTest, AnswersOnlyAfterTheLastAck) {
  store_.down = absl::OkStatus();
  Send(2);
  ASSERT_THAT(producer_.acks, SizeIs(2));
  EXPECT_EQ(metrics_.in_flight.Value(), 2);
  producer_.acks[0](41u);
  EXPECT_EQ(answers_, 0);
  producer_.acks[1](42u);
  ASSERT_EQ(answers_, 1);
  EXPECT_EQ(results_[0].coordinates().offset(), 41u);
  EXPECT_EQ(results_[1].coordinates().offset(), 42u);
  EXPECT_EQ(metrics_.in_flight.Value(), 0);
}

TEST_F(IntakeTest, AFailedAckIsANoForThatItemAlone) {
  store_.down = absl::OkStatus();
  Send(2);
  producer_.acks[0](absl::UnavailableError("disk full"));
  producer_.acks[1](42u);
  ASSERT_THAT(results_, SizeIs(2));
  EXPECT_EQ(results_[0].error().code(), "log_unavailable");
  EXPECT_TRUE(results_[0].message_id().empty());
  EXPECT_FALSE(results_[1].has_error());
  EXPECT_EQ(metrics_.refused.With("log_unavailable").Value(), 1);
}

TEST_F(IntakeTest, AFullBufferIsANoAtOnce) {
  store_.down = absl::OkStatus();
  producer_.refuse = absl::ResourceExhaustedError("full");
  Send(3);
  ASSERT_THAT(results_, SizeIs(3));
  for (const ItemResult& result : results_) EXPECT_EQ(result.error().code(), "log_busy");
}

TEST_F(IntakeTest, AHandleThatCannotBeLookedUpIsNotGuessed) {
  Send(1);
  ASSERT_THAT(results_, SizeIs(1));
  EXPECT_EQ(results_[0].error().code(), "store_unavailable");
  EXPECT_THAT(producer_.acks, IsEmpty());
}

TEST_F(IntakeTest, AClosedGateSaysWhy) {
  store_.down = absl::OkStatus();
  gate_.open = base::Error(absl::StatusCode::kUnavailable, "identity_loading", "Still loading.");
  Send(2);
  ASSERT_THAT(results_, SizeIs(2));
  EXPECT_EQ(results_[1].error().code(), "identity_loading");
  EXPECT_THAT(producer_.acks, IsEmpty());
}

TEST_F(IntakeTest, AnEmptyRequestIsAnsweredAtOnce) {
  Send(0);
  EXPECT_EQ(answers_, 1);
  EXPECT_THAT(results_, IsEmpty());
}

}  // namespace
}  // namespace centralita::ingest
