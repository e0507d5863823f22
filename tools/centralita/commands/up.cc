// centralita up: all services in this process, until Ctrl-C.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "centralita/app/lifecycle.h"
#include "centralita/app/process.h"
#include "commands/commands.h"
#include "node/node.h"

namespace centralita::commands {
namespace {

struct Options {
  app::CommandLine line;
  std::string data;
  std::vector<std::string> policies;
  CLI::App* verb = nullptr;
};

class Up final : public app::Process {
 public:
  explicit Up(std::vector<std::string> policies) : policies_(std::move(policies)) {}

  void Bind(config::Config& config) override { options_.Bind(config); }

  void AddParts(app::Lifecycle& lifecycle, telemetry::Logger& logger,
                const base::Clock& clock) override {
    options_.policies.insert(options_.policies.end(), policies_.begin(), policies_.end());
    lifecycle.Add({.name = "node",
                   .start =
                       [this, &logger, &clock] {
                         node_ = node::Node::Create(options_, logger, clock);
                         return node_->Start();
                       },
                   .drain = [this](base::Duration limit) { return node_->Drain(limit); }});
  }

  void Started() override {
    fmt::print(
        "Centralita is up.\n"
        "  senders             gRPC {0}:{1}, HTTP http://{0}:{2}/v1/messages\n"
        "  agents, questions   gRPC {0}:{3}\n"
        "  admin               http://{0}:{4} /metrics /healthz /readyz\n"
        "  data                {5}\n"
        "Ctrl-C stops it in good order; a second Ctrl-C at once.\n",
        options_.host, node_->ingest_port(), node_->http_port(), node_->grpc_port(),
        node_->admin_port(), options_.data_dir);
  }

  base::Duration drain_limit() const override { return options_.drain_limit; }
  void Close() override { node_.reset(); }

 private:
  const std::vector<std::string> policies_;
  node::NodeOptions options_;
  std::unique_ptr<node::Node> node_;
};

int RunVerb(const Options& options) {
  app::CommandLine line = options.line;
  line.flags = options.verb->remaining();
  if (!options.data.empty()) line.flags.push_back("--node.data_dir=" + options.data);
  Up up(options.policies);
  const int exit = app::RunProcess({.name = "centralita", .about = ""}, line, up);
  if (exit == 0 && !line.check_config && !line.print_config) fmt::print("Stopped.\n");
  return exit;
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
  verb->add_option("--config", options->line.config_file, "YAML file with settings");
  verb->add_flag("--check-config", options->line.check_config,
                 "Only say whether the settings are good");
  verb->add_flag("--print-config", options->line.print_config,
                 "Only print all settings, without secrets");
  verb->callback([options, &run] { run = [options] { return RunVerb(*options); }; });
}

}  // namespace centralita::commands
