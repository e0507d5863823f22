// Judges a ledger on disk: what was lost, done twice, done by two, or done in the wrong order. It
// knows the protos and the ledger's format (README.md) and shares no code with what it judges.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace centralita::ledger {

struct CheckOptions {
  // Messages without a trace that were accepted within this time before the ledger's last moment
  // count as in flight, not as lost. 0: the system had the time to finish before the dump was made.
  int64_t in_flight_grace_ms = 0;
  // By how much two clients' views of one conversation may overlap: the news of losing it travels
  // too.
  int64_t view_slack_ms = 1000;
  // In flight at the end is a fault as well.
  bool require_settled = false;
};

// A kind of fault: how often, and the first ten in words with their ids.
struct Finding {
  uint64_t count = 0;
  std::vector<std::string> examples;
};

// Deliveries are counted as senders were told; see README.md for the meaning of each fault code.
struct Report {
  // accepted = duplicates + resolved + dead_lettered + in_flight + faults["lost"].
  uint64_t accepted = 0;
  uint64_t duplicates = 0;
  uint64_t resolved = 0;
  uint64_t dead_lettered = 0;
  uint64_t in_flight = 0;
  uint64_t refused = 0;

  uint64_t warnings = 0;
  uint64_t breaches = 0;
  // From a sender's hand to the first offer that an agent's client saw, real time; absent without
  // any.
  std::optional<int64_t> p50_ms;
  std::optional<int64_t> p99_ms;
  uint64_t latencies = 0;

  // All fault codes, also those without a fault.
  std::map<std::string, Finding> faults;
  // Not faults: repeats dropped, deliveries nobody was told of, what could not be checked.
  std::map<std::string, uint64_t> notes;
  // Files cut short by a crash, in words.
  std::vector<std::string> truncated;

  bool Clean() const;
  uint64_t Count(const std::string& code) const;
};

// NOT_FOUND, INVALID_ARGUMENT or DATA_LOSS if the ledger cannot be judged; the message names file
// and line.
absl::StatusOr<Report> CheckLedger(const std::filesystem::path& folder,
                                   const CheckOptions& options);

std::string ToJson(const Report& report);
// For people, at most 100 columns.
std::string ToTable(const Report& report);

}  // namespace centralita::ledger
