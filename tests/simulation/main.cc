// centralita-simulate: simulated hours of a whole little Centralita with everything going wrong.
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/simulation/simulate.h"

namespace {

using centralita::simulation::Outcome;
using centralita::simulation::Script;

constexpr char kHelp[] =
    "Simulates a whole Centralita (route, dispatch, the stages that run them, gateways, agents,\n"
    "customers) on virtual time, while processes crash, live on as zombies, appends fail, and the\n"
    "store goes away or back in time. Each run has a seed of its own and ends when everything "
    "that\n"
    "was said is answered. The first run in which something is broken is cut down to a short\n"
    "script, which is printed and can be run again.\n\n"
    "  --hours N    simulated hours, as many runs as that takes (default 1)\n"
    "  --seed S     the first run's seed, the next has S + 1 (default 1)\n"
    "  --runs N     so many runs, whatever time they simulate\n"
    "  --steps N    steps of a run (default 600)\n"
    "  --script F   the script in this file instead, once\n"
    "  --no-shrink  print the failing seed alone\n";

struct Options {
  double hours = 1;
  uint64_t seed = 1;
  uint64_t runs = 0;
  uint64_t steps = 600;
  std::string script;
  bool shrink = true;
};

template <typename Number>
bool Read(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number > 0;
}

std::optional<Options> Parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    const std::string_view value = i + 1 < argc ? argv[i + 1] : "";
    bool good = false;
    if (flag == "--no-shrink") {
      options.shrink = false;
      continue;
    }
    if (flag == "--hours") good = Read(value, options.hours);
    if (flag == "--seed") good = Read(value, options.seed);
    if (flag == "--runs") good = Read(value, options.runs);
    if (flag == "--steps") good = Read(value, options.steps);
    if (flag == "--script") {
      options.script = value;
      good = !value.empty();
    }
    if (!good) return std::nullopt;
    ++i;
  }
  return options;
}

void TellFailure(const Options& options, const Script& script, const Outcome& outcome) {
  fmt::print("\n{}\n", std::string(outcome.status.message()));
  if (!options.shrink) return;
  fmt::print("\nLooking for a shorter script ...\n");
  const Script shorter = centralita::simulation::Shrink(script, 4000);
  const Outcome again = centralita::simulation::Simulate(shorter);
  fmt::print("{} steps are enough (--script FILE runs them):\n\n{}\n{}\n", shorter.size(),
             centralita::simulation::ToText(shorter), std::string(again.status.message()));
}

int RunScript(const Options& options) {
  std::ifstream file(options.script);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) {
    fmt::print(stderr, "{} cannot be read.\n", options.script);
    return 2;
  }
  const auto script = centralita::simulation::FromText(text.str());
  if (!script.ok()) {
    fmt::print(stderr, "{}\n", std::string(script.status().message()));
    return 2;
  }
  const Outcome outcome = centralita::simulation::Simulate(*script);
  if (outcome.status.ok()) {
    fmt::print("Nothing was broken in {} steps.\n", script->size());
    return 0;
  }
  fmt::print("{}\n", std::string(outcome.status.message()));
  return 1;
}

int RunSeeds(const Options& options) {
  const auto wall = std::chrono::steady_clock::now();
  Outcome sum;
  uint64_t runs = 0;
  const auto more = [&] {
    if (options.runs > 0) return runs < options.runs;
    return static_cast<double>(sum.simulated_ms) < options.hours * 3'600'000;
  };
  for (; more(); ++runs) {
    const uint64_t seed = options.seed + runs;
    const Script script = centralita::simulation::Draw(seed, options.steps);
    const Outcome outcome = centralita::simulation::Simulate(script);
    if (!outcome.status.ok()) {
      fmt::print("Seed {} of {} steps breaks: centralita-simulate --seed {} --runs 1 --steps {}\n",
                 seed, options.steps, seed, options.steps);
      TellFailure(options, script, outcome);
      return 1;
    }
    sum.simulated_ms += outcome.simulated_ms;
    sum.messages += outcome.messages;
    sum.commands += outcome.commands;
    sum.faults += outcome.faults;
    sum.crashes += outcome.crashes;
    sum.repeats_dropped += outcome.repeats_dropped;
    if (runs % 50 == 49) {
      fmt::print("{} runs, {:.2f} simulated hours\n", runs + 1,
                 static_cast<double>(sum.simulated_ms) / 3'600'000);
      std::fflush(stdout);
    }
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count();
  fmt::print(
      "Nothing was broken: {} runs, {:.2f} simulated hours in {:.0f} s, {} messages, {} commands, "
      "{} faults, {} ends of a process, {} repeats dropped.\n",
      runs, static_cast<double>(sum.simulated_ms) / 3'600'000, seconds, sum.messages, sum.commands,
      sum.faults, sum.crashes, sum.repeats_dropped);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = Parse(argc, argv);
  if (!options.has_value()) {
    const bool asked = argc == 2 && std::string_view(argv[1]) == "--help";
    fmt::print(asked ? stdout : stderr, "{}", kHelp);
    return asked ? 0 : 2;
  }
  return options->script.empty() ? RunSeeds(*options) : RunScript(*options);
}
