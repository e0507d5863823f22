// Blocks of the binary files: four bytes of length, little-endian, then that many bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace centralita::ledger {

// Little-endian.
template <typename Unsigned>
void PutFixed(Unsigned value, std::string& out) {
  for (size_t i = 0; i < sizeof(Unsigned); ++i) {
    out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
  }
}

// `bytes` holds at least sizeof(Unsigned).
template <typename Unsigned>
Unsigned GetFixed(std::string_view bytes) {
  Unsigned value = 0;
  for (size_t i = 0; i < sizeof(Unsigned); ++i) {
    value |= static_cast<Unsigned>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

inline std::string Block(std::string_view body) {
  std::string block;
  block.reserve(4 + body.size());
  PutFixed(static_cast<uint32_t>(body.size()), block);
  return block.append(body);
}

}  // namespace centralita::ledger
