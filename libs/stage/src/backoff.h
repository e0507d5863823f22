// How long to wait before the next try.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "centralita/base/key.h"
#include "centralita/base/time.h"

namespace centralita::stage {

// 20 ms, doubled with each failure up to 2 s, of which up to a quarter is taken off by `salt`, so
// that many who failed at once do not come back at once.
inline base::Duration BackoffOf(int failures, uint64_t salt) {
  const int64_t whole = std::min<int64_t>(2000, int64_t{20} << std::min(failures, 7));
  const std::string_view bytes(reinterpret_cast<const char*>(&salt), sizeof salt);
  return base::Duration(whole - static_cast<int64_t>(base::StableHash(bytes) % (whole / 4)));
}

}  // namespace centralita::stage
