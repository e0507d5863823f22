// centralita-gateway: agents' streams, as a process of a cluster.
#include <memory>

#include "centralita/app/cluster_process.h"
#include "centralita/base/status_macros.h"
#include "centralita/gateway/app.h"
#include "centralita/gateway/watched_directory.h"
#include "centralita/rpc/server.h"
#include "src/dialed_routers.h"

int main(int argc, char** argv) {
  using namespace centralita;
  gateway::GatewayOptions options;
  rpc::ServerOptions server_options;
  server_options.port = 7403;
  gateway::DialedRouters routers;
  std::unique_ptr<gateway::WatchedDirectory> directory;
  std::unique_ptr<gateway::GatewayApp> gateway;
  std::unique_ptr<rpc::Server> server;
  const auto bind = [&](config::Config& config) {
    config.Add("gateway", "Agents' streams.")
        .Add("grpc_port", server_options.port, "gRPC for agents; 0 takes a free one.")
        .Add("max_agents", options.max_agents, "Streams at once.", config::Between(1, 1'000'000))
        .Add("history_lifetime", options.history_lifetime,
             "How long texts are kept for agents to read.",
             config::AtLeast(base::Duration(60'000)));
  };
  const auto start = [&](const app::ClusterContext& with) -> absl::Status {
    options.member = with.member;
    server_options.host = with.host;
    directory = std::make_unique<gateway::WatchedDirectory>(with.policy);
    ABSL_ASSIGN_OR_RETURN(gateway, gateway::GatewayApp::Create(options, {.log = with.log,
                                                                         .store = with.store,
                                                                         .clock = with.clock,
                                                                         .logger = with.logger,
                                                                         .directory = *directory,
                                                                         .routers = routers,
                                                                         .metrics = with.metrics}));
    ABSL_RETURN_IF_ERROR(gateway->Start());
    ABSL_ASSIGN_OR_RETURN(server, rpc::Server::Start(server_options, {&gateway->service()}));
    return absl::OkStatus();
  };
  const auto drain = [&](base::Duration limit) {
    // Agents' streams end by the gateway's word, so that each agent is told.
    server->SetServing(false);
    absl::Status status = gateway->Drain(limit);
    server->Drain(base::Duration(1000)).IgnoreError();
    return status;
  };
  return app::RunClusterService(
      {.name = "centralita-gateway",
       .about = "Brings offers to agents' desks, and what agents do to the routers."},
      argc, argv, bind,
      {.start = start,
       .health = [&] { return gateway->Health(); },
       .ready = [&] { return gateway->Ready(); },
       .drain = drain,
       .close =
           [&] {
             server.reset();
             gateway.reset();
             directory.reset();
           }});
}
