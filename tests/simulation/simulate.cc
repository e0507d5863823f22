#include "tests/simulation/simulate.h"

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "tests/simulation/world.h"

namespace centralita::simulation {

Outcome Simulate(const Script& script) {
  World world;
  Outcome outcome;
  const int64_t began = world.now_ms();
  for (const Step& step : script) {
    ++outcome.steps;
    outcome.faults += IsFault(step.op) ? 1 : 0;
    outcome.status = world.Do(step);
    if (outcome.status.ok()) continue;
    outcome.status =
        absl::Status(outcome.status.code(),
                     fmt::format("Step {}, '{} {} {}': {}", outcome.steps, NameOf(step.op), step.a,
                                 step.b, std::string(outcome.status.message())));
    break;
  }
  if (outcome.status.ok()) {
    outcome.status = world.Settle();
    if (!outcome.status.ok()) {
      outcome.status = absl::Status(
          outcome.status.code(),
          fmt::format("After the last step: {}", std::string(outcome.status.message())));
    }
  }
  outcome.simulated_ms = world.now_ms() - began;
  outcome.messages = world.messages();
  outcome.commands = world.commands();
  outcome.crashes = world.crashes();
  outcome.repeats_dropped = world.repeats();
  return outcome;
}

// Leaves out parts, larger ones first, as long as it still breaks (Zeller and Hildebrandt,
// "Simplifying and isolating failure-inducing input", 2002, without the complements).
Script Shrink(const Script& script, int tries) {
  Script shortest = script;
  size_t part = std::max<size_t>(shortest.size() / 2, 1);
  while (tries > 0) {
    bool shorter = false;
    for (size_t at = 0; at < shortest.size() && tries > 0;) {
      Script candidate = shortest;
      const auto from = candidate.begin() + static_cast<std::ptrdiff_t>(at);
      candidate.erase(from,
                      from + static_cast<std::ptrdiff_t>(std::min(part, shortest.size() - at)));
      --tries;
      const Outcome outcome = Simulate(candidate);
      if (outcome.status.ok()) {
        at += part;
        continue;
      }
      // What comes behind the breach is of no use.
      candidate.resize(std::min(candidate.size(), outcome.steps));
      shortest = std::move(candidate);
      shorter = true;
    }
    if (part == 1 && !shorter) break;
    part = std::max<size_t>(part / 2, 1);
  }
  return shortest;
}

}  // namespace centralita::simulation
