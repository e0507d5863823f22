// What gateways see of a partition's owner, over gRPC and a real dispatch.
#include "owner_service.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <optional>

#include "centralita/dispatch/dispatch.h"
#include "centralita/rpc/server.h"
#include "fixture.h"

namespace centralita::router {
namespace {

using owner::v1::WatchResponse;

// Remembers what it got; refuses when told to.
class FakeWatcher final : public Watcher {
 public:
  bool Send(WatchResponse frame) override {
    const std::scoped_lock lock(mutex_);
    frames_.push_back(std::move(frame));
    changed_.notify_all();
    return room_-- > 0;
  }
  void End(const absl::Status& status) override {
    const std::scoped_lock lock(mutex_);
    EXPECT_FALSE(end_.has_value()) << "ended twice";
    end_ = status;
    changed_.notify_all();
  }
  void SetRoom(int frames) {
    const std::scoped_lock lock(mutex_);
    room_ = frames;
  }
  absl::Status WaitEnd() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, kLimit, [this] { return end_.has_value(); }));
    return end_.value_or(absl::OkStatus());
  }
  // The n-th frame, from 0.
  WatchResponse WaitFrame(size_t n) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, kLimit, [&] { return frames_.size() > n; }));
    return frames_.size() > n ? frames_[n] : WatchResponse();
  }
  // Where the name of the first agent of the n-th frame lies.
  const std::string* AgentIdAt(size_t n) {
    const std::scoped_lock lock(mutex_);
    return &frames_.at(n).updates(0).agent_id();
  }
  bool ended() {
    const std::scoped_lock lock(mutex_);
    return end_.has_value();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<WatchResponse> frames_;
  std::optional<absl::Status> end_;
  int room_ = 1000;
};

// Waits until a hub owns partitions, before it is asked for any.
class Ownership final : public stage::StageObserver {
 public:
  explicit Ownership(OwnerHub& hub) : hub_(hub) {}
  void OnCaughtUp(stage::Partition& partition) override {
    hub_.OnCaughtUp(partition);
    const std::scoped_lock lock(mutex_);
    ++owned_;
    changed_.notify_all();
  }
  void OnLost(uint32_t partition) override { hub_.OnLost(partition); }
  void OnNotified(uint32_t partition, uint64_t offset, stage::Updates&& updates) override {
    hub_.OnNotified(partition, offset, std::move(updates));
  }
  void WaitFor(int partitions) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, kLimit, [&] { return owned_ >= partitions; }));
  }

 private:
  OwnerHub& hub_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int owned_ = 0;
};

class OwnerHubTest : public RouterFixture {
 protected:
  void SetUp() override {
    RouterFixture::SetUp();
    ActivatePool();
    Present("ana", "gw-a");
    Present("boris", "gw-b");
    stage::StageOptions options;
    options.stage = stage::StageId::kDispatch;
    options.input_topic = std::string(base::topics::kCommands);
    auto runner = stage::StageRunner::Create(
        options,
        {.log = log(), .store = *backends_.store, .clock = clock_, .observer = &ownership_},
        [](uint32_t p) -> std::unique_ptr<base::StateMachine> {
          return std::make_unique<dispatch::Dispatch>(p);
        });
    ASSERT_TRUE(runner.ok()) << runner.status();
    hub_.set_runner(runner->get());
    thread_ = stage::StageThread::Start(*std::move(runner));
    ownership_.WaitFor(4);
  }
  void TearDown() override {
    if (thread_ != nullptr) {
      EXPECT_TRUE(thread_->Stop(kLimit).ok());
    }
  }

  static owner::v1::WatchRequest Request(const std::string& incarnation,
                                         const std::vector<uint32_t>& partitions) {
    owner::v1::WatchRequest request;
    request.set_incarnation(incarnation);
    for (const uint32_t p : partitions) request.add_partitions(p);
    return request;
  }
  std::shared_ptr<FakeWatcher> Watch(const std::string& incarnation,
                                     const std::vector<uint32_t>& partitions) {
    auto watcher = std::make_shared<FakeWatcher>();
    hub_.Add(Request(incarnation, partitions), watcher);
    return watcher;
  }

  OwnerHub hub_;
  Ownership ownership_{hub_};
  std::unique_ptr<stage::StageThread> thread_;
};

