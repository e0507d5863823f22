#include "centralita/http/message.h"

#include <gtest/gtest.h>

namespace centralita::http {
namespace {

TEST(Request, HeadersAreFoundWhateverTheirCase) {
  Request request;
  request.headers = {{"X-Tenant", "acme"}, {"x-tenant", "second"}};
  EXPECT_EQ(request.FindHeader("x-TENANT"), "acme");
  EXPECT_EQ(request.FindHeader("X-Tenan"), std::nullopt);
}

TEST(JsonQuote, KeepsUtf8AndEscapesTheRest) {
  EXPECT_EQ(JsonQuote("a\"b\\c\n"), R"("a\"b\\c\u000a")");
  EXPECT_EQ(JsonQuote("¿Dónde? Къде 🙂"), "\"¿Dónde? Къде 🙂\"");
}

TEST(JsonQuote, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(JsonQuote("a\xff z"), "\"a\\ufffd z\"");
  EXPECT_EQ(JsonQuote("\xc0\xaf"), "\"\\ufffd\\ufffd\"");             // overlong
  EXPECT_EQ(JsonQuote("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"");  // a surrogate
  EXPECT_EQ(JsonQuote("\xe2\x82"), "\"\\ufffd\\ufffd\"");             // cut off
}

}  // namespace
}  // namespace centralita::http
