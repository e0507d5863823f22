// Small files as a whole: configuration, policy, secrets.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace centralita::config {

// NOT_FOUND, PERMISSION_DENIED, or INVALID_ARGUMENT for a folder or more than 64 MiB; the message
// names the file.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// A secret's file without the line ends after it. INVALID_ARGUMENT if nothing else is in it.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

}  // namespace centralita::config
