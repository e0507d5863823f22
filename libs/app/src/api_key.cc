#include "centralita/app/api_key.h"

#include <openssl/crypto.h>

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

}  // namespace centralita::app
