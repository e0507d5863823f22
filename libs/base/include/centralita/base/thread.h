// A name for the calling thread, as `top -H` and debuggers show it.
#pragma once

#include <string_view>

namespace centralita::base {

// At most 15 bytes count.
void NameThread(std::string_view name);

}  // namespace centralita::base
