// centralita-metrics: counts, queues, trace and explain, as a process of a cluster.
#include <memory>

#include "centralita/app/cluster_process.h"
#include "centralita/base/status_macros.h"
#include "centralita/metrics/app.h"
#include "centralita/metrics/watched_access.h"
#include "centralita/rpc/server.h"

int main(int argc, char** argv) {
  using namespace centralita;
  metrics::MetricsOptions options;
  rpc::ServerOptions server_options;
  server_options.port = 7404;
  std::unique_ptr<metrics::WatchedAccess> access;
  std::unique_ptr<metrics::MetricsApp> counts;
  std::unique_ptr<rpc::Server> server;
  const auto bind = [&](config::Config& config) {
    config.Add("metrics", "Counts and questions.")
        .Add("grpc_port", server_options.port, "gRPC for questions; 0 takes a free one.");
  };
  const auto start = [&](const app::ClusterContext& with) -> absl::Status {
    options.member = with.member;
    server_options.host = with.host;
    access = std::make_unique<metrics::WatchedAccess>(with.policy);
    ABSL_ASSIGN_OR_RETURN(counts, metrics::MetricsApp::Create(options, {.log = with.log,
                                                                        .store = with.store,
                                                                        .clock = with.clock,
                                                                        .access = *access,
                                                                        .metrics = with.metrics}));
    ABSL_RETURN_IF_ERROR(counts->Start());
    ABSL_ASSIGN_OR_RETURN(server, rpc::Server::Start(server_options, {&counts->service()}));
    return absl::OkStatus();
  };
  const auto drain = [&](base::Duration limit) {
    server->Drain(base::Duration(1000)).IgnoreError();
    return counts->Drain(limit);
  };
  return app::RunClusterService(
      {.name = "centralita-metrics",
       .about = "Counts where each message is, and answers how many wait, and why."},
      argc, argv, bind,
      {.start = start,
       .health = [&] { return counts->Health(); },
       .ready = [] { return absl::OkStatus(); },
       .drain = drain,
       .close =
           [&] {
             server.reset();
             counts.reset();
             access.reset();
           }});
}
