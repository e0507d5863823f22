// A set of changed entries: key -> bytes, or nothing for a key that is gone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "centralita/base/state_machine.h"

namespace centralita::stage {

class ChangeSet final : public base::EntrySink {
 public:
  // Keys get this in front, so that entries of machine and runner share one store partition.
  explicit ChangeSet(std::string prefix = "") : prefix_(std::move(prefix)) {}
  void set_prefix(std::string prefix) { prefix_ = std::move(prefix); }

  void Put(std::string_view key, std::string_view value) override { changes_[prefix_ + std::string(key)] = value; }
  void Erase(std::string_view key) override { changes_[prefix_ + std::string(key)] = std::nullopt; }
  const std::map<std::string, std::optional<std::string>>& changes() const { return changes_; }
  bool empty() const { return changes_.empty(); }

 private:
  std::string prefix_;
  std::map<std::string, std::optional<std::string>> changes_;
};

inline constexpr std::string_view kMachinePrefix = "e/";
inline constexpr std::string_view kWatermarkPrefix = "w/";
inline constexpr std::string_view kHeaderKey = "header";

}  // namespace centralita::stage
