#include "client/policy_host.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/eventlog/sqlite_log.h"
#include "centralita/rpc/channel.h"
#include "centralita/rpc/status.h"
#include "centralita/versions/v1/versions.grpc.pb.h"
#include "client/endpoint.h"

namespace centralita::client {
namespace {

constexpr base::Duration kCallLimit{60'000};

// A log that this process may write.
class LogHost final : public PolicyHost {
 public:
  static absl::StatusOr<std::unique_ptr<PolicyHost>> OfCluster(const ClusterOptions& options) {
    auto host = std::make_unique<LogHost>();
    ABSL_RETURN_IF_ERROR(host->cluster_.Open(options));
    host->log_ = &host->cluster_.log();
    return host;
  }

  static absl::StatusOr<std::unique_ptr<PolicyHost>> OfFolder(const std::string& data) {
    const std::string path = data + "/log.db";
    // Opening would make it.
    if (!std::filesystem::exists(path)) {
      return base::Error(
          absl::StatusCode::kNotFound, "missing_log",
          fmt::format("There is no log {}; name the folder of `centralita up --data`.", path));
    }
    auto host = std::make_unique<LogHost>();
    ABSL_ASSIGN_OR_RETURN(host->embedded_, eventlog::OpenSqliteLog({.path = path}, host->clock_));
    host->log_ = host->embedded_.get();
    return host;
  }

  absl::StatusOr<std::vector<app::PolicyVersion>> List(const std::string& tenant) override {
    return app::ListPolicyVersions(*log_, tenant);
  }
  absl::StatusOr<app::StoredPolicy> Read(const std::string& tenant, uint64_t version) override {
    return app::ReadPolicyVersion(*log_, tenant, version);
  }
  absl::StatusOr<app::PublishResult> Publish(const std::string& tenant,
                                             std::vector<policy::v1::PolicySection> sections,
                                             const std::string& by,
                                             const app::PublishOptions& options) override {
    return app::PublishPolicy(*log_, clock_, tenant, std::move(sections), by, options);
  }
  absl::StatusOr<app::PublishResult> Restore(const std::string& tenant, uint64_t version,
                                             const std::string& by,
                                             const app::PublishOptions& options) override {
    return app::RestorePolicy(*log_, clock_, tenant, version, by, options);
  }

 private:
  const base::SystemClock clock_;
  Cluster cluster_;
  std::unique_ptr<eventlog::EventLog> embedded_;
  eventlog::EventLog* log_ = nullptr;
};

// A process that has the log for itself.
class RemoteHost final : public PolicyHost {
 public:
  explicit RemoteHost(Endpoint endpoint)
      : endpoint_(std::move(endpoint)),
        stub_(versions::v1::PolicyVersionsService::NewStub(endpoint_.Connect())) {}

  absl::StatusOr<std::vector<app::PolicyVersion>> List(const std::string& tenant) override {
    versions::v1::ListPolicyVersionsResponse response;
    ABSL_RETURN_IF_ERROR(Call(tenant, versions::v1::ListPolicyVersionsRequest(), response,
                              &Stub::ListPolicyVersions));
    std::vector<app::PolicyVersion> versions;
    for (const auto& version : response.versions()) versions.push_back(FromWire(version));
    return versions;
  }

  absl::StatusOr<app::StoredPolicy> Read(const std::string& tenant, uint64_t version) override {
    versions::v1::GetPolicyVersionRequest request;
    request.set_version(version);
    versions::v1::GetPolicyVersionResponse response;
    ABSL_RETURN_IF_ERROR(Call(tenant, request, response, &Stub::GetPolicyVersion));
    return app::StoredPolicy{FromWire(response.version()),
                             {response.sections().begin(), response.sections().end()}};
  }

  absl::StatusOr<app::PublishResult> Publish(const std::string& tenant,
                                             std::vector<policy::v1::PolicySection> sections,
                                             const std::string& by,
                                             const app::PublishOptions& options) override {
    versions::v1::PublishPolicyRequest request;
    request.mutable_sections()->Add(sections.begin(), sections.end());
    return Send(tenant, std::move(request), by, options);
  }

  absl::StatusOr<app::PublishResult> Restore(const std::string& tenant, uint64_t version,
                                             const std::string& by,
                                             const app::PublishOptions& options) override {
    versions::v1::PublishPolicyRequest request;
    request.set_restore_version(version);
    return Send(tenant, std::move(request), by, options);
  }

 private:
  using Stub = versions::v1::PolicyVersionsService::Stub;

  static app::PolicyVersion FromWire(const versions::v1::PolicyVersion& version) {
    return {version.version(), version.manifest(), version.active()};
  }

  absl::StatusOr<app::PublishResult> Send(const std::string& tenant,
                                          versions::v1::PublishPolicyRequest request,
                                          const std::string& by,
                                          const app::PublishOptions& options) {
    request.set_applied_by(by);
    request.set_expected_version(options.expected_version);
    request.set_stage_percent(options.stage_percent);
    versions::v1::PublishPolicyResponse response;
    ABSL_RETURN_IF_ERROR(Call(tenant, request, response, &Stub::PublishPolicy));
    return app::PublishResult{response.version(), response.changed()};
  }

  template <typename Request, typename Response, typename Method>
  absl::Status Call(const std::string& tenant, const Request& request, Response& response,
                    Method method) {
    endpoint_.tenant = tenant;
    grpc::ClientContext context;
    endpoint_.Prepare(context);
    rpc::SetDeadline(context, kCallLimit);
    return rpc::FromGrpc((stub_.get()->*method)(&context, request, &response));
  }

  Endpoint endpoint_;
  const std::unique_ptr<Stub> stub_;
};

}  // namespace

void PolicyHostOptions::AddTo(CLI::App& app) {
  cluster.AddTo(app);
  auto* const running =
      app.add_option("--server", server, "A running `centralita up`, as 127.0.0.1:7403");
  app.add_option("--api-key", api_key, "One of the tenant's API keys, for --server")
      ->envname("CENTRALITA_API_KEY");
  app.add_option("--api-key-file", api_key_file, "A file that holds the key");
  app.add_option("--data", data, "The folder of a `centralita up` that is not running")
      ->excludes(running);
}

absl::StatusOr<std::unique_ptr<PolicyHost>> OpenPolicyHost(const PolicyHostOptions& options) {
  if (!options.data.empty()) return LogHost::OfFolder(options.data);
  if (options.server.empty()) return LogHost::OfCluster(options.cluster);
  Endpoint endpoint;
  endpoint.server = options.server;
  endpoint.api_key = options.api_key;
  endpoint.api_key_file = options.api_key_file;
  ABSL_RETURN_IF_ERROR(endpoint.Complete());
  return std::make_unique<RemoteHost>(std::move(endpoint));
}

}  // namespace centralita::client
