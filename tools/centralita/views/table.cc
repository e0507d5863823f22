#include "views/table.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace centralita::views {
namespace {

struct Decoded {
  uint32_t code = 0;
  size_t bytes = 1;
};

Decoded DecodeAt(std::string_view text, size_t i) {
  const auto byte = [&](size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned char first = byte(i);
  if (first < 0x80) return {first, 1};
  // What is no UTF-8 counts as a control character, each byte by itself.
  constexpr Decoded kNotUtf8{0, 1};
  if (first < 0xc2 || first > 0xf4) return kNotUtf8;
  const size_t bytes = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (i + bytes > text.size()) return kNotUtf8;
  uint32_t code = first & (0xff >> (bytes + 1));
  for (size_t k = 1; k < bytes; ++k) {
    if ((byte(i + k) & 0xc0) != 0x80) return kNotUtf8;
    code = (code << 6) | (byte(i + k) & 0x3f);
  }
  return {code, bytes};
}

size_t WidthOf(uint32_t code) {
  struct Range {
    uint32_t first;
    uint32_t last;
  };
  static constexpr std::array kNone = {
      Range{0x300, 0x36f},   Range{0x483, 0x489},   Range{0x591, 0x5bd},
      Range{0x610, 0x61a},   Range{0x64b, 0x65f},   Range{0x200b, 0x200f},
      Range{0x20d0, 0x20ff}, Range{0xfe00, 0xfe0f}, Range{0x1f3fb, 0x1f3ff}};
  static constexpr std::array kWide = {
      Range{0x1100, 0x115f}, Range{0x2e80, 0x303e}, Range{0x3041, 0xa4cf}, Range{0xac00, 0xd7a3},
      Range{0xf900, 0xfaff}, Range{0xfe30, 0xfe6f}, Range{0xff00, 0xff60}, Range{0x1f300, 0x1faff},
      Range{0x20000, 0x3fffd},
      // Of the older symbols, those that are shown as emoji.
      Range{0x231a, 0x231b}, Range{0x23e9, 0x23ec}, Range{0x2614, 0x2615}, Range{0x26a1, 0x26a1},
      Range{0x2705, 0x2705}, Range{0x270a, 0x270b}, Range{0x2728, 0x2728}, Range{0x274c, 0x274c},
      Range{0x2753, 0x2755}, Range{0x2757, 0x2757}, Range{0x2795, 0x2797}, Range{0x2b50, 0x2b50},
      Range{0x2b55, 0x2b55}};
  const auto in = [code](const Range& r) { return code >= r.first && code <= r.last; };
  if (std::ranges::any_of(kNone, in)) return 0;
  return std::ranges::any_of(kWide, in) ? 2 : 1;
}

}  // namespace

size_t DisplayWidth(std::string_view utf8) {
  size_t width = 0;
  for (size_t i = 0; i < utf8.size();) {
    const Decoded c = DecodeAt(utf8, i);
    width += WidthOf(c.code);
    i += c.bytes;
  }
  return width;
}

std::string Shorten(std::string_view utf8, size_t width) {
  const bool cut = DisplayWidth(utf8) > width;
  const size_t room = cut && width > 0 ? width - 1 : width;
  std::string out;
  size_t used = 0;
  for (size_t i = 0; i < utf8.size();) {
    const Decoded c = DecodeAt(utf8, i);
    const size_t w = WidthOf(c.code);
    if (used + w > room) break;
    if (c.code < 0x20 || (c.code >= 0x7f && c.code < 0xa0)) {
      out.push_back(' ');
    } else {
      out.append(utf8.substr(i, c.bytes));
    }
    used += w;
    i += c.bytes;
  }
  if (cut && width > 0) out += "…";
  return out;
}

std::string Table::Print() const {
  std::vector<size_t> widths;
  for (const Column& column : columns_) widths.push_back(DisplayWidth(column.title));
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size() && i < widths.size(); ++i)
      widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  std::string out;
  const auto line = [&](const auto& cell) {
    std::string text;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) text += "  ";
      const std::string value = cell(i);
      const std::string pad(widths[i] - DisplayWidth(value), ' ');
      text += columns_[i].align == Align::kRight ? pad + value : value + pad;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  };
  line([&](size_t i) { return columns_[i].title; });
  for (const auto& row : rows_)
    line([&](size_t i) { return i < row.size() ? row[i] : std::string(); });
  return out;
}

}  // namespace centralita::views
