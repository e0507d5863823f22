// Plain tables for terminals: columns as wide as their widest cell, in characters rather than
// bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace centralita::views {

// Columns that a terminal shows for UTF-8 text: wide East Asian characters and emoji count two,
// marks none.
size_t DisplayWidth(std::string_view utf8);

// At most `width` columns of the text, with an ellipsis if it was longer; control characters become
// spaces, so that a customer's text cannot move the cursor.
std::string Shorten(std::string_view utf8, size_t width);

enum class Align { kLeft, kRight };

class Table final {
 public:
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string Print() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace centralita::views
