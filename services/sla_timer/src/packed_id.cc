#include "packed_id.h"

namespace centralita::sla_timer {
namespace {

constexpr size_t kLength = 36;
constexpr std::string_view kDigits = "0123456789abcdef";

// Whether a hyphen comes before that byte.
constexpr bool HyphenBefore(size_t byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::optional<Uuid> ParseUuid(std::string_view text) {
  if (text.size() != kLength) return std::nullopt;
  Uuid uuid;
  size_t at = 0;
  for (size_t byte = 0; byte < uuid.size(); ++byte) {
    if (HyphenBefore(byte) && text[at++] != '-') return std::nullopt;
    const int high = DigitOf(text[at++]);
    const int low = DigitOf(text[at++]);
    if (high < 0 || low < 0) return std::nullopt;
    uuid[byte] = static_cast<uint8_t>(high << 4 | low);
  }
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
