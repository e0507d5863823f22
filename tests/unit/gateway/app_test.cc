#include "centralita/gateway/app.h"

#include "centralita/store/leases.h"
#include "command_writer.h"
#include "fakes.h"

namespace centralita::gateway {
namespace {

class NoRouters final : public RouterChannels {
 public:
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string&) override { return nullptr; }
};

class GatewayAppTest : public GatewayFixture {
 protected:
  std::unique_ptr<GatewayApp> Make(const std::string& member) {
    auto created = GatewayApp::Create({.member = member}, {.log = log(),
                                                           .store = *store_,
                                                           .clock = clock_,
                                                           .logger = *logger_,
                                                           .directory = directory_,
                                                           .routers = routers_,
                                                           .metrics = metrics_});
    EXPECT_TRUE(created.ok()) << created.status();
    return *std::move(created);
  }
  uint64_t End(uint32_t partition) {
    return log().Offsets({std::string(base::topics::kCommands), partition})->end;
  }

  FakeDirectory directory_;
  NoRouters routers_;
  telemetry::Metrics metrics_;
};

TEST_F(GatewayAppTest, ARestartDeclaresThePreviousIncarnationLostInEveryPartition) {
  std::string first;
  {
    const auto gateway = Make("0");
    ASSERT_TRUE(gateway->Start().ok());
    EXPECT_FALSE(gateway->Ready().ok()) << "no owner is watched";
    EXPECT_EQ(End(0), 0u) << "there was nobody before it";
    first = **backends_.store->Get({"gateway/members", "0"});
    ASSERT_TRUE(gateway->Drain(kLimit).ok());
  }
  const auto gateway = Make("0");
  ASSERT_TRUE(gateway->Start().ok());
  for (uint32_t p = 0; p < 4; ++p) EXPECT_EQ(CommandAt(0, p).gateway_lost().incarnation(), first);
  EXPECT_NE(**backends_.store->Get({"gateway/members", "0"}), first);
}

TEST_F(GatewayAppTest, AnotherMemberDeclaresNobodyLost) {
  const auto first = Make("0");
  ASSERT_TRUE(first->Start().ok());
  const auto second = Make("1");
  ASSERT_TRUE(second->Start().ok());
  for (uint32_t p = 0; p < 4; ++p) EXPECT_EQ(End(p), 0u);
  EXPECT_TRUE(second->Health().ok());
}

TEST_F(GatewayAppTest, WithoutItsStoreItDoesNotStart) {
  store_->OnEach([] { return absl::UnavailableError("down"); });
  EXPECT_EQ(Make("0")->Start().code(), absl::StatusCode::kUnavailable);
}

// Says of one partition that the disk is full.
class HalfFailingProducer final : public eventlog::Producer {
 public:
  absl::Status Append(eventlog::Outgoing record, eventlog::AckCallback ack) override {
    if (record.partition == 1) {
      ack(absl::UnavailableError("the disk is full"));
    } else {
      ack(uint64_t{0});
    }
    return absl::OkStatus();
  }
  absl::Status WaitForRoom(base::Duration) override { return absl::OkStatus(); }
  absl::Status Flush(base::Duration) override { return absl::OkStatus(); }
};

TEST(CommandWriterTest, ALossIsDeclaredOnlyIfEveryPartitionHasIt) {
  CommandWriter commands(std::make_unique<HalfFailingProducer>(), 4, "gw");
  EXPECT_EQ(commands.DeclareLost("before").code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace centralita::gateway
