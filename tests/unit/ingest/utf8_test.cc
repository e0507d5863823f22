#include "utf8.h"

#include <gtest/gtest.h>

#include "centralita/ingest/v1/ingest.pb.h"

namespace centralita::ingest {
namespace {

TEST(FindInvalidUtf8, AcceptsEveryScript) {
  EXPECT_EQ(FindInvalidUtf8("Hola ñ, Здравей, 你好, مرحبا, 🙂, \xf4\x8f\xbf\xbf"),
            std::nullopt);
  EXPECT_EQ(FindInvalidUtf8(""), std::nullopt);
}

TEST(FindInvalidUtf8, TellsTheFirstBadByte) {
  EXPECT_EQ(FindInvalidUtf8("ab\xff"), 2u);
  EXPECT_EQ(FindInvalidUtf8("\xc0\xaf"), 0u) << "overlong";
  EXPECT_EQ(FindInvalidUtf8("a\xed\xa0\x80"), 1u) << "surrogate";
  EXPECT_EQ(FindInvalidUtf8("\xf4\x90\x80\x80"), 0u) << "beyond Unicode";
  EXPECT_EQ(FindInvalidUtf8("ok\xe2\x82"), 2u) << "cut off";
  EXPECT_EQ(FindInvalidUtf8("\x80"), 0u) << "a continuation alone";
}

TEST(FindInvalidUtf8Field, NamesTheField) {
  // handle (3) = "\xff"
  EXPECT_EQ(FindInvalidUtf8Field(*v1::NewMessage::descriptor(), "\x1a\x01\xff"), "handle");
  // attachments (11) { url (2) = "\xff" }
  EXPECT_EQ(FindInvalidUtf8Field(*v1::NewMessage::descriptor(), "\x5a\x03\x12\x01\xff"),
            "attachments.url");
  EXPECT_EQ(FindInvalidUtf8Field(*v1::NewMessage::descriptor(), "\x1a\x01x"), std::nullopt);
  EXPECT_EQ(FindInvalidUtf8Field(*v1::NewMessage::descriptor(), "\x1a\x7f"), std::nullopt)
      << "cut off";
}

}  // namespace
}  // namespace centralita::ingest
