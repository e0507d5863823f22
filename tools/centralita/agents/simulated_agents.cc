#include "agents/simulated_agents.h"

#include <future>
#include <utility>

#include "agents/simulated_agent.h"
#include "agents/task_loop.h"

namespace centralita::agents {
namespace {

constexpr base::Duration kFarewell{1000};

class Crew final : public SimulatedAgents {
 public:
  Crew(SimulatedAgentsOptions options, const std::shared_ptr<grpc::Channel>& channel,
       const base::Clock& clock, AgentObserver* observer)
      : options_(std::move(options)), loop_(clock) {
    uint64_t seed = options_.seed;
    for (const std::string& id : options_.agent_ids) {
      agents_.push_back(std::make_unique<SimulatedAgent>(
          id, ++seed * 0x9e3779b97f4a7c15ULL, options_, channel, loop_, observer, stats_));
    }
    loop_.Post([this] {
      for (auto& agent : agents_) agent->Connect();
    });
  }

  ~Crew() override { Stop(); }

  SimulatedAgentsStats Stats() const override {
    std::promise<SimulatedAgentsStats> answer;
    auto stats = answer.get_future();
    if (stopped_) return stats_;
    loop_.Post([this, &answer] { answer.set_value(stats_); });
    return stats.get();
  }

  void Stop() override {
    if (stopped_) return;
    stopped_ = true;
    std::promise<void> left;
    loop_.Post([this] {
      for (auto& agent : agents_) agent->Leave();
    });
    // Time for the last frames; what does not get through in it, the gateway sees as a loss.
    loop_.After(kFarewell, [&left] { left.set_value(); });
    left.get_future().wait();
    loop_.Stop();
    for (auto& agent : agents_) agent->Disconnect();
  }

 private:
  const SimulatedAgentsOptions options_;
  SimulatedAgentsStats stats_;
  // The agents' tasks refer to them, so the loop ends first (Stop).
  std::vector<std::unique_ptr<SimulatedAgent>> agents_;
  mutable TaskLoop loop_;
  bool stopped_ = false;
};

}  // namespace

std::unique_ptr<SimulatedAgents> SimulatedAgents::Start(const SimulatedAgentsOptions& options,
                                                        std::shared_ptr<grpc::Channel> channel,
                                                        const base::Clock& clock,
                                                        AgentObserver* observer) {
  return std::make_unique<Crew>(options, channel, clock, observer);
}

}  // namespace centralita::agents
