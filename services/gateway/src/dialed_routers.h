// Routers at the addresses that they registered.
#pragma once

#include <memory>
#include <string>

#include "centralita/gateway/ports.h"
#include "centralita/rpc/channel.h"

namespace centralita::gateway {

class DialedRouters final : public RouterChannels {
 public:
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) override {
    return rpc::OpenChannel({.target = address});
  }
};

}  // namespace centralita::gateway
