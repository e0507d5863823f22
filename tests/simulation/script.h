// What happens in a simulation: a list of small steps, drawn from a seed, written and read as text.
// A step means something in any state, so that a list remains a script when some of it is taken
// away.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace centralita::simulation {

enum class Op : uint8_t {
  // Customers and the shop.
  kSay,         // a: customer, b: what about
  kSayAgain,    // a: which earlier message; its provider delivers it once more
  kReclassify,  // a: partition, b: how many; the classifier repeats the latest of them
  kAmend,       // a: customer, b: points
  kLink,        // a: customer whose handle goes to customer b
  kPolicy,      // the next version, everywhere
  // Agents.
  kAct,     // a: agent, b: what
  kRetry,   // a: agent; his last action once more, by another gateway if he is at one
  kArrive,  // a: agent, b: gateway
  kAway,    // a: agent
  kLeave,   // a: agent
  kBreak,   // a: agent; his connection breaks, his gateway notices when it is flushed
  // Gateways.
  kFlush,         // a: gateway, b: how many of the commands that wait there are appended
  kResend,        // a: gateway, b: how many of the last are appended again
  kDeliver,       // a: gateway, b: partition; frames that have arrived reach the agents
  kWatch,         // a: gateway, b: partition; it looks for an owner, be it the wrong one
  kGatewayCrash,  // a: gateway; comes back as another incarnation
  // Clocks.
  kAlarm,    // a: which clock of those ever heard of, b: threshold; early, late or stale
  kRing,     // all alarms that are due
  kRingOld,  // the same, of the generation before
  kWait,     // a: milliseconds
  // Routers.
  kStep,        // a: router
  kBackground,  // a: router; what it had to write is written
  kCrash,       // a: router
  kCrashAt,     // a: router, b: the how many-th point from now
  kDrain,       // a: router
  kStart,       // a: router
  kZombie,      // a: router; the group thinks that it is dead
  kWake,        // a: router; the zombie learns it
  // Log and store.
  kFailAppend,   // a: router, b: how many
  kLoseAck,      // a: router, b: how many are stored without its knowing
  kHoldAcks,     // a: router
  kReleaseAcks,  // a: router, b: how many
  kStoreDown,
  kStoreUp,
  kLoseAnswer,  // the next commit is stored, and nobody hears of it
  kKeepStore,   // a copy is made
  kRollBack,    // the store is that copy again
  kLoseStore,   // empty
  kLast,
};

struct Step {
  Op op = Op::kWait;
  uint32_t a = 0;
  uint32_t b = 0;
  bool operator==(const Step&) const = default;
};

using Script = std::vector<Step>;

// The same on every machine.
Script Draw(uint64_t seed, size_t steps);

// One step a line: "say 3 1".
std::string ToText(const Script& script);
// INVALID_ARGUMENT with the line.
absl::StatusOr<Script> FromText(std::string_view text);
std::string_view NameOf(Op op);

// Whether something is taken away or goes wrong in it, for the count of faults.
bool IsFault(Op op);

}  // namespace centralita::simulation
