// A set of changed entries: key -> bytes, or nothing for a key that is gone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "centralita/base/state_machine.h"

namespace centralita::stage {

class ChangeSet final : public base::EntrySink {
 public:
  // Keys get this in front, so that entries of machine and runner share one store partition.
  explicit ChangeSet(std::string prefix = "") : prefix_(std::move(prefix)) {}
  void set_prefix(std::string prefix) { prefix_ = std::move(prefix); }

  void Put(std::string_view key, std::string_view value) override { changes_.emplace_back(Whole(key), value); }
  void Erase(std::string_view key) override { changes_.emplace_back(Whole(key), std::nullopt); }
  // Each key once, since a machine gives each change once.
  const std::vector<std::pair<std::string, std::optional<std::string>>>& changes() const { return changes_; }
  bool empty() const { return changes_.empty(); }

 private:
  std::string Whole(std::string_view key) const {
    std::string whole;
    whole.reserve(prefix_.size() + key.size());
    return whole.append(prefix_).append(key);
  }

  std::string prefix_;
  std::vector<std::pair<std::string, std::optional<std::string>>> changes_;
};

inline constexpr std::string_view kMachinePrefix = "e/";
inline constexpr std::string_view kWatermarkPrefix = "w/";
inline constexpr std::string_view kHeaderKey = "header";

}  // namespace centralita::stage
