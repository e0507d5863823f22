#include "centralita/rpc/channel.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

namespace centralita::rpc {

std::shared_ptr<grpc::Channel> OpenChannel(const ChannelOptions& options) {
  grpc::ChannelArguments args;
  args.SetMaxReceiveMessageSize(options.max_message_bytes);
  args.SetMaxSendMessageSize(options.max_message_bytes);
  args.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(options.keepalive.count()));
  args.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  args.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 50);
  args.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS,
              static_cast<int>(options.max_reconnect_backoff.count()));
  // Without it, all channels of a process to one target share a connection, and a load generator
  // measures itself.
  args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const bool several = options.target.find(',') != std::string::npos;
  if (several) args.SetLoadBalancingPolicyName("round_robin");
  return grpc::CreateCustomChannel(several ? "ipv4:" + options.target : options.target,
                                   grpc::InsecureChannelCredentials(), args);
}

void SetDeadline(grpc::ClientContext& context, base::Duration limit) {
  // A span: gRPC adds its own clock.
  context.set_deadline(gpr_time_from_millis(limit.count(), GPR_TIMESPAN));
}

}  // namespace centralita::rpc
