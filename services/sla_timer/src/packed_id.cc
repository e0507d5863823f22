#include "packed_id.h"

namespace centralita::sla_timer {
namespace {

constexpr size_t kLength = 36;
constexpr std::string_view kDigits = "0123456789abcdef";

// Whether a hyphen comes before that byte.
constexpr bool HyphenBefore(size_t byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

constexpr uint8_t kNoDigit = 0x80;

constexpr std::array<uint8_t, 256> kValues = [] {
  std::array<uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<uint8_t>(kDigits[i])] = static_cast<uint8_t>(i);
  }
  return values;
}();

}  // namespace

std::optional<Uuid> ParseUuid(std::string_view text) {
  if (text.size() != kLength) return std::nullopt;
  Uuid uuid;
  const char* at = text.data();
  // Asked once, at the end: a branch for each character costs more than all else.
  unsigned wrong = 0;
  for (size_t byte = 0; byte < uuid.size(); ++byte) {
    if (HyphenBefore(byte)) wrong |= *at++ == '-' ? 0 : kNoDigit;
    const unsigned high = kValues[static_cast<uint8_t>(*at++)];
    const unsigned low = kValues[static_cast<uint8_t>(*at++)];
    wrong |= high | low;
    uuid[byte] = static_cast<uint8_t>(high << 4 | low);
  }
  if ((wrong & kNoDigit) != 0) return std::nullopt;
  return uuid;
}

std::string PrintUuid(const Uuid& uuid) {
  std::string text;
  text.reserve(kLength);
  for (size_t byte = 0; byte < uuid.size(); ++byte) {
    if (HyphenBefore(byte)) text += '-';
    text += kDigits[uuid[byte] >> 4];
    text += kDigits[uuid[byte] & 15];
  }
  return text;
}

}  // namespace centralita::sla_timer
