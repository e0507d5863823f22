// A gRPC server as all of Centralita runs it: health v1 and reflection, bounded message size,
// keepalive, and a drain that lets calls end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/time.h"

namespace grpc {
class Channel;
class Service;
}  // namespace grpc

namespace centralita::rpc {

struct ServerOptions {
  std::string host = "127.0.0.1";
  // 0: any that is free (see Server::port()).
  uint16_t port = 0;
  // false: reachable through InProcessChannel() alone.
  bool listen = true;
  int max_message_bytes = 16 << 20;
  base::Duration keepalive{30'000};
  // A client that pings more often than this is sent away.
  base::Duration min_ping_interval{10'000};
  int max_concurrent_streams = 1000;
};

// Thread-safe.
class Server {
 public:
  // Services outlive the server. UNAVAILABLE if the port is in use or the host is none of this
  // machine's.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       const std::vector<grpc::Service*>& services);
  // As Drain() with no time.
  virtual ~Server() = default;

  // The actual one; 0 if it does not listen.
  virtual uint16_t port() const = 0;
  // Reaches the services without a socket. The channel must not be used after the server's end.
  virtual std::shared_ptr<grpc::Channel> InProcessChannel() = 0;
  // What the health service says; SERVING from the start.
  virtual void SetServing(bool serving) = 0;
  // Not serving, no new calls, waits for calls that run, then cancels them: DEADLINE_EXCEEDED if
  // any had to be.
  virtual absl::Status Drain(base::Duration limit) = 0;
};

}  // namespace centralita::rpc
