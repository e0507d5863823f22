// CRC-32C (Castagnoli, RFC 3720 appendix B.4), by the processor's instruction where there is one.
#pragma once

#include <cstdint>
#include <string_view>

namespace centralita::base {

// Continues from `crc` (0 at the start).
uint32_t Crc32c(std::string_view bytes, uint32_t crc = 0);

}  // namespace centralita::base
