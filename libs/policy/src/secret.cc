#include "centralita/policy/secret.h"

#include <algorithm>

#include "centralita/base/sha256.h"

namespace centralita::policy {
namespace {

constexpr std::string_view kHash = "sha256:";
constexpr std::string_view kPlain = "plain:";
constexpr std::string_view kFile = "file:";

bool IsSha256(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

std::string ReadSecretHash(const config::Value& value, const SecretFileReader& read_file) {
  const std::string text = value.AsString();
  if (text.empty()) {
    if (value.is_scalar()) value.Error("is empty");
    return {};
  }
  if (text.starts_with(kHash)) {
    std::string hash = text.substr(kHash.size());
    if (IsSha256(hash)) return hash;
    value.Error("after 'sha256:' must be 64 hex digits in lower case");
    return {};
  }
  if (text.starts_with(kPlain) && text.size() > kPlain.size()) {
    return base::Sha256Hex(std::string_view(text).substr(kPlain.size()));
  }
  if (text.starts_with(kFile) && text.size() > kFile.size()) {
    const absl::StatusOr<std::string> secret = read_file(text.substr(kFile.size()));
    if (secret.ok()) return base::Sha256Hex(*secret);
    value.Error(std::string(secret.status().message()));
    return {};
  }
  value.Error(
      "is no key; write 'sha256:' and its hash, 'file:' and a path, or for a demo 'plain:' and the "
      "key");
  return {};
}

}  // namespace centralita::policy
