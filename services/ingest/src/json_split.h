// Splits a body into its items before anything is parsed, so that one broken item costs its
// neighbours nothing.
#pragma once

#include <string_view>
#include <vector>

namespace centralita::ingest {

struct JsonItems {
  // Whether the body is an array; otherwise it is one item.
  bool is_array = false;
  // The text of each item, in order; what is no JSON is an item, too. Views into the body.
  std::vector<std::string_view> items;
  // The array had no end, or something follows it.
  bool bad_end = false;
};

// Borders are found by counting brackets outside of strings; a string ends with its line. In an
// item with unbalanced brackets or quotes they are looked for where an object begins after a comma.
JsonItems SplitJson(std::string_view body);

}  // namespace centralita::ingest
