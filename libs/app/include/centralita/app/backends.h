// The set of servers that everything stands on: one log, one store, with all topics. Today the
// embedded set, two SQLite files in a data directory; a cluster set (Kafka, Redis) joins as another
// function that fills the same struct.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/store/store.h"

namespace centralita::app {

// Partition counts are fixed when a topic is created; a different count later is
// FAILED_PRECONDITION.
struct TopicLayout {
  // inbound, routing, events, signals, outbound, identity, profiles, dead-letter.
  uint32_t data_partitions = 4;
  uint32_t commands_partitions = 4;
  // Of inbound, routing, commands, signals, outbound: far above the interval of snapshots.
  base::Duration retention{7LL * 24 * 3'600'000};
  // Of events and dead-letter, which people look into.
  base::Duration history_retention{30LL * 24 * 3'600'000};
};

// All topics of DESIGN section 2. `policy` and `snapshots` have one partition.
std::vector<eventlog::TopicSpec> StandardTopics(const TopicLayout& layout);

// Creates what is not there, verifies the rest.
absl::Status EnsureTopics(eventlog::EventLog& log, const std::vector<eventlog::TopicSpec>& topics);

// The store is to be destroyed before the log, as the order of members does; both after all who use
// them.
struct Backends {
  std::unique_ptr<eventlog::EventLog> log;
  std::unique_ptr<store::Store> store;
};

struct EmbeddedOptions {
  // Created if it is not there; holds log.db and store.db. One process at a time.
  std::string data_dir;
  TopicLayout topics;
};

// Opens both files and ensures all topics. `clock` outlives the result.
absl::StatusOr<Backends> OpenEmbedded(const EmbeddedOptions& options, const base::Clock& clock);

}  // namespace centralita::app
