#include "centralita/app/api_key.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <array>

#include "centralita/policy/v1/policy.pb.h"

namespace centralita::app {

std::string Sha256Hex(std::string_view secret) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), digest.data());
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(2 * digest.size());
  for (const unsigned char byte : digest) {
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 0x0f]);
  }
  return out;
}

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
