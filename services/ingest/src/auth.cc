#include "auth.h"

#include <fmt/format.h>

#include "centralita/app/api_key.h"
#include "centralita/base/error.h"
#include "centralita/base/sha256.h"

namespace centralita::ingest {

Credentials Credentials::Of(std::string_view tenant, std::string_view api_key) {
  return {std::string(tenant), api_key.empty() ? std::string() : base::Sha256Hex(api_key)};
}

absl::StatusOr<Caller> Authenticate(const app::PolicyWatcher& policy,
                                    const Credentials& credentials) {
  if (!policy.Loaded()) {
    return base::Error(
        absl::StatusCode::kUnavailable, "policy_loading",
        "The policy is not read yet, so tenants are not known; send it again in a moment.");
  }
  if (credentials.tenant.empty()) {
    return base::Error(absl::StatusCode::kUnauthenticated, "missing_tenant",
                       "Say which tenant sends: header X-Tenant (gRPC metadata x-tenant).");
  }
  if (credentials.key_sha256.empty()) {
    return base::Error(
        absl::StatusCode::kUnauthenticated, "missing_api_key",
        "Send one of the tenant's API keys: header X-Api-Key (gRPC metadata x-api-key).");
  }
  Caller caller{policy.Current(), nullptr};
  caller.policy = caller.snapshot->Find(credentials.tenant);
  if (caller.policy == nullptr) {
    return base::Error(absl::StatusCode::kUnauthenticated, "unknown_tenant",
                       fmt::format("There is no tenant '{}' in the policy.", credentials.tenant));
  }
  if (!app::HasApiKey(caller.policy->settings, credentials.key_sha256)) {
    return base::Error(absl::StatusCode::kUnauthenticated, "wrong_key",
                       fmt::format("The API key is none of the tenant '{}'.", credentials.tenant));
  }
  return caller;
}

}  // namespace centralita::ingest
