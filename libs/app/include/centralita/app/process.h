// A server process from its command line to its exit: settings, log, stop signal, start, drain.
//
// Settings come from a YAML file (--config), then the environment (CENTRALITA_SECTION__KEY), then
// flags (--section.key=value); the later wins, an unknown key is an error. --check-config says
// whether they are good, --print-config prints them without secrets; both end there.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/config/config.h"
#include "centralita/telemetry/log.h"

namespace centralita::app {

class Lifecycle;

struct ProcessInfo {
  // As in "centralita-router".
  std::string name;
  // What it does, a sentence for --help.
  std::string about;
};

struct CommandLine {
  // Empty: none.
  std::string config_file;
  // "--section.key=value".
  std::vector<std::string> flags;
  bool check_config = false;
  bool print_config = false;
};

// What a process is made of. Called in this order, each once; Drain of the parts by the lifecycle.
class Process {
 public:
  virtual ~Process() = default;
  // Adds the sections of its settings, bound to its own members.
  virtual void Bind(config::Config& config) = 0;
  // Whether the settings fit together; INVALID_ARGUMENT with what to change. Nothing is opened.
  virtual absl::Status Check() const { return absl::OkStatus(); }
  // Adds what is to be started, in order. The arguments are good until Close() has returned.
  virtual void AddParts(Lifecycle& lifecycle, telemetry::Logger& logger,
                        const base::Clock& clock) = 0;
  // Everything runs: a word to whoever looks at the terminal.
  virtual void Started() {}
  virtual base::Duration drain_limit() const = 0;
  // Destroys what the parts have made, also after a start that failed. The last call.
  virtual void Close() = 0;
};

// Reads the command line of a program that has no verbs. Prints help or the version and ends there;
// the exit status is then in `exit`.
struct ParsedCommandLine {
  CommandLine line;
  int exit = -1;
};
ParsedCommandLine ParseCommandLine(const ProcessInfo& info, int argc, char** argv);

// File, environment and flags into `config`; INVALID_ARGUMENT lists every mistake.
absl::Status LoadConfig(const CommandLine& line, config::Config& config);

// Returns the exit status: 0; 1 if it could not start or drain, with the reason on standard error;
// 2 for settings that are not good.
int RunProcess(const ProcessInfo& info, const CommandLine& line, Process& process);

}  // namespace centralita::app
