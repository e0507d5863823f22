// centralita demo: a shop's busy afternoon in half a minute.
#include "demo/demo.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "centralita/app/stop_signal.h"
#include "client/endpoint.h"
#include "commands/commands.h"

namespace centralita::commands {
namespace {

int RunVerb(const demo::DemoOptions& options) {
  if (const auto rest = options.cluster.verb->remaining(); !options.join && !rest.empty()) {
    return client::Fail(absl::InvalidArgumentError(
        fmt::format("demo does not know {}; see `centralita demo --help`.", rest.front())));
  }
  const auto stop = app::StopSignal::Install();
  if (!stop.ok()) return client::Fail(stop.status());
  const auto result = demo::RunDemo(options, **stop);
  return result.ok() ? *result : client::Fail(result.status());
}

}  // namespace

void AddDemo(CLI::App& app, Run& run) {
  auto options = std::make_shared<demo::DemoOptions>();
  CLI::App* verb = app.add_subcommand(
      "demo", "A shop's busy afternoon in 30 seconds, and proof that nothing was lost");
  verb->add_option("--data", options->folder,
                   "Folder for its data, ledger and report; replaced each time")
      ->capture_default_str();
  verb->add_option("--input", options->input,
                   "Folder of messages.jsonl, signals.jsonl, links.jsonl, policy.yaml")
      ->capture_default_str();
  verb->add_flag("--keep", options->keep, "Leave it running afterwards, and say what to try");
  verb->add_option("--seed", options->seed, "Of the simulated agents' decisions")
      ->capture_default_str();
  auto join = std::make_shared<bool>(false);
  auto at = std::make_shared<demo::Addresses>();
  CLI::Option* const joins = verb->add_flag(
      "--join", *join, "Play in a cluster that runs and is new (scripts/cluster.sh demo does it)");
  const auto address = [&](const char* name, std::string& variable, const char* about) {
    verb->add_option(name, variable, about)->needs(joins);
  };
  address("--ingest", at->ingest, "With --join: host:port of ingest's gRPC");
  address("--gateway", at->gateway, "With --join: host:port of the gateways, commas between");
  address("--metrics", at->metrics, "With --join: host:port of metrics' gRPC");
  address("--admin", at->admin, "With --join: host:port of metrics' /metrics");
  options->cluster.AddTo(*verb);
  verb->callback([options, join, at, &run] {
    if (*join) options->join = *at;
    run = [options] { return RunVerb(*options); };
  });
}

}  // namespace centralita::commands
