// A parsed document as a tree of our own: what yaml-cpp reads, with lines, checked, and nothing
// that throws.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "centralita/config/problems.h"

namespace centralita::config {

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Entry;

  Kind kind = Kind::kNull;
  int line = 0;
  // Of a scalar.
  std::string text;
  // Written in quotes, so that "true" is a text.
  bool quoted = false;
  std::vector<YamlNode> items;
  // In the order of the file, without repeated keys.
  std::vector<Entry> entries;
};

struct YamlNode::Entry {
  std::string key;
  // Of the key.
  int line = 0;
  YamlNode value;
};

// `at` and `key` to "at.key"; a key that would read badly is quoted.
std::string ChildPath(const std::string& at, std::string_view key);

// Null if the text is no YAML; the problems say why.
std::unique_ptr<YamlNode> ParseYaml(std::string_view text, Problems& problems);

}  // namespace centralita::config
