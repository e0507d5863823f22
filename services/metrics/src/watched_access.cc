#include "centralita/metrics/watched_access.h"

#include "centralita/app/api_key.h"
#include "centralita/base/error.h"
#include "centralita/base/sha256.h"

namespace centralita::metrics {

absl::Status WatchedAccess::Check(const std::string& tenant, const std::string& api_key) const {
  const auto policies = watcher_.Current();
  const app::TenantPolicy* policy = policies->Find(tenant);
  if (policy != nullptr && app::HasApiKey(policy->settings, base::Sha256Hex(api_key)))
    return absl::OkStatus();
  return base::Error(absl::StatusCode::kUnauthenticated, "unauthenticated",
                     "The key does not belong to this tenant. Send x-tenant and x-api-key.");
}

}  // namespace centralita::metrics
