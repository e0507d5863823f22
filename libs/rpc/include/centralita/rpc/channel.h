// Client side of gRPC: channels with keepalive and bounded reconnects, and deadlines of calls.
#pragma once

#include <memory>
#include <string>

#include "centralita/base/time.h"

namespace grpc {
class Channel;
class ClientContext;
}  // namespace grpc

namespace centralita::rpc {

struct ChannelOptions {
  // host:port, or any name that gRPC resolves. Several, as addresses with ports and commas between
  // them, share the calls in turn.
  std::string target;
  int max_message_bytes = 16 << 20;
  base::Duration keepalive{30'000};
  base::Duration max_reconnect_backoff{1000};
};

// A channel without encryption; it connects with its first call. Thread-safe.
std::shared_ptr<grpc::Channel> OpenChannel(const ChannelOptions& options);

// The call ends with DEADLINE_EXCEEDED when it has taken so long. Every unary call gets one.
void SetDeadline(grpc::ClientContext& context, base::Duration limit);

}  // namespace centralita::rpc
