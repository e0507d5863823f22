#include "owner_watcher.h"

#include "centralita/store/leases.h"
#include "fakes.h"

namespace centralita::gateway {
namespace {

// No router is there: frames come from the test.
class NoRouters final : public RouterChannels {
 public:
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string&) override { return nullptr; }
};

class OwnerWatcherTest : public GatewayFixture {
 protected:
  void SetUp() override {
    GatewayFixture::SetUp();
    history_ = std::make_unique<History>(*store_, base::Duration(60'000));
    commands_ = std::make_unique<CommandWriter>(
        *log().NewProducer({.name = "gateway", .gapless = false}), 4, "gw");
    watcher_ = std::make_unique<OwnerWatcher>(*store_, routers_, *commands_, sessions_, *history_,
                                              *logger_);
    ana_ = std::make_shared<FakeSession>("gw/1", "ana");
    ASSERT_TRUE(sessions_.Add(ana_));
  }

  static owner::v1::WatchResponse Frame(uint64_t offset, bool resync = false,
                                        uint32_t partition = ShardPartition()) {
    owner::v1::WatchResponse frame;
    frame.set_partition(partition);
    frame.set_offset(offset);
    frame.set_resync(resync);
    return frame;
  }
  static owner::v1::WatchResponse Withdrawn(uint64_t offset, const std::string& offer) {
    owner::v1::WatchResponse frame = Frame(offset);
    auto& update = *frame.add_updates();
    update.set_tenant("acme");
    update.set_session("gw/1");
    update.mutable_update()->mutable_offer_withdrawn()->set_offer_id(offer);
    return frame;
  }
  static owner::v1::WatchResponse ResyncOf(const std::string& session, uint64_t offset) {
    owner::v1::WatchResponse frame = Frame(offset, true);
    auto& update = *frame.add_updates();
    update.set_tenant("acme");
    update.set_session(session);
    auto& work = *update.mutable_update()->mutable_resync()->add_offers()->mutable_work();
    work.set_customer_id("c");
    work.add_messages()->set_message_id("m1");
    return frame;
  }

  NoRouters routers_;
  SessionTable sessions_{10};
  std::unique_ptr<History> history_;
  std::unique_ptr<CommandWriter> commands_;
  std::unique_ptr<OwnerWatcher> watcher_;
  std::shared_ptr<FakeSession> ana_;
};

TEST_F(OwnerWatcherTest, NothingIsDeliveredBeforeTheResyncAndRepeatsAreDropped) {
  watcher_->OnFrame(Withdrawn(5, "too early"));
  EXPECT_TRUE(ana_->updates.empty());
  watcher_->OnFrame(ResyncOf("gw/1", 10));
  ASSERT_EQ(ana_->updates.size(), 1u);
  watcher_->OnFrame(Withdrawn(10, "repeat"));
  EXPECT_EQ(ana_->updates.size(), 1u);
  watcher_->OnFrame(Withdrawn(12, "new"));
  watcher_->OnFrame(Withdrawn(12, "repeat"));
  watcher_->OnFrame(Withdrawn(11, "older"));
  ASSERT_EQ(ana_->updates.size(), 2u);
  EXPECT_EQ(ana_->updates[1].offer_withdrawn().offer_id(), "new");
}

TEST_F(OwnerWatcherTest, ASessionThatTheShardKnowsGetsItsResyncWithTexts) {
  ASSERT_TRUE(history_
                  ->Write({{.tenant = "acme",
                            .customer_id = "c",
                            .message_id = "m1",
                            .text = "¿Dónde está?",
                            .subject = "",
                            .handle = ""}})
                  .ok());
  watcher_->OnFrame(ResyncOf("gw/1", 10));
  ASSERT_EQ(ana_->updates.size(), 1u);
  EXPECT_EQ(ana_->updates[0].resync().offers(0).work().messages(0).text(), "¿Dónde está?");
  EXPECT_EQ(ana_->announced, 0);
}

TEST_F(OwnerWatcherTest, ASessionThatTheShardDoesNotKnowHasNothingAndMakesItselfKnownAgain) {
  std::string pool = "other";
  while (commands_->PartitionOf("acme", pool) == ShardPartition()) pool += "x";
  const auto elsewhere = std::make_shared<FakeSession>("gw/2", "boris", pool);
  ASSERT_TRUE(sessions_.Add(elsewhere));
  watcher_->OnFrame(ResyncOf("gw/99", 10));
  ASSERT_EQ(ana_->updates.size(), 1u);
  ASSERT_TRUE(ana_->updates[0].has_resync());
  EXPECT_EQ(ana_->updates[0].resync().offers_size(), 0);
  EXPECT_EQ(ana_->announced, 1);
  EXPECT_TRUE(elsewhere->updates.empty()) << "another partition speaks for it";
  EXPECT_EQ(elsewhere->announced, 0);
}

TEST_F(OwnerWatcherTest, AllIsWatchedOnceEachPartitionHasHadItsResync) {
  for (uint32_t p = 0; p < 4; ++p) {
    EXPECT_FALSE(watcher_->AllWatched());
    watcher_->OnFrame(Frame(0, true, p));
  }
  EXPECT_TRUE(watcher_->AllWatched());
}

}  // namespace
}  // namespace centralita::gateway
