// Typed reading of YAML in which every mistake is told with its line and path, and all mistakes at
// once.
//
//   Problems problems("policy.yaml");
//   YamlDocument document(text, problems);
//   MapReader root(document.root());
//   const Duration lease = root.Get("offer_lease").AsDuration(4s);
//
// A reading that fails reports the problem and gives the fallback, so that reading goes on; look at
// Problems::ok() at the end. Nothing here throws. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "centralita/base/time.h"
#include "centralita/config/problems.h"
#include "centralita/config/units.h"

namespace centralita::config {

struct YamlNode;

template <typename E>
using Named = std::pair<std::string_view, E>;

// Something in the document, or the place where something could have been. A view of its
// YamlDocument.
class Value final {
 public:
  // For a place in no document; absent.
  Value(const YamlNode* node, Place place, Problems& problems)
      : node_(node), place_(std::move(place)), problems_(&problems) {}

  // False if it is not there or is null (`key:` with nothing behind it).
  bool present() const;
  bool is_map() const;
  bool is_list() const;
  bool is_scalar() const;
  const Place& place() const { return place_; }
  Problems& problems() const { return *problems_; }

  void Error(std::string_view text) const { problems_->Error(place_, text); }
  void Warn(std::string_view text) const { problems_->Warn(place_, text); }

  // Absent: the fallback, without a problem.
  std::string AsString(std::string_view fallback = {}) const;
  int64_t AsInt(int64_t fallback, int64_t min, int64_t max) const;
  // true or false, as YAML 1.2 has it: yes, no, on, off are refused.
  bool AsBool(bool fallback) const;
  base::Duration AsDuration(base::Duration fallback, base::Duration min = base::Duration(0)) const;
  Money AsMoney(Money fallback) const;
  int AsPercent(int fallback) const;
  // A name: not empty, lower-case letters, digits, and '_' or '-' inside. Checked only if present.
  std::string AsName() const;

  template <typename E>
  E AsEnum(std::span<const Named<E>> names, E fallback) const {
    const std::string* text = Scalar();
    if (text == nullptr) return fallback;
    std::vector<std::string_view> known;
    for (const auto& [name, value] : names) {
      if (name == *text) return value;
      known.push_back(name);
    }
    UnknownName(*text, known);
    return fallback;
  }

  // The items of a list; of a single scalar, itself (`channels: x` for `channels: [x]`). Absent:
  // none.
  std::vector<Value> Items() const;
  // The items as names (AsName); a repeated one is a problem.
  std::vector<std::string> Names() const;
  // Any texts, in their order, that are not empty; a repeated one is a problem.
  std::vector<std::string> Strings() const;

 private:
  friend class MapReader;
  // Null if absent or, with a problem, no scalar.
  const std::string* Scalar() const;
  void UnknownName(std::string_view text, std::span<const std::string_view> known) const;
  std::vector<std::string> Unique(bool names) const;

  const YamlNode* node_;
  Place place_;
  Problems* problems_;
};

// Reads a map. When it goes, each key that was never asked for is an error, with the nearest of
// those that were. An absent value is an empty map.
class MapReader final {
 public:
  explicit MapReader(Value value);
  ~MapReader();
  MapReader(const MapReader&) = delete;
  MapReader& operator=(const MapReader&) = delete;

  // May be absent. `key` outlives the reader, as a literal does.
  Value Get(std::string_view key);
  // Absent is an error.
  Value Require(std::string_view key);
  // All entries in the order of the file, for maps whose keys are the writer's own (skills,
  // channels).
  std::vector<std::pair<std::string, Value>> Entries();

  const Value& value() const { return value_; }
  Problems& problems() const { return value_.problems(); }

 private:
  Value value_;
  std::vector<std::string_view> known_;
  bool all_ = false;
};

// A parsed document. Syntax errors, repeated keys, invalid UTF-8 and a second document are
// problems. Owns what its values look at; `problems` outlives it.
class YamlDocument final {
 public:
  YamlDocument(std::string_view text, Problems& problems);
  ~YamlDocument();
  YamlDocument(const YamlDocument&) = delete;
  YamlDocument& operator=(const YamlDocument&) = delete;

  // Absent for an empty document and for one with a syntax error.
  Value root() const;

 private:
  std::unique_ptr<YamlNode> root_;
  Problems& problems_;
};

}  // namespace centralita::config