TEST_F(OwnerHubTest, AWatcherGetsAResyncOfItsOwnAgentsAndThenTheirUpdates) {
  const auto watcher = Watch("gw-a", {ShardPartition()});
  const WatchResponse resync = watcher->WaitFrame(0);
  EXPECT_TRUE(resync.resync());
  EXPECT_EQ(resync.partition(), ShardPartition());
  EXPECT_EQ(resync.offset(), End(base::topics::kCommands, ShardPartition()));
  ASSERT_EQ(resync.updates_size(), 1) << "boris is at another gateway";
  EXPECT_EQ(resync.updates(0).agent_id(), "ana");
  EXPECT_EQ(resync.updates(0).session(), "gw-a/1");

  // The other gateway's agent first: nothing of it may come here.
  Present("boris", "gw-b", 2);
  Present("ana", "gw-a", 2);
  const WatchResponse update = watcher->WaitFrame(1);
  EXPECT_FALSE(update.resync());
  EXPECT_GT(update.offset(), resync.offset() + 1);
  for (const auto& each : update.updates())
    EXPECT_THAT(each.session(), testing::StartsWith("gw-a/"));
}

TEST_F(OwnerHubTest, TwoWatchesOfOneGatewayGetTheSameUpdates) {
  // A gateway that connects again before its first stream is known to be gone.
  const auto first = Watch("gw-a", {ShardPartition()});
  const auto other = Watch("gw-b", {ShardPartition()});
  const auto second = Watch("gw-a", {ShardPartition()});
  first->WaitFrame(0);
  other->WaitFrame(0);
  second->WaitFrame(0);
  for (int session = 2; session < 5; ++session) {
    Present("ana", "gw-a", session);
    const auto frame = static_cast<size_t>(session - 1);
    const WatchResponse one = first->WaitFrame(frame);
    EXPECT_GT(one.updates_size(), 0);
    for (const auto& each : one.updates()) {
      EXPECT_EQ(each.agent_id(), "ana");
      // The one before it is told that it is over.
      const int wanted = each.update().has_closing() ? session - 1 : session;
      EXPECT_EQ(each.session(), "gw-a/" + std::to_string(wanted));
    }
    EXPECT_EQ(one.SerializeAsString(), second->WaitFrame(frame).SerializeAsString());
  }
  Present("boris", "gw-b", 2);
  const WatchResponse update = other->WaitFrame(1);
  for (const auto& each : update.updates()) EXPECT_EQ(each.agent_id(), "boris");
}

TEST_F(OwnerHubTest, AnUpdateIsHandedOnWithoutACopy) {
  const auto watcher = Watch("gw-a", {ShardPartition()});
  watcher->WaitFrame(0);
  auto update = std::make_unique<owner::v1::AgentUpdate>();
  update->set_agent_id("ana");
  update->set_session("gw-a/1");
  const std::string* const agent_id = &update->agent_id();
  stage::Updates updates;
  updates.push_back(std::move(update));
  hub_.OnNotified(ShardPartition(), 7, std::move(updates));
  EXPECT_EQ(watcher->WaitFrame(1).offset(), 8u);
  EXPECT_EQ(watcher->AgentIdAt(1), agent_id);
}

TEST_F(OwnerHubTest, EachPartitionThatIsAskedForHasItsResync) {
  const auto watcher = Watch("gw-nobody", {0, 1, 2, 3});
  std::set<uint32_t> partitions;
  for (size_t i = 0; i < 4; ++i) {
    const WatchResponse frame = watcher->WaitFrame(i);
    EXPECT_TRUE(frame.resync());
    EXPECT_EQ(frame.updates_size(), 0);
    partitions.insert(frame.partition());
  }
  EXPECT_EQ(partitions.size(), 4u);
}

