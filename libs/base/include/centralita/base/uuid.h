// UUIDs (RFC 9562): version 5 for ids computed from what they name, version 4 for random ones.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace centralita::base {

// Version 5 within Centralita's own namespace. `kind` ("message", "customer", "conversation") keeps
// ids of different things apart; each part counts with its length, so ("ab", "c") and ("a", "bc")
// differ. Lower case with hyphens.
std::string NameUuid(std::string_view kind, std::initializer_list<std::string_view> parts);

// Version 4 from the system's randomness. Thread-safe.
std::string RandomUuid();

}  // namespace centralita::base
