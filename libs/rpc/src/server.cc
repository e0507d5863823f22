#include "centralita/rpc/server.h"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <mutex>
#include <utility>

#include "centralita/base/error.h"

namespace centralita::rpc {
namespace {

class GrpcServer final : public Server {
 public:
  GrpcServer(std::unique_ptr<grpc::Server> server, int port)
      : server_(std::move(server)), port_(port) {
    SetServing(true);
  }

  ~GrpcServer() override { Drain(base::Duration(0)).IgnoreError(); }

  uint16_t port() const override { return static_cast<uint16_t>(port_); }

  std::shared_ptr<grpc::Channel> InProcessChannel() override {
    return server_->InProcessChannel({});
  }

  void SetServing(bool serving) override {
    if (auto* health = server_->GetHealthCheckService()) health->SetServingStatus(serving);
  }

  absl::Status Drain(base::Duration limit) override {
    std::lock_guard lock(drain_mutex_);
    if (std::exchange(drained_, true)) return absl::OkStatus();
    SetServing(false);
    const gpr_timespec deadline = gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                               gpr_time_from_millis(limit.count(), GPR_TIMESPAN));
    server_->Shutdown(deadline);
    server_->Wait();
    if (limit.count() > 0 && gpr_time_cmp(gpr_now(GPR_CLOCK_MONOTONIC), deadline) >= 0) {
      return base::Error(
          absl::StatusCode::kDeadlineExceeded, "drain_limit",
          fmt::format("The gRPC server on port {} cancelled calls that had not ended within {}.",
                      port_, base::FormatDuration(limit)));
    }
    return absl::OkStatus();
  }

 private:
  std::unique_ptr<grpc::Server> server_;
  const int port_;
  std::mutex drain_mutex_;
  bool drained_ = false;
};

// gRPC keeps both switches per process; setting them again changes nothing.
void EnableStandardServices() {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      const std::vector<grpc::Service*>& services) {
  EnableStandardServices();
  grpc::ServerBuilder builder;
  int port = 0;
  const std::string address = fmt::format("{}:{}", options.host, options.port);
  if (options.listen) builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.SetMaxReceiveMessageSize(options.max_message_bytes);
  builder.SetMaxSendMessageSize(options.max_message_bytes);
  // Otherwise two processes share a port silently.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS,
                             static_cast<int>(options.keepalive.count()));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             static_cast<int>(options.min_ping_interval.count()));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_concurrent_streams);
  for (grpc::Service* service : services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || (options.listen && port == 0)) {
    return base::Error(
        absl::StatusCode::kUnavailable, "cannot_listen",
        fmt::format(
            "Cannot serve gRPC on {}: the port is in use or the address is not this machine's. "
            "Choose another port, or 0 for any.",
            address));
  }
  return std::make_unique<GrpcServer>(std::move(server), port);
}

}  // namespace centralita::rpc
