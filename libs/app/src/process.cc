#include "centralita/app/process.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "centralita/app/lifecycle.h"
#include "centralita/app/stop_signal.h"
#include "centralita/base/status_macros.h"

namespace centralita::app {
namespace {

constexpr int kFailed = 1;
constexpr int kBadSettings = 2;

struct LogSettings {
  std::string level = "info";
  std::string format = "text";
  std::string file;

  void Bind(config::Config& config) {
    config.Add("log", "What is told while it runs.")
        .Add("level", level, "debug, info, warning or error.",
             config::OneOf({"debug", "info", "warning", "error"}))
        .Add("format", format, "text or json.", config::OneOf({"text", "json"}))
        .Add("file", file, "Where to; empty for standard error.");
  }

  absl::StatusOr<telemetry::LogOptions> Options(const std::string& service) const {
    telemetry::LogOptions options;
    options.service = service;
    ABSL_ASSIGN_OR_RETURN(options.level, telemetry::ParseLevel(level));
    ABSL_ASSIGN_OR_RETURN(options.format, telemetry::ParseLogFormat(format));
    options.file = file;
    return options;
  }
};

int Fail(const ProcessInfo& info, const absl::Status& status, int exit) {
  fmt::print(stderr, "{}: {}\n", info.name, std::string(status.message()));
  return exit;
}

}  // namespace

absl::Status LoadConfig(const CommandLine& line, config::Config& config) {
  config::Sources sources;
  if (!line.config_file.empty()) {
    std::ifstream file(line.config_file);
    if (!file) {
      return absl::NotFoundError(
          fmt::format("The configuration file '{}' cannot be read.", line.config_file));
    }
    sources.file_name = line.config_file;
    sources.yaml.assign(std::istreambuf_iterator<char>(file), {});
  }
  sources.environment = config::ProcessEnvironment();
  sources.flags = line.flags;
  return config.Load(sources);
}

ParsedCommandLine ParseCommandLine(const ProcessInfo& info, int argc, char** argv) {
  ParsedCommandLine parsed;
  CLI::App app(info.about, info.name);
  app.allow_extras();
  app.set_version_flag("--version", CENTRALITA_VERSION);
  app.add_option("--config", parsed.line.config_file, "YAML file with settings");
  app.add_flag("--check-config", parsed.line.check_config,
               "Only say whether the settings are good");
  app.add_flag("--print-config", parsed.line.print_config,
               "Only print all settings, without secrets");
  app.footer(
      "Every setting can be given in the YAML file, in the environment\n"
      "(CENTRALITA_KAFKA__BROKERS=kafka:9092) and as a flag (--kafka.brokers=kafka:9092); the "
      "later "
      "wins.\n"
      "--print-config shows them all, with what they mean.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // --help and --version come this way too, with 0.
    parsed.exit = app.exit(error) == 0 ? 0 : kBadSettings;
  }
  parsed.line.flags = app.remaining();
  return parsed;
}

int RunProcess(const ProcessInfo& info, const CommandLine& line, Process& process) {
  // Before any other thread is made, since threads inherit which signals they block.
  const auto signal = StopSignal::Install();
  if (!signal.ok()) return Fail(info, signal.status(), kFailed);
  config::Config config;
  LogSettings log;
  process.Bind(config);
  log.Bind(config);
  absl::Status good = LoadConfig(line, config);
  if (good.ok()) good = process.Check();
  if (!good.ok()) return Fail(info, good, kBadSettings);
  if (line.print_config) fmt::print("{}", config.Print());
  if (line.check_config) fmt::print("The configuration is good.\n");
  if (line.print_config || line.check_config) return 0;

  const base::SystemClock clock;
  const auto log_options = log.Options(info.name);
  if (!log_options.ok()) return Fail(info, log_options.status(), kBadSettings);
  const auto logger = telemetry::Logger::Create(*log_options, clock);
  if (!logger.ok()) return Fail(info, logger.status(), kFailed);
  Lifecycle lifecycle(**logger, clock);
  process.AddParts(lifecycle, **logger, clock);
  lifecycle.Add({.name = "word to the terminal",
                 .start =
                     [&process] {
                       process.Started();
                       std::fflush(stdout);
                       return absl::OkStatus();
                     },
                 .drain = {}});
  const absl::Status ended = RunUntilStopped(lifecycle, **signal, **logger, process.drain_limit(),
                                             [&process] { process.Close(); });
  return ended.ok() ? 0 : Fail(info, ended, kFailed);
}

}  // namespace centralita::app
