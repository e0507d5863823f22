#include "checksum.h"

#include "centralita/base/crc32c.h"

#ifdef __SSE4_2__
#include <nmmintrin.h>

#include <cstring>
#endif

namespace centralita::eventlog {

#ifdef __SSE4_2__
uint32_t Checksum(std::string_view bytes) {
  uint64_t crc = 0xffffffffU;
  while (bytes.size() >= sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, bytes.data(), sizeof(word));
    crc = _mm_crc32_u64(crc, word);
    bytes.remove_prefix(sizeof(word));
  }
  auto last = static_cast<uint32_t>(crc);
  for (const char c : bytes) last = _mm_crc32_u8(last, static_cast<unsigned char>(c));
  return ~last;
}
#else
uint32_t Checksum(std::string_view bytes) { return base::Crc32c(bytes); }
#endif

}  // namespace centralita::eventlog
