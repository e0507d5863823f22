#include "node/policy_versions_service.h"

#include <grpcpp/grpcpp.h>

#include <utility>
#include <vector>

#include "centralita/app/api_key.h"
#include "centralita/app/policy_publisher.h"
#include "centralita/app/policy_versions.h"
#include "centralita/base/error.h"
#include "centralita/base/sha256.h"
#include "centralita/base/status_macros.h"
#include "centralita/rpc/status.h"

namespace centralita::node {
namespace {

// How long a version may take to be seen by this process itself.
constexpr base::Duration kSeenLimit{20'000};

std::string Metadata(const grpc::ServerContext& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  return found == context.client_metadata().end()
             ? ""
             : std::string(found->second.data(), found->second.size());
}

void Fill(versions::v1::PolicyVersion& out, const app::PolicyVersion& version) {
  out.set_version(version.version);
  *out.mutable_manifest() = version.manifest;
  out.set_active(version.active);
}

}  // namespace

absl::StatusOr<std::string> PolicyVersionsService::Caller(
    const grpc::ServerContext& context) const {
  const std::string tenant = Metadata(context, "x-tenant");
  const auto policies = watcher_.Current();
  const app::TenantPolicy* const policy = policies->Find(tenant);
  if (policy != nullptr &&
      app::HasApiKey(policy->settings, base::Sha256Hex(Metadata(context, "x-api-key")))) {
    return tenant;
  }
  return base::Error(absl::StatusCode::kUnauthenticated, "unauthenticated",
                     "The key does not belong to this tenant. Send x-tenant and x-api-key; the "
                     "first policy of a tenant is applied by `centralita up --policy`.");
}

absl::Status PolicyVersionsService::Publish(const std::string& tenant,
                                            const versions::v1::PublishPolicyRequest& request,
                                            versions::v1::PublishPolicyResponse& response) {
  const app::PublishOptions options{.expected_version = request.expected_version(),
                                    .stage_percent = request.stage_percent()};
  const std::lock_guard lock(publishing_);
  ABSL_ASSIGN_OR_RETURN(
      const app::PublishResult published,
      request.sections().empty()
          ? app::RestorePolicy(log_, clock_, tenant, request.restore_version(),
                               request.applied_by(), options)
          : app::PublishPolicy(log_, clock_, tenant,
                               {request.sections().begin(), request.sections().end()},
                               request.applied_by(), options));
  if (options.stage_percent == 0) {
    ABSL_RETURN_IF_ERROR(watcher_.WaitVersion(tenant, published.version, kSeenLimit));
  }
  response.set_version(published.version);
  response.set_changed(published.changed);
  return absl::OkStatus();
}

grpc::Status PolicyVersionsService::PublishPolicy(grpc::ServerContext* context,
                                                  const versions::v1::PublishPolicyRequest* request,
                                                  versions::v1::PublishPolicyResponse* response) {
  const auto tenant = Caller(*context);
  if (!tenant.ok()) return rpc::ToGrpc(tenant.status());
  return rpc::ToGrpc(Publish(*tenant, *request, *response));
}

grpc::Status PolicyVersionsService::ListPolicyVersions(
    grpc::ServerContext* context, const versions::v1::ListPolicyVersionsRequest* /*request*/,
    versions::v1::ListPolicyVersionsResponse* response) {
  const auto tenant = Caller(*context);
  if (!tenant.ok()) return rpc::ToGrpc(tenant.status());
  const auto versions = app::ListPolicyVersions(log_, *tenant);
  if (!versions.ok()) return rpc::ToGrpc(versions.status());
  for (const app::PolicyVersion& version : *versions) Fill(*response->add_versions(), version);
  return grpc::Status::OK;
}

grpc::Status PolicyVersionsService::GetPolicyVersion(
    grpc::ServerContext* context, const versions::v1::GetPolicyVersionRequest* request,
    versions::v1::GetPolicyVersionResponse* response) {
  const auto tenant = Caller(*context);
  if (!tenant.ok()) return rpc::ToGrpc(tenant.status());
  const auto stored = app::ReadPolicyVersion(log_, *tenant, request->version());
  if (!stored.ok()) return rpc::ToGrpc(stored.status());
  Fill(*response->mutable_version(), stored->version);
  response->mutable_sections()->Add(stored->sections.begin(), stored->sections.end());
  return grpc::Status::OK;
}

}  // namespace centralita::node
