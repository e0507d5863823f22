// API keys and agents' tokens: published only as SHA-256 (see base::Sha256Hex), written in the
// policy file in one of three ways.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "centralita/config/yaml_reader.h"

namespace centralita::policy {

// Gives a secret that is in a file; see config::ReadSecretFile.
using SecretFileReader = std::function<absl::StatusOr<std::string>(const std::string& path)>;

// "sha256:<64 hex digits>" is a hash already; "plain:<key>" for demos and tests; "file:<path>" is
// hashed when the policy is compiled. Gives the hash; empty if absent or, with a problem that does
// not repeat the secret, not readable.
std::string ReadSecretHash(const config::Value& value, const SecretFileReader& read_file);

}  // namespace centralita::policy
