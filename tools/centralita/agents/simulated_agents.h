// Agents who work by themselves: accept, read, answer, resolve, and now and then decline, look away
// or lose their connection. Seeded, so that two runs take the same decisions for the same offers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agents/agent_client.h"
#include "centralita/base/clock.h"

namespace centralita::agents {

struct SimulatedAgentsOptions {
  AgentCredentials credentials;
  std::vector<std::string> agent_ids;
  // Mean time from an offer to its answer, and from taking a conversation to resolving it.
  base::Duration think{150};
  base::Duration handling{2000};
  // Of offers, 0 to 1: declined; left to lapse.
  double decline = 0.05;
  double ignore = 0.0;
  // Of conversations: put on hold after the reply, to be resolved when the customer comes back.
  double hold = 0.0;
  // Mean time between two breaks of an agent's connection; zero: never.
  base::Duration drop_out_every{0};
  uint64_t seed = 1;
};

// What clients see and do, for a ledger. Called on the agents' thread.
class AgentObserver {
 public:
  virtual ~AgentObserver() = default;
  virtual void OnConnecting(const std::string& agent_id) = 0;
  virtual void OnSaw(const std::string& agent_id, const std::string& session,
                     const gateway::v1::Update& update) = 0;
  virtual void OnDid(const std::string& agent_id, const std::string& session,
                     const gateway::v1::Action& action) = 0;
  virtual void OnDisconnected(const std::string& agent_id, const std::string& session) = 0;
};

struct SimulatedAgentsStats {
  uint64_t connected = 0;
  uint64_t offers = 0;
  uint64_t accepted = 0;
  uint64_t declined = 0;
  uint64_t replied = 0;
  uint64_t resolved = 0;
  uint64_t drop_outs = 0;
  uint64_t refused_actions = 0;
  // Why the last connection that ended by itself did so; empty if none did.
  std::string last_error;
};

// Thread-safe.
class SimulatedAgents {
 public:
  // Starts at once; `clock` and `observer` (may be null) outlive it.
  static std::unique_ptr<SimulatedAgents> Start(const SimulatedAgentsOptions& options,
                                                std::shared_ptr<grpc::Channel> channel,
                                                const base::Clock& clock, AgentObserver* observer);
  virtual ~SimulatedAgents() = default;
  virtual SimulatedAgentsStats Stats() const = 0;
  // Closes all connections in good order.
  virtual void Stop() = 0;
};

}  // namespace centralita::agents
