// One simulated agent. All of it runs on the loop's thread; the client's callbacks are posted
// there.
#pragma once

#include <map>
#include <memory>
#include <random>
#include <string>

#include "agents/agent_client.h"
#include "agents/simulated_agents.h"
#include "agents/task_loop.h"

namespace centralita::agents {

class SimulatedAgent final : private AgentListener {
 public:
  SimulatedAgent(std::string agent_id, uint64_t seed, const SimulatedAgentsOptions& options,
                 std::shared_ptr<grpc::Channel> channel, TaskLoop& loop, AgentObserver* observer,
                 SimulatedAgentsStats& stats);

  void Connect();
  void Leave();
  // Frees the connection; the loop must have ended.
  void Disconnect() { client_.reset(); }

 private:
  struct Work {
    uint64_t last_sequence = 0;
    uint64_t replied_up_to = 0;
    bool held = false;
    std::string language;
    // Grows with each step that is planned, so that an older plan is dropped.
    uint64_t plan = 0;
  };

  void OnUpdate(gateway::v1::Update update) override;
  void OnClosed(const absl::Status& status) override;

  void Saw(const gateway::v1::Update& update);
  void Offered(const gateway::v1::Offer& offer);
  void Assigned(const gateway::v1::Assigned& assigned);
  void Resynced(const gateway::v1::Resync& resync);
  void Added(const gateway::v1::MessagesAdded& added);
  void Result(const gateway::v1::ActionResult& result);
  void PlanReply(const std::string& conversation_id);
  void Reply(const std::string& conversation_id, uint64_t plan);
  void Finish(const std::string& conversation_id, uint64_t plan);
  void Do(gateway::v1::Action action);
  void PlanDropOut();
  void Lost();
  base::Duration Around(base::Duration mean);
  bool Chance(double probability);

  const std::string agent_id_;
  const SimulatedAgentsOptions& options_;
  const std::shared_ptr<grpc::Channel> channel_;
  TaskLoop& loop_;
  AgentObserver* const observer_;
  SimulatedAgentsStats& stats_;
  std::mt19937_64 random_;
  std::unique_ptr<AgentClient> client_;
  std::string session_;
  uint64_t connection_ = 0;
  bool leaving_ = false;
  uint64_t next_action_ = 1;
  // Of this run, so that a second run of the same agent has action ids of its own.
  const std::string run_;
  std::map<std::string, Work> work_;
  std::map<std::string, gateway::v1::Action> unanswered_;
};

}  // namespace centralita::agents
