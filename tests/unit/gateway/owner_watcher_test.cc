#include "owner_watcher.h"

#include <grpcpp/grpcpp.h>

#include <atomic>

#include "centralita/owner/v1/owner.grpc.pb.h"
#include "centralita/rpc/server.h"
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

TEST_F(OwnerWatcherTest, ASessionThatIsOverForTheShardIsClosed) {
  watcher_->OnFrame(ResyncOf("gw/1", 10));
  owner::v1::WatchResponse frame = Frame(11);
  auto& update = *frame.add_updates();
  update.set_session("gw/1");
  update.mutable_update()->mutable_closing()->set_reason("Another has taken its place.");
  watcher_->OnFrame(std::move(frame));
  ASSERT_EQ(ana_->closed.size(), 1u);
  EXPECT_EQ(ana_->closed[0], "Another has taken its place.");
  EXPECT_EQ(ana_->updates.size(), 1u);
}

TEST_F(OwnerWatcherTest, AnOwnerWhoIsBehindWhatAgentsHaveSeenIsNotShownAndIsAskedAgain) {
  EXPECT_TRUE(watcher_->OnFrame(ResyncOf("gw/1", 10)));
  EXPECT_TRUE(watcher_->OnFrame(Withdrawn(15, "new")));
  ASSERT_EQ(ana_->updates.size(), 2u);
  // One that lost the partition and does not know it, or a new one that has not come so far.
  EXPECT_FALSE(watcher_->OnFrame(ResyncOf("gw/1", 14)));
  EXPECT_EQ(ana_->updates.size(), 2u);
  EXPECT_EQ(watcher_->dropped_frames(), 1u);
  EXPECT_TRUE(watcher_->OnFrame(ResyncOf("gw/1", 15))) << "the same state once more";
  EXPECT_TRUE(watcher_->OnFrame(ResyncOf("gw/1", 20)));
  EXPECT_EQ(ana_->updates.size(), 4u);
}

TEST_F(OwnerWatcherTest, AStaleOwnerDoesNotTellASessionThatItHasNothing) {
  watcher_->OnFrame(ResyncOf("gw/1", 10));
  EXPECT_FALSE(watcher_->OnFrame(Frame(9, true)));
  EXPECT_EQ(ana_->updates.size(), 1u);
  EXPECT_EQ(ana_->announced, 0);
}

TEST_F(OwnerWatcherTest, AllIsWatchedOnceEachPartitionHasHadItsResync) {
  for (uint32_t p = 0; p < 4; ++p) {
    EXPECT_FALSE(watcher_->AllWatched());
    watcher_->OnFrame(Frame(0, true, p));
  }
  EXPECT_TRUE(watcher_->AllWatched());
}

// A router that owns whatever it is asked for.
class FakeOwner final : public owner::v1::OwnerService::CallbackService {
 public:
  explicit FakeOwner(uint64_t offset) : offset_(offset) {
    auto server = rpc::Server::Start({.listen = false}, {this});
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  std::shared_ptr<grpc::Channel> Channel() { return server_->InProcessChannel(); }

  grpc::ServerWriteReactor<owner::v1::WatchResponse>* Watch(
      grpc::CallbackServerContext* context, const owner::v1::WatchRequest* request) override {
    return new Stream(*this, *request);
  }
  // How many streams have begun, and of them ended.
  bool WaitFor(int begun, int ended) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLimit, [&] { return begun_ >= begun && ended_ >= ended; });
  }
  std::pair<int, int> counts() {
    const std::scoped_lock lock(mutex_);
    return {begun_, ended_};
  }
  // Streams end before they bring anything.
  void set_refuses(bool refuses) {
    const std::scoped_lock lock(mutex_);
    refuses_ = refuses;
  }
  // What the next stream begins with.
  void set_offset(uint64_t offset) {
    const std::scoped_lock lock(mutex_);
    offset_ = offset;
  }

 private:
  class Stream final : public grpc::ServerWriteReactor<owner::v1::WatchResponse> {
   public:
    Stream(FakeOwner& owner, const owner::v1::WatchRequest& request) : owner_(owner) {
      EXPECT_EQ(request.partitions_size(), 1);
      const std::scoped_lock lock(owner_.mutex_);
      frame_.set_partition(request.partitions(0));
      frame_.set_offset(owner_.offset_);
      frame_.set_resync(true);
      ++owner_.begun_;
      owner_.changed_.notify_all();
      if (owner_.refuses_) {
        Finish({grpc::StatusCode::UNAVAILABLE, "not now"});
      } else {
        StartWrite(&frame_);
      }
    }
    void OnCancel() override { Finish(grpc::Status::CANCELLED); }
    void OnDone() override {
      FakeOwner& owner = owner_;
      delete this;
      const std::scoped_lock lock(owner.mutex_);
      ++owner.ended_;
      owner.changed_.notify_all();
    }

   private:
    FakeOwner& owner_;
    owner::v1::WatchResponse frame_;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t offset_;
  bool refuses_ = false;
  int begun_ = 0;
  int ended_ = 0;
  std::unique_ptr<rpc::Server> server_;
};

