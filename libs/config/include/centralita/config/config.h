// The configuration of a process: sections that components bind, and where their values come from.
//
//   struct HttpConfig {
//     uint16_t port = 8080;
//     base::Duration deadline{5000};
//     std::string token;
//     void Bind(config::Config& c) {
//       c.Add("http", "The HTTP API.")
//           .Add("port", port, "TCP port; 0 takes a free one.")
//           .Add("deadline", deadline, "Limit of one request.", AtLeast(1ms))
//           .AddSecret("token", token, "Token of the operators.");
//     }
//   };
//
// Later sources win: the defaults in the struct, the YAML file, the environment
// (CENTRALITA_HTTP__PORT=8081), flags
// (--http.port=8081). A secret may be given as <name>_file. In each of them an unknown key is an
// error. Environment variables without a double underscore are left alone, since Kubernetes makes
// some of its own. Not thread-safe; loaded once, at the start.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "centralita/config/field.h"

namespace centralita::config {

struct Sources {
  // Name for messages, and the file's text; no file if the name is empty.
  std::string file_name;
  std::string yaml;
  // Name and value.
  std::vector<std::pair<std::string, std::string>> environment;
  // "--section.key=value".
  std::vector<std::string> flags;
};

class Config final {
 public:
  Config() = default;
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;

  // `name` is snake_case. The reference stays good as long as this.
  Section& Add(std::string_view name, std::string_view description);

  // Sets what the sources say. INVALID_ARGUMENT with reason "invalid_config" lists every problem of
  // every source, a line each; variables are then partly set and not to be used.
  absl::Status Load(const Sources& sources);

  // All that is set now, as YAML with a comment for each key, that Load() takes again. Secrets are
  // not in it: a secret file's path is, and of one given directly a comment says that it is set.
  std::string Print() const;

 private:
  // Stable addresses, in the order of adding.
  std::deque<Section> sections_;
};

// The variables of this process whose names begin with CENTRALITA_.
std::vector<std::pair<std::string, std::string>> ProcessEnvironment();

}  // namespace centralita::config
