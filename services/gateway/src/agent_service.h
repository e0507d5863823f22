// AgentGatewayService over gRPC: a stream per agent.
#pragma once

#include <atomic>

#include "centralita/gateway/v1/gateway.grpc.pb.h"
#include "centralita/telemetry/log.h"
#include "command_writer.h"
#include "session.h"

namespace centralita::gateway {

class AgentService final : public gateway::v1::AgentGatewayService::CallbackService {
 public:
  AgentService(const Directory& directory, CommandWriter& commands, SessionTable& sessions,
               telemetry::Logger& logger)
      : directory_(directory), commands_(commands), sessions_(sessions), logger_(logger) {}

  grpc::ServerBidiReactor<gateway::v1::ConnectRequest, gateway::v1::ConnectResponse>* Connect(
      grpc::CallbackServerContext* context) override;

 private:
  const Directory& directory_;
  CommandWriter& commands_;
  SessionTable& sessions_;
  telemetry::Logger& logger_;
  std::atomic<uint64_t> next_session_{1};
};

}  // namespace centralita::gateway
