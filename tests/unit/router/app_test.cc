// A tagged message in, a queued conversation out, and on from the checkpoint after a restart.
#include "centralita/router/app.h"

#include "fixture.h"

namespace centralita::router {
namespace {

using commands::v1::Command;
using events::v1::Event;

class RouterAppTest : public RouterFixture {
 protected:
  std::unique_ptr<RouterApp> Run(RouterOptions options = {}) {
    auto created = RouterApp::Create(options, {.log = log(),
                                               .store = *backends_.store,
                                               .clock = clock_,
                                               .logger = *logger_,
                                               .metrics = metrics_});
    EXPECT_TRUE(created.ok()) << created.status();
    const absl::Status started = (*created)->Start("here");
    EXPECT_TRUE(started.ok()) << started;
    return *std::move(created);
  }
  Event WaitForQueued(uint64_t last_sequence_of = 0) {
    return WaitFor<Event>(
        base::topics::kEvents, CustomerPartition(), [](const Event& e) { return e.has_queued(); },
        last_sequence_of);
  }
};

TEST_F(RouterAppTest, AMessageIsGivenToAShardWhichQueuesIt) {
  ActivateRoute();
  ActivatePool();
  const auto router = Run();
  Say("11111111-1111-5111-8111-111111111111");
  const Command command = WaitFor<Command>(base::topics::kCommands, ShardPartition(),
                                           [](const Command& c) { return c.has_enqueue(); });
  EXPECT_EQ(command.pool(), "care");
  EXPECT_EQ(command.enqueue().customer_id(), "customer");
  ASSERT_EQ(command.enqueue().messages_size(), 1);
  EXPECT_EQ(command.enqueue().messages(0).message_id(), "11111111-1111-5111-8111-111111111111");
  EXPECT_EQ(command.origin().source().stage(), common::v1::STAGE_ROUTE);

  const Event queued = WaitForQueued();
  EXPECT_EQ(queued.conversation_id(), command.enqueue().conversation_id());
  EXPECT_EQ(queued.queue(), "general");
  EXPECT_TRUE(router->Health().ok());
  EXPECT_TRUE(router->Drain(kLimit).ok());
}

TEST_F(RouterAppTest, AfterADrainItGoesOnFromTheCheckpointAndSaysNothingTwice) {
  ActivateRoute();
  ActivatePool();
  std::string conversation;
  {
    const auto router = Run();
    Say("11111111-1111-5111-8111-111111111111");
    conversation = WaitForQueued().conversation_id();
    ASSERT_TRUE(router->Drain(kLimit).ok());
  }
  const uint64_t events = End(base::topics::kEvents, CustomerPartition());
  const auto router = Run();
  Say("11111111-1111-5111-8111-111111111111");
  Say("22222222-2222-5222-8222-222222222222");
  const auto next = [&](uint64_t offset) {
    return WaitFor<Event>(
        base::topics::kEvents, CustomerPartition(), [](const Event&) { return true; }, offset);
  };
  EXPECT_TRUE(next(events).has_duplicate()) << "it remembers the message";
  const Event joined = next(events + 1);
  ASSERT_TRUE(joined.has_joined());
  EXPECT_EQ(joined.conversation_id(), conversation);
  EXPECT_EQ(joined.joined().message().sequence(), 2u);
  EXPECT_EQ(router->RouteStats().applied, 2u)
      << "nothing is applied again that the checkpoint covers";
}

TEST_F(RouterAppTest, ItRunsTheStageThatItIsToldTo) {
  ActivateRoute();
  const auto router = Run({.route = true, .dispatch = false, .member = "0"});
  Say("11111111-1111-5111-8111-111111111111");
  WaitFor<Command>(base::topics::kCommands, ShardPartition(),
                   [](const Command& c) { return c.has_enqueue(); });
  EXPECT_EQ(router->OwnedShardPartitions(), 0u);
  EXPECT_EQ(router->DispatchStats().applied, 0u);
  EXPECT_TRUE(router->Drain(kLimit).ok());
}

}  // namespace
}  // namespace centralita::router