TEST_F(OwnerHubTest, AskingForAPartitionThatIsNotOwnedEnds) {
  EXPECT_EQ(Watch("gw-a", {99})->WaitEnd().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(OwnerHubTest, ALostPartitionEndsThoseWhoWatchItAndNobodyElse) {
  const auto watcher = Watch("gw-a", {1});
  const auto other = Watch("gw-a", {2});
  watcher->WaitFrame(0);
  other->WaitFrame(0);
  hub_.OnLost(1);
  EXPECT_EQ(watcher->WaitEnd().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(other->ended());
  EXPECT_EQ(hub_.Owned(), (std::set<uint32_t>{0, 2, 3}));
}

TEST_F(OwnerHubTest, ALostPartitionDoesNotEndTheOthersOfItsWatcher) {
  const auto watcher = Watch("gw-a", {1, 2, 99});
  watcher->WaitFrame(1);
  hub_.OnLost(1);
  EXPECT_FALSE(watcher->ended());
  // It comes back, and begins with a resync.
  thread_->runner().Post([this](std::vector<stage::Partition>& owned) {
    for (stage::Partition& partition : owned) {
      if (partition.partition == 1) hub_.OnCaughtUp(partition);
    }
  });
  const WatchResponse again = watcher->WaitFrame(2);
  EXPECT_TRUE(again.resync());
  EXPECT_EQ(again.partition(), 1u);
  hub_.OnLost(1);
  hub_.OnLost(2);
  EXPECT_EQ(watcher->WaitEnd().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(OwnerHubTest, AWatcherWhoReadsTooSlowlyIsEndedAndHearsNoMore) {
  const auto watcher = Watch("gw-a", {ShardPartition()});
  watcher->WaitFrame(0);
  watcher->SetRoom(0);
  Present("ana", "gw-a", 2);
  EXPECT_EQ(watcher->WaitEnd().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(OwnerHubTest, WhoeverComesAfterTheEndIsEndedAtOnce) {
  const auto before = Watch("gw-a", {1});
  before->WaitFrame(0);
  hub_.EndAll(absl::UnavailableError("leaving"));
  EXPECT_EQ(before->WaitEnd().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Watch("gw-a", {1})->WaitEnd().code(), absl::StatusCode::kUnavailable);
}

TEST(OwnerHubWithoutDispatchTest, NothingIsOwned) {
  OwnerHub hub;
  const auto watcher = std::make_shared<FakeWatcher>();
  owner::v1::WatchRequest request;
  request.add_partitions(2);
  hub.Add(request, watcher);
  EXPECT_EQ(watcher->WaitEnd().code(), absl::StatusCode::kFailedPrecondition);
}

class OwnerServiceTest : public OwnerHubTest {
 protected:
  void SetUp() override {
    OwnerHubTest::SetUp();
    auto server = rpc::Server::Start({.listen = false}, {&service_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    stub_ = owner::v1::OwnerService::NewStub(server_->InProcessChannel());
  }
  void TearDown() override {
    server_.reset();
    OwnerHubTest::TearDown();
  }

  OwnerService service_{hub_};
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<owner::v1::OwnerService::Stub> stub_;
};

TEST_F(OwnerServiceTest, StreamsTheResyncAndWhatFollows) {
  grpc::ClientContext context;
  auto stream = stub_->Watch(&context, Request("gw-a", {ShardPartition()}));
  WatchResponse frame;
  ASSERT_TRUE(stream->Read(&frame));
  EXPECT_TRUE(frame.resync());
  EXPECT_EQ(frame.updates_size(), 1);
  Present("ana", "gw-a", 2);
  ASSERT_TRUE(stream->Read(&frame));
  EXPECT_FALSE(frame.resync());
  EXPECT_GE(frame.updates_size(), 1);
  hub_.OnLost(ShardPartition());
  while (stream->Read(&frame)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(OwnerServiceTest, NotBeingTheOwnerIsFailedPrecondition) {
  grpc::ClientContext context;
  auto stream = stub_->Watch(&context, Request("gw-a", {99}));
  WatchResponse frame;
  EXPECT_FALSE(stream->Read(&frame));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(OwnerServiceTest, AGatewayThatLeavesIsLetGo) {
  grpc::ClientContext context;
  auto stream = stub_->Watch(&context, Request("gw-a", {ShardPartition()}));
  WatchResponse frame;
  ASSERT_TRUE(stream->Read(&frame));
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  // The end of the server waits for the stream; nobody sends to it any more.
  EXPECT_TRUE(server_->Drain(kLimit).ok());
  Present("ana", "gw-a", 2);
}

}  // namespace
}  // namespace centralita::router
