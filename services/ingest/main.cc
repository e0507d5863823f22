// centralita-ingest: the way in, as a process of a cluster.
#include <memory>

#include "centralita/app/cluster_process.h"
#include "centralita/base/status_macros.h"
#include "centralita/ingest/app.h"

int main(int argc, char** argv) {
  using namespace centralita;
  ingest::IngestOptions options;
  // The process serves them.
  options.admin_port = std::nullopt;
  std::unique_ptr<ingest::IngestApp> ingest;
  const auto bind = [&](config::Config& config) {
    config.Add("ingest", "The way in.")
        .Add("grpc_port", options.grpc_port, "gRPC for senders; 0 takes a free one.")
        .Add("http_port", options.http_port, "HTTP for senders; 0 takes a free one.")
        .Add("http_threads", options.http_threads, "Threads for HTTP.", config::Between(1, 64))
        .Add("max_text_bytes", options.max_text_bytes, "Text and subject of one message.",
             config::Between(1024, 8 << 20))
        .Add("max_request_bytes", options.max_request_bytes, "One HTTP body or gRPC message.",
             config::Between(1024, 64 << 20))
        .Add("max_items_per_request", options.max_items_per_request,
             "Messages in one request or frame.", config::Between(1, 100'000))
        .Add("max_http_connections", options.max_http_connections, "HTTP connections at once.",
             config::Between(1, 1'000'000))
        .Add("identity_cache_entries", options.identity_cache_entries,
             "Handles kept in memory, about 150 bytes each.", config::Between(1, 100'000'000))
        .Add("max_unacknowledged_bytes", options.max_unacknowledged_bytes,
             "What is taken and not yet durable.", config::Between(1 << 20, 1 << 30));
  };
  const auto start = [&](const app::ClusterContext& with) -> absl::Status {
    options.member = with.member;
    options.host = with.host;
    ABSL_ASSIGN_OR_RETURN(ingest, ingest::IngestApp::Create(options, {.log = with.log,
                                                                      .store = with.store,
                                                                      .policy = with.policy,
                                                                      .clock = with.clock,
                                                                      .logger = with.logger,
                                                                      .metrics = with.metrics}));
    return ingest->Start();
  };
  return app::RunClusterService(
      {.name = "centralita-ingest",
       .about =
           "Takes messages and shop events from every channel; says yes once the log has them."},
      argc, argv, bind,
      {.start = start,
       .health = [&] { return ingest->Health(); },
       .ready = [&] { return ingest->Ready(); },
       .drain = [&](base::Duration limit) { return ingest->Drain(limit); },
       .close = [&] { ingest.reset(); }});
}
