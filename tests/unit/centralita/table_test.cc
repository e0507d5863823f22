#include "views/table.h"

#include <gtest/gtest.h>

namespace centralita::views {
namespace {

TEST(DisplayWidthTest, CountsWhatATerminalShows) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("pedido"), 6u);
  EXPECT_EQ(DisplayWidth("Здравейте"), 9u);
  EXPECT_EQ(DisplayWidth("¿Dónde?"), 7u);
  EXPECT_EQ(DisplayWidth("e\xcc\x81"), 1u) << "e with a combining accent";
  EXPECT_EQ(DisplayWidth("注文"), 4u);
  EXPECT_EQ(DisplayWidth("주문"), 4u);
  EXPECT_EQ(DisplayWidth("😀"), 2u);
  EXPECT_EQ(DisplayWidth("✅"), 2u);
  EXPECT_EQ(DisplayWidth("👍🏽"), 2u) << "with a skin tone";
}

TEST(ShortenTest, WhatFitsStaysAndTheRestEndsInAnEllipsis) {
  EXPECT_EQ(Shorten("pedido", 6), "pedido");
  EXPECT_EQ(Shorten("pedidos", 6), "pedid…");
  EXPECT_EQ(Shorten("Здравейте", 5), "Здра…");
  EXPECT_EQ(Shorten("x", 0), "");
}

TEST(ShortenTest, AWideCharacterIsNeverCutInTwo) {
  EXPECT_EQ(Shorten("注文です", 4), "注…");
  EXPECT_EQ(Shorten("😀😀", 3), "😀…");
  for (size_t width = 0; width < 12; ++width)
    EXPECT_LE(DisplayWidth(Shorten("a注😀b文c", width)), width);
}

TEST(ShortenTest, NothingMovesTheCursor) {
  EXPECT_EQ(Shorten("a\x1b[2Jb\n\tc\x7f", 20), "a [2Jb  c ");
  EXPECT_EQ(Shorten("a\xc2\x9b"
                    "31mb",
                    20),
            "a 31mb")
      << "an escape of the second control block";
  EXPECT_EQ(Shorten("a\x9b\xff"
                    "b\xd0",
                    20),
            "a  b ")
      << "bytes that are no UTF-8";
}

TEST(TableTest, ColumnsAreAsWideAsTheirWidestCell) {
  Table table({{"queue"}, {"waiting", Align::kRight}, {"last"}});
  table.Add({"поръчки", "7", "a"});
  table.Add({"注文", "1234", ""});
  table.Add({"x"});
  EXPECT_EQ(table.Print(),
            "queue    waiting  last\n"
            "поръчки        7  a\n"
            "注文        1234\n"
            "x\n");
}

}  // namespace
}  // namespace centralita::views
