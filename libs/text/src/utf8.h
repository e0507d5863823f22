// Decoding UTF-8, one code point at a time.
#pragma once

#include <cstdint>
#include <string_view>

namespace centralita::text {

struct Decoded {
  char32_t code_point = 0;
  // Bytes taken; 0 if the first byte begins nothing well-formed.
  uint32_t length = 0;
};

inline bool IsContinuation(unsigned char c) { return (c & 0xC0) == 0x80; }

// `at` < bytes.size().
inline Decoded DecodeUtf8(std::string_view bytes, size_t at) {
  const auto byte = [&](size_t i) -> unsigned char {
    return at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0;
  };
  const unsigned char b0 = byte(0);
  const unsigned char b1 = byte(1);
  if (b0 < 0x80) return {b0, 1};
  if (b0 < 0xC2 || b0 > 0xF4 || !IsContinuation(b1)) return {};
  if (b0 < 0xE0) return {static_cast<char32_t>((b0 & 0x1F) << 6 | (b1 & 0x3F)), 2};
  const unsigned char b2 = byte(2);
  if (!IsContinuation(b2)) return {};
  if (b0 < 0xF0) {
    const char32_t c = (b0 & 0x0F) << 12 | (b1 & 0x3F) << 6 | (b2 & 0x3F);
    if (c < 0x800 || (c >= 0xD800 && c <= 0xDFFF)) return {};
    return {c, 3};
  }
  const unsigned char b3 = byte(3);
  if (!IsContinuation(b3)) return {};
  const char32_t c = (b0 & 0x07) << 18 | (b1 & 0x3F) << 12 | (b2 & 0x3F) << 6 | (b3 & 0x3F);
  if (c < 0x10000 || c > 0x10FFFF) return {};
  return {c, 4};
}

}  // namespace centralita::text
