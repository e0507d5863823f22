// Builds one line of JSON without a tree in between: a load generator writes tens of thousands a
// second.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace centralita::ledger {

class JsonLine final {
 public:
  JsonLine() { text_ = "{"; }

  JsonLine& String(std::string_view key, std::string_view value) {
    Key(key);
    Quote(value);
    return *this;
  }
  JsonLine& Int(std::string_view key, int64_t value) {
    Key(key);
    fmt::format_to(std::back_inserter(text_), "{}", value);
    return *this;
  }
  JsonLine& Uint(std::string_view key, uint64_t value) {
    Key(key);
    fmt::format_to(std::back_inserter(text_), "{}", value);
    return *this;
  }
  JsonLine& Bool(std::string_view key, bool value) {
    Key(key);
    text_ += value ? "true" : "false";
    return *this;
  }
  // `json` is a JSON value already.
  JsonLine& Raw(std::string_view key, std::string_view json) {
    Key(key);
    text_ += json;
    return *this;
  }

  // Take the text; the line is empty afterwards.
  std::string Object() {
    text_ += '}';
    return std::move(text_);
  }
  std::string Line() {
    text_ += "}\n";
    return std::move(text_);
  }

  // The value as a JSON string; bytes that are no UTF-8 become U+FFFD.
  static std::string Quoted(std::string_view value);

 private:
  void Key(std::string_view key) {
    if (text_.size() > 1) text_ += ',';
    text_ += '"';
    text_ += key;
    text_ += "\":";
  }
  void Quote(std::string_view value) { text_ += Quoted(value); }

  std::string text_;
};

}  // namespace centralita::ledger
