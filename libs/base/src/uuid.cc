#include "centralita/base/uuid.h"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace centralita::base {
namespace {

using Bytes = std::array<unsigned char, 16>;

// Drawn once for Centralita; never to be changed, since ids depend on it.
constexpr Bytes kNamespace = {0x5d, 0x1c, 0x8e, 0x42, 0x9b, 0x3f, 0x4a, 0x67,
                              0x8c, 0x20, 0xd4, 0x71, 0x6e, 0xa5, 0x0f, 0xb3};

std::string Format(Bytes bytes, int version) {
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | (version << 4));
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    out.push_back(kHex[bytes[i] >> 4]);
    out.push_back(kHex[bytes[i] & 0x0f]);
  }
  return out;
}

void AppendWithLength(std::string& to, std::string_view part) {
  const auto size = static_cast<uint32_t>(part.size());
  for (int shift = 24; shift >= 0; shift -= 8)
    to.push_back(static_cast<char>((size >> shift) & 0xff));
  to.append(part);
}

}  // namespace

std::string NameUuid(std::string_view kind, std::initializer_list<std::string_view> parts) {
  std::string name(reinterpret_cast<const char*>(kNamespace.data()), kNamespace.size());
  AppendWithLength(name, kind);
  for (std::string_view part : parts) AppendWithLength(name, part);
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(name.data()), name.size(), digest.data());
  Bytes bytes{};
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  return Format(bytes, 5);
}

std::string RandomUuid() {
  Bytes bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  return Format(bytes, 4);
}

}  // namespace centralita::base
