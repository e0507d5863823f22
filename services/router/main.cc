// centralita-router: who gets which conversation, as a process of a cluster.
#include <fmt/format.h>

#include <memory>

#include "centralita/app/cluster_process.h"
#include "centralita/base/status_macros.h"
#include "centralita/router/app.h"
#include "centralita/rpc/server.h"

int main(int argc, char** argv) {
  using namespace centralita;
  router::RouterOptions options;
  rpc::ServerOptions server_options;
  server_options.port = 7403;
  // Of one gateway: a stream for each partition that is owned here.
  server_options.max_concurrent_streams = 10'000;
  std::string advertise;
  std::unique_ptr<router::RouterApp> router;
  std::unique_ptr<rpc::Server> server;
  const auto bind = [&](config::Config& config) {
    config.Add("router", "The stages route and dispatch.")
        .Add("route", options.route, "Whether it runs route.")
        .Add("dispatch", options.dispatch, "Whether it runs dispatch.")
        .Add("grpc_port", server_options.port,
             "Where gateways watch what it owns; 0 takes a free one.")
        .Add("advertise", advertise,
             "Host by which gateways reach this process; empty: process.member.")
        .Add("checkpoint_interval", options.checkpoint_interval,
             "How often a stage's changes go to the store.", config::AtLeast(base::Duration(10)))
        .Add("snapshot_interval", options.snapshot_interval,
             "How often a stage's whole state goes to the log.",
             config::AtLeast(base::Duration(1000)));
  };
  const auto start = [&](const app::ClusterContext& with) -> absl::Status {
    options.member = with.member;
    server_options.host = with.host;
    ABSL_ASSIGN_OR_RETURN(router, router::RouterApp::Create(options, {.log = with.log,
                                                                      .store = with.store,
                                                                      .clock = with.clock,
                                                                      .logger = with.logger,
                                                                      .metrics = with.metrics}));
    ABSL_ASSIGN_OR_RETURN(server, rpc::Server::Start(server_options, {&router->service()}));
    return router->Start(
        fmt::format("{}:{}", advertise.empty() ? with.member : advertise, server->port()));
  };
  const auto drain = [&](base::Duration limit) {
    absl::Status status = router->Drain(limit);
    // What is left are streams whose gateways do not go.
    server->Drain(base::Duration(1000)).IgnoreError();
    return status;
  };
  return app::RunClusterService(
      {.name = "centralita-router",
       .about = "Opens and joins conversations, ranks them, and gives each to the right agent."},
      argc, argv, bind,
      {.start = start,
       .health = [&] { return router->Health(); },
       .ready = [] { return absl::OkStatus(); },
       .drain = drain,
       .close =
           [&] {
             server.reset();
             router.reset();
           }});
}
