// Simulated agents at a gateway that offers them the same work in two runs.
#include "agents/simulated_agents.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>

#include "centralita/gateway/v1/gateway.grpc.pb.h"
#include "centralita/rpc/server.h"

namespace centralita::agents {
namespace {

constexpr int kOffers = 200;
constexpr base::Duration kLimit{20'000};

// Offers each agent the same conversations and writes down what he makes of them.
class Gateway final : public gateway::v1::AgentGatewayService::Service {
 public:
  grpc::Status Connect(grpc::ServerContext*,
                       grpc::ServerReaderWriter<gateway::v1::ConnectResponse,
                                                gateway::v1::ConnectRequest>* stream) override {
    gateway::v1::ConnectRequest request;
    if (!stream->Read(&request)) return grpc::Status::OK;
    const std::string agent = request.hello().agent_id();
    gateway::v1::ConnectResponse response;
    response.add_updates()->mutable_welcome()->set_session(agent);
    for (int i = 0; i < kOffers; ++i) {
      auto& offer = *response.add_updates()->mutable_offer();
      offer.set_offer_id(std::to_string(i));
      offer.mutable_work()->set_conversation_id(std::to_string(i));
    }
    stream->Write(response);
    while (stream->Read(&request)) {
      const std::scoped_lock lock(mutex_);
      for (const auto& action : request.actions().actions()) {
        decisions_[agent + "/" + action.conversation_id()] = action.has_accept();
      }
      changed_.notify_all();
    }
    return grpc::Status::OK;
  }

  // "agent/conversation" -> whether it was accepted.
  std::map<std::string, bool> WaitDecisions(size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, kLimit, [&] { return decisions_.size() >= count; }))
        << decisions_.size();
    return decisions_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, bool> decisions_;
};

std::map<std::string, bool> DecisionsWithSeed(uint64_t seed) {
  Gateway gateway;
  auto server = rpc::Server::Start({.listen = false}, {&gateway});
  EXPECT_TRUE(server.ok()) << server.status();
  base::SystemClock clock;
  SimulatedAgentsOptions options;
  options.credentials = {.tenant = "acme", .api_key = "key", .agent_token = ""};
  options.agent_ids = {"ana", "boris"};
  options.think = base::Duration(0);
  options.decline = 0.3;
  options.seed = seed;
  const auto agents =
      SimulatedAgents::Start(options, (*server)->InProcessChannel(), clock, nullptr);
  auto decisions = gateway.WaitDecisions(2 * kOffers);
  const SimulatedAgentsStats stats = agents->Stats();
  EXPECT_EQ(stats.connected, 2u);
  EXPECT_EQ(stats.offers, 2u * kOffers);
  EXPECT_EQ(stats.accepted + stats.declined, 2u * kOffers);
  agents->Stop();
  return decisions;
}

TEST(SimulatedAgentsTest, TheSameSeedTakesTheSameDecisionsAndAnotherOneOthers) {
  const auto first = DecisionsWithSeed(7);
  EXPECT_EQ(first, DecisionsWithSeed(7));
  EXPECT_NE(first, DecisionsWithSeed(8));
  const auto declined =
      std::ranges::count(first, false, &std::pair<const std::string, bool>::second);
  EXPECT_GT(declined, 2 * kOffers / 5);
  EXPECT_LT(declined, 2 * kOffers * 2 / 5);
}

TEST(SimulatedAgentsTest, EachAgentDecidesForHimself) {
  const auto decisions = DecisionsWithSeed(7);
  int different = 0;
  for (int i = 0; i < kOffers; ++i) {
    const std::string conversation = "/" + std::to_string(i);
    if (decisions.at("ana" + conversation) != decisions.at("boris" + conversation)) ++different;
  }
  EXPECT_GT(different, 0);
}

}  // namespace
}  // namespace centralita::agents
