// Secrets are compared by their SHA-256 (base::Sha256Hex), in constant time; the secrets themselves
// are kept nowhere.
#pragma once

#include <string_view>

namespace centralita::policy::v1 {
class TenantSection;
}  // namespace centralita::policy::v1

namespace centralita::app {

// Takes as long for every pair of the same lengths.
bool EqualInConstantTime(std::string_view a, std::string_view b);

// Whether one of the tenant's API keys has this hash.
bool HasApiKey(const policy::v1::TenantSection& tenant, std::string_view key_sha256);

}  // namespace centralita::app
