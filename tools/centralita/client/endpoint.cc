#include "client/endpoint.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "centralita/base/error.h"
#include "centralita/rpc/channel.h"

namespace centralita::client {
namespace {

constexpr base::Duration kCallLimit{10'000};

}  // namespace

void Endpoint::AddOptions(CLI::App& app) {
  app.add_option("--server", server, "Where `centralita up` listens for this, as host:port")
      ->capture_default_str();
  app.add_option("--tenant", tenant, "Whose messages and queues")->capture_default_str();
  app.add_option("--api-key", api_key, "One of the tenant's API keys")
      ->envname("CENTRALITA_API_KEY");
  app.add_option("--api-key-file", api_key_file, "A file that holds the key");
}

absl::Status Endpoint::Complete() {
  if (api_key_file.empty()) return absl::OkStatus();
  std::ifstream file(api_key_file);
  if (!file) {
    return base::Error(absl::StatusCode::kNotFound, "missing_file",
                       fmt::format("The key file {} cannot be read.", api_key_file));
  }
  api_key.assign(std::istreambuf_iterator<char>(file), {});
  while (!api_key.empty() && (api_key.back() == '\n' || api_key.back() == '\r')) api_key.pop_back();
  return absl::OkStatus();
}

std::shared_ptr<grpc::Channel> Endpoint::Connect() const {
  return rpc::OpenChannel({.target = server});
}

void Endpoint::Prepare(grpc::ClientContext& context) const {
  context.AddMetadata("x-tenant", tenant);
  if (!api_key.empty()) context.AddMetadata("x-api-key", api_key);
  rpc::SetDeadline(context, kCallLimit);
}

int Fail(const absl::Status& status) {
  std::string hint;
  if (status.code() == absl::StatusCode::kUnavailable) {
    hint =
        "\nIs it running? Start one with `centralita up --policy deploy/demo/policy.yaml`, or name "
        "it by --server.";
  } else if (status.code() == absl::StatusCode::kUnauthenticated) {
    hint = "\nGive a key of this tenant by --api-key, --api-key-file or CENTRALITA_API_KEY.";
  }
  fmt::print(stderr, "centralita: {}{}\n", std::string(status.message()), hint);
  return 1;
}

}  // namespace centralita::client
