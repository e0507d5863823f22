#include "centralita/config/yaml_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "centralita/config/nearest.h"
#include "yaml_node.h"

namespace centralita::config {
namespace {

bool IsName(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  const auto inner = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  const auto edge = [&](char c) { return inner(c) && c != '-' && c != '_'; };
  return std::all_of(text.begin(), text.end(), inner) && edge(text.front()) && edge(text.back());
}

}  // namespace

bool Value::present() const { return node_ != nullptr && node_->kind != YamlNode::Kind::kNull; }
bool Value::is_map() const { return present() && node_->kind == YamlNode::Kind::kMap; }
bool Value::is_list() const { return present() && node_->kind == YamlNode::Kind::kList; }
bool Value::is_scalar() const { return present() && node_->kind == YamlNode::Kind::kScalar; }

const std::string* Value::Scalar() const {
  if (!present()) return nullptr;
  if (is_scalar()) return &node_->text;
  Error(fmt::format("must be a single value, not a {}", is_map() ? "map" : "list"));
  return nullptr;
}

void Value::UnknownName(std::string_view text, std::span<const std::string_view> known) const {
  Error(fmt::format("'{}' is unknown{}", text, Suggestion(text, known)));
}

std::string Value::AsString(std::string_view fallback) const {
  const std::string* text = Scalar();
  return text == nullptr ? std::string(fallback) : *text;
}

int64_t Value::AsInt(int64_t fallback, int64_t min, int64_t max) const {
  const std::string* text = Scalar();
  if (text == nullptr) return fallback;
  const auto value = ParseInt(*text);
  if (!value || *value < min || *value > max) {
    Error(fmt::format("'{}' is not a whole number from {} to {}", *text, min, max));
    return fallback;
  }
  return *value;
}

bool Value::AsBool(bool fallback) const {
  const std::string* text = Scalar();
  if (text == nullptr) return fallback;
  if (*text == "true" || *text == "false") return *text == "true";
  Error(fmt::format("'{}' is neither true nor false", *text));
  return fallback;
}

base::Duration Value::AsDuration(base::Duration fallback, base::Duration min) const {
  const std::string* text = Scalar();
  if (text == nullptr) return fallback;
  const auto value = ParseDuration(*text);
  if (!value) {
    Error(fmt::format("'{}' is not a duration; {}", *text, kDurationHint));
    return fallback;
  }
  if (*value < min) {
    Error(fmt::format("'{}' is too short; at least {} is needed", *text, WriteDuration(min)));
    return fallback;
  }
  return *value;
}

Money Value::AsMoney(Money fallback) const {
  const std::string* text = Scalar();
  if (text == nullptr) return fallback;
  auto value = ParseMoney(*text);
  if (!value) {
    Error(fmt::format("'{}' is not an amount of money; {}", *text, kMoneyHint));
    return fallback;
  }
  return *std::move(value);
}

int Value::AsPercent(int fallback) const {
  const std::string* text = Scalar();
  if (text == nullptr) return fallback;
  const auto value = ParsePercent(*text);
  if (!value) Error(fmt::format("'{}' is not a percentage; {}", *text, kPercentHint));
  return value.value_or(fallback);
}

std::string Value::AsName() const {
  const std::string* text = Scalar();
  if (text == nullptr) return {};
  if (!IsName(*text)) {
    Error(fmt::format("'{}' is not a name; use 1 to 64 of a to z, 0 to 9, and inside '_' or '-'",
                      *text));
    return {};
  }
  return *text;
}

std::vector<Value> Value::Items() const {
  if (!present()) return {};
  if (is_scalar()) return {*this};
  if (is_map()) {
    Error("must be a list (lines that begin with '- '), not a map");
    return {};
  }
  std::vector<Value> items;
  for (size_t i = 0; i < node_->items.size(); ++i) {
    const YamlNode& item = node_->items[i];
    items.emplace_back(&item, Place{item.line, fmt::format("{}[{}]", place_.path, i)}, *problems_);
  }
  return items;
}

std::vector<std::string> Value::Names() const { return Unique(true); }

std::vector<std::string> Value::Strings() const { return Unique(false); }

std::vector<std::string> Value::Unique(bool names) const {
  std::vector<std::string> texts;
  std::vector<std::string> sorted;
  for (const Value& item : Items()) {
    std::string text = names ? item.AsName() : item.AsString();
    if (text.empty()) {
      if (!item.present() || (!names && item.is_scalar())) item.Error("is empty");
      continue;
    }
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), text);
    if (at != sorted.end() && *at == text) {
      item.Error(fmt::format("'{}' is there twice; remove one", text));
      continue;
    }
    sorted.insert(at, text);
    texts.push_back(std::move(text));
  }
  return texts;
}

MapReader::MapReader(Value value) : value_(std::move(value)) {
  if (value_.present() && !value_.is_map()) {
    value_.Error(fmt::format("must be a map (lines of 'key: value'), not a {}",
                             value_.is_list() ? "list" : "single value"));
  }
}

MapReader::~MapReader() {
  if (!value_.is_map() || all_) return;
  for (const YamlNode::Entry& entry : value_.node_->entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    problems().Error({entry.line, ChildPath(value_.place().path, entry.key)},
                     fmt::format("unknown key{}", Suggestion(entry.key, known_)));
  }
}

Value MapReader::Get(std::string_view key) {
  known_.push_back(key);
  std::string path = ChildPath(value_.place().path, key);
  if (value_.is_map()) {
    for (const YamlNode::Entry& entry : value_.node_->entries) {
      if (entry.key == key) return {&entry.value, {entry.line, std::move(path)}, problems()};
    }
  }
  return {nullptr, {value_.place().line, std::move(path)}, problems()};
}

Value MapReader::Require(std::string_view key) {
  Value found = Get(key);
  // What is no map was told already.
  if (!found.present() && (value_.is_map() || !value_.present())) found.Error("is missing");
  return found;
}

std::vector<std::pair<std::string, Value>> MapReader::Entries() {
  all_ = true;
  std::vector<std::pair<std::string, Value>> entries;
  if (!value_.is_map()) return entries;
  for (const YamlNode::Entry& entry : value_.node_->entries) {
    Place place{entry.line, ChildPath(value_.place().path, entry.key)};
    entries.emplace_back(entry.key, Value(&entry.value, std::move(place), problems()));
  }
  return entries;
}

YamlDocument::YamlDocument(std::string_view text, Problems& problems)
    : root_(ParseYaml(text, problems)), problems_(problems) {}

YamlDocument::~YamlDocument() = default;

Value YamlDocument::root() const {
  return {root_.get(), {root_ == nullptr ? 0 : root_->line, {}}, problems_};
}

}  // namespace centralita::config
