// Compiled expressions as files of one folder, so that a start or a reload of many thousands takes
// milliseconds rather than many seconds.
//
// A file is named after what it holds and by whom it was compiled (expressions, version of
// vectorscan, kind of processor), and begins with a checksum of the rest. One that is damaged, or
// cannot be read or written, is told in the log and compiled again. Of what nobody has asked for
// longest, all beyond kMaxRuleFiles goes.
#pragma once

#include <cstddef>
#include <string>

#include "centralita/telemetry/log.h"
#include "centralita/text/rule_cache.h"

namespace centralita::classifier {

inline constexpr size_t kMaxRuleFiles = 512;
inline constexpr size_t kMaxRuleFileBytes = 512 << 20;

// Several processes may share a folder: files appear whole, under their name, or not at all.
class RuleFiles final : public text::RuleCache {
 public:
  // The folder is made when something is to be kept. `logger` outlives it.
  RuleFiles(std::string folder, telemetry::Logger& logger);

  std::optional<std::string> Get(const std::string& name) override;
  void Put(const std::string& name, std::string_view bytes) override;

 private:
  std::string PathOf(const std::string& name) const;
  void RemoveOldest() const;

  const std::string folder_;
  telemetry::Logger& logger_;
};

}  // namespace centralita::classifier
