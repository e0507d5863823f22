// SHA-256 (FIPS 180-4).
#pragma once

#include <string>
#include <string_view>

namespace centralita::base {

// 64 hex digits in lower case.
std::string Sha256Hex(std::string_view bytes);

}  // namespace centralita::base
