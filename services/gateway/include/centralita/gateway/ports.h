// What the gateway needs from outside, as its own interfaces.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace centralita::gateway {

struct Credentials {
  std::string tenant;
  // One of the two.
  std::string api_key;
  std::string agent_token;
};

struct AgentIdentity {
  std::string tenant;
  std::string agent_id;
  std::string display_name;
  std::string pool;
  int capacity_units = 0;
};

// Who is an agent. Thread-safe.
class Directory {
 public:
  virtual ~Directory() = default;
  // UNAUTHENTICATED for a wrong key or token, NOT_FOUND for an agent that the tenant's policy does
  // not list, UNAVAILABLE while no policy is loaded.
  virtual absl::StatusOr<AgentIdentity> Authenticate(const Credentials& credentials,
                                                     const std::string& agent_id) const = 0;
};

// How to reach a router by the address that it registered. Thread-safe.
class RouterChannels {
 public:
  virtual ~RouterChannels() = default;
  virtual std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) = 0;
};

}  // namespace centralita::gateway
