// Runs a deterministic stage over the partitions that its group gives it: consume, drop repeats,
// apply, emit in order, acknowledge, checkpoint, snapshot, resume (docs/adr/0002-stages.md). The
// one place that knows how.
//
// - Every output gets as origin (stage, log epoch, partition, offset, index).
// - A record whose origin is at or below the watermark of its source is a repeat: counted, not
// applied.
// - A checkpoint covers only offsets all of whose outputs are acknowledged; it is conditional on
// the one before. A
//   condition that fails means: forget the machine and load again.
// - Loading: the store's checkpoint; if the store has none, the newest complete snapshot; if there
// is none, offset 0.
//   An input offset that is no longer kept stops the partition (Health() says so) and never skips.
// - Undecodable records become dead letters.
// - An output that fails is sent again from the first unacknowledged one, in order, with backoff.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "centralita/base/clock.h"
#include "centralita/base/state_machine.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/store/store.h"

namespace centralita::telemetry {
class Logger;
}  // namespace centralita::telemetry

namespace centralita::stage {

// Numbers as in common.proto. Each reads one topic: ids of outputs name the stage and not the
// topic.
enum class StageId : uint32_t {
  kClassifier = 1,
  kFacts = 2,
  kRoute = 3,
  kDispatch = 4,
  kSlaTimer = 5,
  kMetrics = 6,
  kMetricsInbound = 7,
  kMetricsDeadLetter = 8,
  kIdentity = 9
};

// "route", "dispatch", ...: part of consumer groups, store partitions, snapshot keys, metrics.
std::string_view StageName(StageId stage);
// The topic that it reads.
std::string_view InputTopicOf(StageId stage);

struct StageOptions {
  StageId stage = StageId::kRoute;
  // Defaults to the stage's name.
  std::string group;
  // Stable across restarts of this member.
  std::string member = "0";
  // InputTopicOf(stage); anything else is INVALID_ARGUMENT.
  std::string input_topic;
  base::Duration checkpoint_interval{1000};
  size_t checkpoint_records = 100'000;
  // Writing checkpoints may take this share of the time; under a flood they come less often, and
  // what was opened and closed between two of them is never written. A restart replays what lies
  // behind the last one.
  int checkpoint_duty_percent = 10;
  // A snapshot is written when the newest complete one is older, whoever wrote it.
  base::Duration snapshot_interval{600'000};
  // Besides the two newest, the first snapshot of each of so many days is kept (UTC, today being
  // one).
  int snapshot_days = 7;
  // Whether a tick is appended to the input when the machine has something due (route, dispatch);
  // otherwise StageObserver::OnDue is called (sla-timer).
  bool ticks = true;
  base::Duration min_tick_interval{5};
  // Outputs that are not acknowledged yet; beyond it, reading pauses.
  size_t max_unacknowledged = 200'000;
  // How long a record may wait in the log for others (eventlog::ConsumerOptions).
  base::Duration patience{0};
  // What is lost to another member may take so long to finish its outputs and its checkpoint.
  base::Duration revoke_limit{2000};
};

struct Partition {
  uint32_t partition = 0;
  // The next offset to apply.
  uint64_t next_offset = 0;
  // Estimate of the log's time: `now` of the last record + monotonic time since.
  base::TimePoint now;
  base::StateMachine& machine;
};

using Updates = std::vector<std::unique_ptr<google::protobuf::MessageLite>>;

// Called on the thread that calls Step(). Must not block.
class StageObserver {
 public:
  virtual ~StageObserver() = default;
  // The partition is loaded and has applied all that the log held when it was assigned: from now on
  // it may act.
  virtual void OnCaughtUp(Partition& partition) {}
  // It belongs to somebody else, or is loaded again.
  virtual void OnLost(uint32_t partition) {}
  // What Outputs::Notify took while one record was applied, after OnCaughtUp only. The updates are
  // his who is called: he may take any of them.
  virtual void OnNotified(uint32_t partition, uint64_t offset, Updates&& updates) {}
  // Something that the runner gets over by itself, for the operator's log: a damaged snapshot, a
  // store that is away, an append that failed. Said when it begins, not again while it lasts.
  virtual void OnProblem(const absl::Status& problem) {}
  // The machine's NextDue() has come (only without ticks). Called at most every min_tick_interval.
  virtual void OnDue(Partition& partition) {}
};

struct StageStats {
  uint64_t applied = 0;
  uint64_t repeats = 0;
  uint64_t undecodable = 0;
  uint64_t outputs = 0;
  uint64_t resent = 0;
  uint64_t checkpoints = 0;
  uint64_t checkpoint_failures = 0;
  uint64_t reloads = 0;
  uint64_t snapshots = 0;
  uint64_t ticks = 0;
  // Polls that found the log away.
  uint64_t poll_failures = 0;
  // The longest time from when a partition was given to this member until it had applied all that
  // the log held then: nobody worked on it meanwhile.
  uint64_t longest_gap_ms = 0;
};

// Does what must not hold a stage up (checkpoints, snapshots), one job after another. Used on the
// thread that steps; a job runs on any thread, but not within Run().
class Background {
 public:
  virtual ~Background() = default;
  virtual void Run(std::function<void()> job) = 0;
  // The stage is about to wait for a job.
  virtual void BeforeWaiting() {}
};

// All references outlive the runner.
struct StageDeps {
  eventlog::EventLog& log;
  store::Store& store;
  const base::Clock& clock;
  StageObserver* observer = nullptr;  // may be null
  // Hears of what StageObserver::OnProblem does; may be null.
  telemetry::Logger* logger = nullptr;
  // Null: a thread of its own. Jobs that it has not begun when the runner ends must never run.
  Background* background = nullptr;
};

using MachineFactory = std::function<std::unique_ptr<base::StateMachine>(uint32_t partition)>;

// Step() and what it calls belong to one thread; Post(), Wake(), Stats() and Health() are
// thread-safe.
class StageRunner {
 public:
  static absl::StatusOr<std::unique_ptr<StageRunner>> Create(StageOptions options, StageDeps deps,
                                                             MachineFactory factory);
  virtual ~StageRunner() = default;

  // One turn: poll for at most `max_wait`, apply, emit, checkpoint, tick. Returns how many records
  // were applied. An error is not recoverable by calling again; Health() keeps it.
  virtual absl::StatusOr<size_t> Step(base::Duration max_wait) = 0;
  // Waits for outputs, writes a last checkpoint of each partition, leaves the group.
  virtual absl::Status Drain(base::Duration limit) = 0;

  // Runs `job` on the stepping thread, within Step(), with each partition that is caught up.
  virtual void Post(std::function<void(std::vector<Partition>& owned)> job) = 0;
  virtual void Wake() = 0;
  // Its group.
  virtual const std::string& Name() const = 0;
  virtual StageStats Stats() const = 0;
  // Not OK once a partition has stopped for good: says which, why, and what to do.
  virtual absl::Status Health() const = 0;
};

// A thread that calls Step() until Stop(), which drains.
class StageThread {
 public:
  static std::unique_ptr<StageThread> Start(std::unique_ptr<StageRunner> runner);
  virtual ~StageThread() = default;  // as Stop() with five seconds
  virtual StageRunner& runner() = 0;
  virtual absl::Status Stop(base::Duration drain_limit) = 0;
};

}  // namespace centralita::stage
