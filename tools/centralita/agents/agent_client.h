// An agent's connection to a gateway: what a desk does, over AgentGatewayService.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "centralita/gateway/v1/gateway.pb.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace centralita::agents {

struct AgentCredentials {
  std::string tenant;
  std::string api_key;
  std::string agent_token;
};

// Called on gRPC's threads, one call at a time. Must not block, nor destroy the client.
class AgentListener {
 public:
  virtual ~AgentListener() = default;
  virtual void OnUpdate(gateway::v1::Update update) = 0;
  // The last call. OK: closed by Close().
  virtual void OnClosed(const absl::Status& status) = 0;
};

// Thread-safe.
class AgentClient {
 public:
  // Connects in the background; `listener` outlives the client.
  static std::unique_ptr<AgentClient> Connect(std::shared_ptr<grpc::Channel> channel,
                                              const AgentCredentials& credentials,
                                              const std::string& agent_id, AgentListener& listener);
  // Breaks the connection if it is not closed yet, as a crash of the desk would; waits for
  // OnClosed.
  virtual ~AgentClient() = default;

  virtual void Act(gateway::v1::Action action) = 0;
  virtual void SetStatus(commands::v1::PresenceStatus status) = 0;
  // Sends what waits, then ends the stream in good order.
  virtual void Close() = 0;
};

}  // namespace centralita::agents
