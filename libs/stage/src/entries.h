// A set of changed entries: key -> bytes, or nothing for a key that is gone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "centralita/base/state_machine.h"

namespace centralita::stage {

// Entries of machine and watermarks share one partition of the store.
inline constexpr std::string_view kMachinePrefix = "e/";
inline constexpr std::string_view kWatermarkPrefix = "w/";
inline constexpr std::string_view kHeaderKey = "header";

using Changes = std::map<std::string, std::optional<std::string>>;

// Writes into a set of changes, each key behind a prefix.
class ChangeSink final : public base::EntrySink {
 public:
  // `changes` outlives it.
  ChangeSink(std::string_view prefix, Changes& changes) : prefix_(prefix), changes_(changes) {}

  void Put(std::string_view key, std::string_view value) override {
    changes_.insert_or_assign(Name(key), std::string(value));
  }
  void Erase(std::string_view key) override { changes_.insert_or_assign(Name(key), std::nullopt); }

 private:
  std::string Name(std::string_view key) const {
    std::string name;
    name.reserve(prefix_.size() + key.size());
    name.append(prefix_).append(key);
    return name;
  }

  const std::string_view prefix_;
  Changes& changes_;
};

}  // namespace centralita::stage
