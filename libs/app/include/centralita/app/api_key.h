// Secrets are compared by their SHA-256 (base::Sha256Hex), in constant time; the secrets themselves
// are kept nowhere.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace centralita::policy::v1 {
class TenantSection;
}  // namespace centralita::policy::v1

namespace centralita::app {

struct PolicySnapshot;

// Takes as long for every pair of the same lengths.
bool EqualInConstantTime(std::string_view a, std::string_view b);

// Whether one of the tenant's API keys has this hash.
bool HasApiKey(const policy::v1::TenantSection& tenant, std::string_view key_sha256);

// UNAUTHENTICATED unless `api_key` is one of the keys of that tenant.
absl::Status CheckApiKey(const PolicySnapshot& policies, std::string_view tenant,
                         std::string_view api_key);

}  // namespace centralita::app
