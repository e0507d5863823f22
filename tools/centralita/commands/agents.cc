// centralita agents: simulated agents until Ctrl-C.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "agents/ledger_observer.h"
#include "agents/simulated_agents.h"
#include "centralita/app/stop_signal.h"
#include "centralita/base/clock.h"
#include "client/endpoint.h"
#include "commands/commands.h"

namespace centralita::commands {
namespace {

struct Options {
  client::Endpoint endpoint;
  agents::SimulatedAgentsOptions agents;
  int number = 0;
  std::string prefix = "agent-";
  std::vector<std::string> ids;
  int64_t think_ms = 150;
  int64_t handling_ms = 2000;
  int64_t drop_out_every_ms = 0;
  int64_t seconds = 0;
  std::string ledger;
};

int RunVerb(Options& options) {
  auto signal = app::StopSignal::Install();
  if (!signal.ok()) return client::Fail(signal.status());
  if (absl::Status status = options.endpoint.Complete(); !status.ok()) return client::Fail(status);
  const base::SystemClock clock;
  std::unique_ptr<ledger::LedgerWriter> ledger;
  std::unique_ptr<agents::LedgerObserver> observer;
  if (!options.ledger.empty()) {
    auto opened = ledger::LedgerWriter::Open(options.ledger, "agents");
    if (!opened.ok()) return client::Fail(opened.status());
    ledger = *std::move(opened);
    observer = std::make_unique<agents::LedgerObserver>(*ledger, clock);
  }
  options.agents.credentials = {options.endpoint.tenant, options.endpoint.api_key, ""};
  options.agents.agent_ids = options.ids;
  for (int i = 1; i <= options.number; ++i)
    options.agents.agent_ids.push_back(options.prefix + std::to_string(i));
  options.agents.think = base::Duration(options.think_ms);
  options.agents.handling = base::Duration(options.handling_ms);
  options.agents.drop_out_every = base::Duration(options.drop_out_every_ms);
  const auto crew = agents::SimulatedAgents::Start(options.agents, options.endpoint.Connect(),
                                                   clock, observer.get());
  const auto until = clock.Monotonic() + std::chrono::seconds(options.seconds);
  while (!(*signal)->WaitFor(base::Duration(1000))) {
    const auto s = crew->Stats();
    fmt::print(
        "connected {:>4}  offers {:>8}  accepted {:>8}  declined {:>6}  replied {:>8}  resolved "
        "{:>8}\n",
        s.connected, s.offers, s.accepted, s.declined, s.replied, s.resolved);
    if (s.connected == 0 && !s.last_error.empty())
      fmt::print("nobody is connected: {}\n", s.last_error);
    std::fflush(stdout);
    if (options.seconds > 0 && clock.Monotonic() >= until) break;
  }
  crew->Stop();
  if (ledger != nullptr) {
    if (absl::Status status = ledger->Close(); !status.ok()) return client::Fail(status);
  }
  return 0;
}

}  // namespace

void AddAgents(CLI::App& app, Run& run) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "agents", "Simulated agents: they accept, answer and resolve until Ctrl-C");
  verb->footer(
      "The agents must be in the tenant's policy. Examples:\n"
      "  centralita agents --api-key luna-demo-key --ids carmen,ivan,sofia\n"
      "  centralita agents --api-key luna-demo-key --ids ivan,tom --handling 1500 --decline 0.1 "
      "--seed 7");
  auto* ids = verb->add_option("--ids", options->ids, "Who, separated by commas")->delimiter(',');
  auto* number =
      verb->add_option("--number", options->number, "So many, named by --prefix and 1, 2, 3, ...");
  verb->add_option("--prefix", options->prefix, "Begins their names")->capture_default_str();
  verb->add_option("--think", options->think_ms, "Mean milliseconds from an offer to its answer")
      ->capture_default_str();
  verb->add_option("--handling", options->handling_ms,
                   "Mean milliseconds from taking it to resolving it")
      ->capture_default_str();
  verb->add_option("--decline", options->agents.decline, "Share of offers declined")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  verb->add_option("--ignore", options->agents.ignore, "Share of offers left to lapse")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  verb->add_option("--hold", options->agents.hold,
                   "Share of conversations put on hold after the reply")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  verb->add_option("--drop-out-every", options->drop_out_every_ms,
                   "Mean milliseconds between two lost connections; 0: never")
      ->capture_default_str();
  verb->add_option("--seed", options->agents.seed, "Same seed, same decisions")
      ->capture_default_str();
  verb->add_option("--seconds", options->seconds, "Stop after so long; 0: at Ctrl-C")
      ->capture_default_str();
  verb->add_option("--ledger", options->ledger,
                   "A folder for what the clients saw, for centralita-ledger-check");
  options->endpoint.AddOptions(*verb);
  verb->callback([options, ids, number, &run] {
    if (ids->count() == 0 && number->count() == 0) throw CLI::RequiredError("--ids or --number");
    run = [options] { return RunVerb(*options); };
  });
}

}  // namespace centralita::commands
