// centralita up: all services in this process, until Ctrl-C.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

#include "centralita/app/stop_signal.h"
#include "centralita/app/watchdog.h"
#include "centralita/base/clock.h"
#include "centralita/config/config.h"
#include "client/endpoint.h"
#include "commands/commands.h"
#include "node/node.h"

namespace centralita::commands {
namespace {

struct Options {
  std::string config_file;
  std::string data;
  std::vector<std::string> policies;
  bool check = false;
  bool print = false;
  CLI::App* verb = nullptr;
};

struct LogConfig {
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
};

int RunVerb(Options& options) {
  auto signal = app::StopSignal::Install();
  if (!signal.ok()) return client::Fail(signal.status());

  node::NodeOptions node_options;
  LogConfig log_config;
  config::Config config;
  node_options.Bind(config);
  log_config.Bind(config);
  config::Sources sources;
  if (!options.config_file.empty()) {
    std::ifstream file(options.config_file);
    if (!file)
      return client::Fail(
          absl::NotFoundError(fmt::format("{} cannot be read.", options.config_file)));
    sources.file_name = options.config_file;
    sources.yaml.assign(std::istreambuf_iterator<char>(file), {});
  }
  sources.environment = config::ProcessEnvironment();
  sources.flags = options.verb->remaining();
  if (!options.data.empty()) sources.flags.push_back("--node.data_dir=" + options.data);
  if (absl::Status status = config.Load(sources); !status.ok()) return client::Fail(status);
  node_options.policies.insert(node_options.policies.end(), options.policies.begin(),
                               options.policies.end());
  if (options.print) fmt::print("{}", config.Print());
  if (options.check) fmt::print("The configuration is good.\n");
  if (options.print || options.check) return 0;

  const base::SystemClock clock;
  telemetry::LogOptions log;
  const auto level = telemetry::ParseLevel(log_config.level);
  const auto format = telemetry::ParseLogFormat(log_config.format);
  if (!level.ok() || !format.ok())
    return client::Fail(level.ok() ? format.status() : level.status());
  log.level = *level;
  log.format = *format;
  log.file = log_config.file;
  const auto logger = telemetry::Logger::Create(log, clock);
  if (!logger.ok()) return client::Fail(logger.status());

  auto node = node::Node::Create(node_options, **logger, clock);
  if (!node.ok()) return client::Fail(node.status());
  if (absl::Status status = (*node)->Start(); !status.ok()) return client::Fail(status);
  fmt::print(
      "Centralita is up.\n"
      "  senders             gRPC {0}:{1}, HTTP http://{0}:{2}/v1/messages\n"
      "  agents, questions   gRPC {0}:{3}\n"
      "  admin               http://{0}:{4} /metrics /healthz /readyz\n"
      "  data                {5}\n"
      "Ctrl-C stops it in good order; a second Ctrl-C at once.\n",
      node_options.host, (*node)->ingest_port(), (*node)->http_port(), (*node)->grpc_port(),
      (*node)->admin_port(), node_options.data_dir);
  std::fflush(stdout);
  (*signal)->Wait();
  const app::Watchdog watchdog(node_options.drain_limit + base::Duration(5000), [&logger] {
    (*logger)->Error("the drain took too long; ending at once, what is acknowledged is on disk");
    _exit(70);
  });
  const absl::Status drained = (*node)->Drain(node_options.drain_limit);
  if (!drained.ok()) return client::Fail(drained);
  fmt::print("Stopped.\n");
  return 0;
}

}  // namespace

void AddUp(CLI::App& app, Run& run) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      app.add_subcommand("up", "All services in this process, durable on disk, until Ctrl-C");
  options->verb = verb;
  verb->allow_extras();
  verb->footer(
      "Every setting can be given in the YAML file, in the environment "
      "(CENTRALITA_NODE__GRPC_PORT=7501) and as a flag\n"
      "(--node.grpc_port=7501); the later wins. --print-config shows them all.\n"
      "Example: centralita up --policy deploy/demo/policy.yaml --data build/up");
  verb->add_option("--policy", options->policies, "Policy files, published if they are new");
  verb->add_option("--data", options->data,
                   "Folder of the log and the store (default: centralita-data)");
  verb->add_option("--config", options->config_file, "YAML file with settings");
  verb->add_flag("--check-config", options->check, "Only say whether the settings are good");
  verb->add_flag("--print-config", options->print, "Only print all settings, without secrets");
  verb->callback([options, &run] { run = [options] { return RunVerb(*options); }; });
}

}  // namespace centralita::commands
