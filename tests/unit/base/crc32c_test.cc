#include "centralita/base/crc32c.h"

#include <random>
#include <string>

#include "gtest/gtest.h"

namespace centralita::base {
namespace {

// RFC 3720, appendix B.4.
TEST(Crc32c, GivesTheSumsOfTheStandard) {
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(Crc32c(""), 0u);
}

// By the polynomial, a bit at a time.
uint32_t ByDefinition(std::string_view bytes) {
  uint32_t crc = 0xffffffffU;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82f63b78U : crc >> 1;
  }
  return ~crc;
}

TEST(Crc32c, IsThatOfTheDefinitionForEveryLengthAndAlignment) {
  std::mt19937 random(7);
  std::string bytes(80, ' ');
  for (char& c : bytes) c = static_cast<char>(random());
  for (size_t from = 0; from < 8; ++from) {
    for (size_t size = 0; from + size <= bytes.size(); ++size) {
      const std::string_view part = std::string_view(bytes).substr(from, size);
      EXPECT_EQ(Crc32c(part), ByDefinition(part)) << from << " " << size;
    }
  }
}

TEST(Crc32c, OfPartsIsThatOfTheWhole) {
  const std::string text = "Wo bleibt mein Paket? 📦";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(Crc32c(text.substr(cut), Crc32c(text.substr(0, cut))), Crc32c(text)) << cut;
  }
}

}  // namespace
}  // namespace centralita::base