class TwoRouters final : public RouterChannels {
 public:
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) override {
    return (address == "a" ? a : b).Channel();
  }
  FakeOwner a{10};
  FakeOwner b{20};
};

class MovingPartitionsTest : public GatewayFixture {
 protected:
  void SetUp() override {
    GatewayFixture::SetUp();
    history_ = std::make_unique<History>(*store_, base::Duration(60'000));
    commands_ = std::make_unique<CommandWriter>(
        *log().NewProducer({.name = "gateway", .gapless = false}), 2, "gw");
  }
  void Own(const std::string& zero, const std::string& one) {
    ASSERT_TRUE(
        store::RenewLeases(*backends_.store, store::kDispatchOwners, {{"0", zero}, {"1", one}})
            .ok());
  }
  void Watch() {
    watcher_ = std::make_unique<OwnerWatcher>(*store_, routers_, *commands_, sessions_, *history_,
                                              *logger_);
  }

  TwoRouters routers_;
  SessionTable sessions_{10};
  std::unique_ptr<History> history_;
  std::unique_ptr<CommandWriter> commands_;
  std::unique_ptr<OwnerWatcher> watcher_;
};

TEST_F(MovingPartitionsTest, OneThatMovesDoesNotDisturbTheOthersOfItsOwners) {
  Own("a", "a");
  Watch();
  ASSERT_TRUE(routers_.a.WaitFor(2, 0));
  Own("a", "b");
  ASSERT_TRUE(routers_.b.WaitFor(1, 0));
  ASSERT_TRUE(routers_.a.WaitFor(2, 1));
  // Or it would be behind what b has said, and asked again.
  routers_.a.set_offset(30);
  Own("a", "a");
  ASSERT_TRUE(routers_.b.WaitFor(1, 1));
  ASSERT_TRUE(routers_.a.WaitFor(3, 1));
  EXPECT_EQ(routers_.a.counts().second, 1) << "partition 0 has kept its stream";
}

TEST_F(MovingPartitionsTest, AnOwnerWhoIsBehindIsAskedUntilItHasCaughtUp) {
  Own("b", "b");
  Watch();
  ASSERT_TRUE(routers_.b.WaitFor(2, 0));
  const auto until = clock_.Monotonic() + kLimit;
  while (!watcher_->AllWatched()) ASSERT_LT(clock_.Monotonic(), until);
  Own("b", "a");
  ASSERT_TRUE(routers_.a.WaitFor(2, 2)) << "its resync at 10 lies behind 20";
  EXPECT_FALSE(watcher_->AllWatched());
  routers_.a.set_offset(21);
  while (!watcher_->AllWatched()) ASSERT_LT(clock_.Monotonic(), until);
  EXPECT_GE(watcher_->dropped_frames(), 2u);
}

TEST_F(MovingPartitionsTest, OfAnOwnerWhoCannotBeReachedItIsSaidOnceHoweverOftenItIsTried) {
  const auto said = std::make_shared<std::atomic<int>>(0);
  telemetry::LogOptions lines;
  lines.sink = [said](std::string_view line) {
    if (line.find("owner stream ended") != line.npos) ++*said;
  };
  logger_ = *telemetry::Logger::Create(lines, clock_);
  routers_.a.set_refuses(true);
  Own("a", "b");
  Watch();
  ASSERT_TRUE(routers_.a.WaitFor(5, 5));
  EXPECT_EQ(*said, 1);
  EXPECT_FALSE(watcher_->AllWatched());
  routers_.a.set_refuses(false);
  const auto until = clock_.Monotonic() + kLimit;
  while (!watcher_->AllWatched()) ASSERT_LT(clock_.Monotonic(), until);
}

}  // namespace
}  // namespace centralita::gateway
