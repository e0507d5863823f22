// The YAML parts of docs/policy.md, which together are one policy.
#pragma once

#include <sstream>
#include <string>

#include "centralita/config/files.h"

namespace centralita::app {

inline std::string DocumentedPolicy() {
  std::istringstream page(config::ReadFile(POLICY_DOC).value_or(""));
  std::string yaml;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) {
      inside = line == "```yaml";
    } else if (inside) {
      yaml += line + "\n";
    }
  }
  return yaml;
}

}  // namespace centralita::app
