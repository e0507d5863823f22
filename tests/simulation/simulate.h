// Runs a script in a whole little system, and then lets it come to rest: everything that was said
// must have been answered, and nothing that must hold may ever have been broken.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "tests/simulation/script.h"

namespace centralita::simulation {

struct Outcome {
  // OK, or what was broken, with the step.
  absl::Status status;
  // The steps that were done when it broke; all of them otherwise.
  size_t steps = 0;
  int64_t simulated_ms = 0;
  uint64_t messages = 0;
  uint64_t commands = 0;
  uint64_t faults = 0;
  uint64_t crashes = 0;
  uint64_t repeats_dropped = 0;
};

Outcome Simulate(const Script& script);

// A shorter script that breaks too, found by leaving parts out; at most `tries` are simulated.
Script Shrink(const Script& script, int tries);

}  // namespace centralita::simulation
