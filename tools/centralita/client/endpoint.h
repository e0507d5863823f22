// Which server a verb talks to, and as whom: the options that all client verbs share.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"

namespace CLI {
class App;
}  // namespace CLI
namespace grpc {
class Channel;
class ClientContext;
}  // namespace grpc

namespace centralita::client {

// Senders talk to ingest, agents and questions to the gateway.
enum class Side { kIngest, kGateway };

struct Endpoint {
  explicit Endpoint(Side side = Side::kGateway)
      : server(side == Side::kIngest ? "127.0.0.1:7401" : "127.0.0.1:7403") {}

  std::string server;
  std::string tenant = "luna";
  std::string api_key;
  std::string api_key_file;

  // --server, --tenant, --api-key, --api-key-file; the key also from the environment
  // (CENTRALITA_API_KEY).
  void AddOptions(CLI::App& app);
  // Reads the key's file, if that is given.
  absl::Status Complete();
  std::shared_ptr<grpc::Channel> Connect() const;
  // Tenant and key of each call, and ten seconds to answer.
  void Prepare(grpc::ClientContext& context) const;
};

// Prints "centralita: <message>" with what to do about a server that is not there, and returns the
// exit code 1.
int Fail(const absl::Status& status);

}  // namespace centralita::client
