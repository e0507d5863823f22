#include "keys.h"

#include <array>

namespace centralita::store::redis {
namespace {

constexpr std::array<uint16_t, 256> MakeTable() {
  std::array<uint16_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte << 8;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
    }
    table[byte] = static_cast<uint16_t>(crc);
  }
  return table;
}

constexpr std::array<uint16_t, 256> kTable = MakeTable();

uint16_t Crc16(std::string_view bytes) {
  uint16_t crc = 0;
  for (const char c : bytes) {
    crc = static_cast<uint16_t>((crc << 8) ^ kTable[(crc >> 8) ^ static_cast<uint8_t>(c)]);
  }
  return crc;
}

// A brace within the tag would end it, and an empty tag counts as none.
std::string Tag(std::string_view partition) {
  if (partition.empty()) return "%";
  std::string tag;
  for (const char c : partition) {
    switch (c) {
      case '{':
        tag += "%7B";
        break;
      case '}':
        tag += "%7D";
        break;
      case '%':
        tag += "%25";
        break;
      default:
        tag += c;
    }
  }
  return tag;
}

}  // namespace

uint16_t SlotOf(std::string_view key) {
  const size_t open = key.find('{');
  if (open != std::string_view::npos) {
    const size_t close = key.find('}', open + 1);
    if (close != std::string_view::npos && close > open + 1) {
      key = key.substr(open + 1, close - open - 1);
    }
  }
  return Crc16(key) % kSlots;
}

PartitionKeys::PartitionKeys(std::string_view prefix, std::string_view partition)
    : base_(std::string(prefix) + ":{" + Tag(partition) + "}:"),
      entry_prefix_(base_ + "k:"),
      slot_(SlotOf(base_)) {}

}  // namespace centralita::store::redis
