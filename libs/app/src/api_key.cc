#include "centralita/app/api_key.h"

#include <openssl/crypto.h>

#include "centralita/app/policy_snapshot.h"
#include "centralita/base/error.h"
#include "centralita/base/sha256.h"
#include "centralita/policy/v1/policy.pb.h"

namespace centralita::app {

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool HasApiKey(const policy::v1::TenantSection& tenant, std::string_view key_sha256) {
  bool found = false;
  for (const std::string& known : tenant.api_key_sha256())
    found |= EqualInConstantTime(known, key_sha256);
  return found;
}

absl::Status CheckApiKey(const PolicySnapshot& policies, std::string_view tenant,
                         std::string_view api_key) {
  const TenantPolicy* const policy = policies.Find(tenant);
  if (policy != nullptr && HasApiKey(policy->settings, base::Sha256Hex(api_key))) {
    return absl::OkStatus();
  }
  return base::Error(absl::StatusCode::kUnauthenticated, "unauthenticated",
                     "The key does not belong to this tenant. Send x-tenant and x-api-key.");
}

}  // namespace centralita::app
