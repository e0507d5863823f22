// What somebody probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace centralita::config {

// The name that is few typing errors away from `written`; empty if none is near. The first of
// equals.
std::string_view Nearest(std::string_view written, std::span<const std::string_view> names);

// "; did you mean 'steps'?" if one is near, else "; known are: a, b, c" (at most 20), to end a
// message with.
std::string Suggestion(std::string_view written, std::span<const std::string_view> names);

}  // namespace centralita::config
