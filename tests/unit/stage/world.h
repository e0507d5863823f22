// A world in which stages run, crash and start again: disks that survive, processes that do not,
// and an oracle that knows what a stage must have made of its log.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "centralita/base/clock.h"
#include "centralita/stage/stage_runner.h"
#include "tests/support/chain_machine.h"
#include "tests/support/memory_log.h"
#include "tests/support/memory_store.h"

namespace centralita::stage {

using testing::ChainMachine;
using testing::EntriesOf;
using testing::Link;
using testing::Point;
using testing::Process;

inline constexpr uint32_t kPartitions = 2;

struct World {
  World();

  // Appends to `routing`, in the partition of its tenant.
  void Say(std::string_view tenant, std::string_view text);
  void SayMany(int count, int first = 0);
  eventlog::TopicPartition RoutingPartitionOf(std::string_view tenant) const;
  // Where the checkpoint in the store stands; 0 if there is none.
  uint64_t CheckpointOf(const std::string& group, uint32_t partition) const;
  uint64_t EndOf(const std::string& topic, uint32_t partition) const;
  // Checkpoints of all partitions of the group stand at the end of `topic`.
  bool Finished(const std::string& group, const std::string& topic) const;
  size_t CompleteSnapshots(const std::string& group, uint32_t partition) const;

  base::ManualClock clock{base::FromUnixMillis(1'700'000'000'000)};
  testing::LogDisk log{clock};
  testing::StoreDisk store{clock};
};

// What an observer was told, in words.
class Recorder final : public StageObserver {
 public:
  void OnCaughtUp(Partition& partition) override;
  void OnLost(uint32_t partition) override;
  void OnNotified(uint32_t partition, uint64_t offset, Updates&& updates) override;
  void OnProblem(const absl::Status& problem) override { problems.push_back(problem); }
  void OnDue(Partition& partition) override;

  // Asked too when a partition is lost; may be empty.
  std::function<void(uint32_t)> on_lost;
  std::vector<std::string> said;
  std::vector<absl::Status> problems;
  std::set<uint32_t> caught_up;
  size_t notified = 0;
  size_t due = 0;
};

// A stage that reads `routing` and writes `commands`, and one behind it.
StageOptions FirstStage();
StageOptions SecondStage();

// One process that runs one stage.
class Node {
 public:
  Node(World& world, StageOptions options);
  ~Node();

  // False once the runner has failed or the process has crashed.
  bool Step();
  void Crash();
  // The entries of the machines that are caught up, by partition.
  std::map<uint32_t, std::map<std::string, std::string>> States();

  World& world;
  const StageOptions options;
  Process process;
  testing::MemoryLog log;
  testing::MemoryStore store;
  Recorder recorder;
  std::unique_ptr<StageRunner> runner;
};

// Steps the nodes in turn, with 20 ms between rounds, until `done`; false if that does not come or
// a node fails.
bool RunUntil(const std::vector<Node*>& nodes, const std::function<bool()>& done,
              int rounds = 3000);

// Runs fresh processes until one gets all work done, whatever crashes before.
void FinishAll(World& world, const StageOptions& options);

// What a stage makes of its log when nothing ever goes wrong.
struct Truth {
  using Id = std::tuple<uint32_t, uint64_t, uint32_t>;  // source partition, offset, index
  struct Output {
    std::string topic;
    std::string key;
    std::string value;  // with its origin
  };
  std::map<Id, Output> outputs;
  std::map<uint32_t, std::map<std::string, std::string>> states;
};
Truth TruthOf(const World& world, const StageOptions& options);

// All outputs of the stage are in the log, the repeats among them identical, and whoever drops
// repeats by a watermark per source partition sees each exactly once, in order.
void ExpectExactlyOnce(const World& world, const StageOptions& options);
// The state that a fresh process arrives at is that of the truth.
void ExpectTrueState(World& world, const StageOptions& options);

}  // namespace centralita::stage
