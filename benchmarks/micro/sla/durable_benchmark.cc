// What a durable timer costs: events through libs/stage from the embedded log into timers, with
// checkpoints in the embedded store, until the last checkpoint covers the last event. Both are
// SQLite files with synchronous=FULL. Half of the events set a clock, a quarter set one anew, and a
// quarter stop one. `cpu` counts all threads.
//
// Where the wall time went, of the one thread that steps, in seconds: `ran`, `queued` (it could
// have run and no core was free: the machine had other things to do), `slept` (for a disk, a lock,
// another thread: what is ours to mend).
#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/micro/sla/sample_clocks.h"
#include "centralita/app/backends.h"
#include "centralita/base/topics.h"
#include "centralita/sla/spans.h"
#include "centralita/stage/stage_runner.h"
#include "tests/contract/temp_folder.h"
#include "timers.h"

namespace centralita::sla_timer {
namespace {

constexpr base::Duration kLimit{300'000};

// Of the calling thread since it began, in seconds (Linux:
// Documentation/scheduler/sched-stats.rst).
struct OnCores {
  double ran = 0;
  double queued = 0;
};
OnCores ThisThread() {
  std::ifstream schedstat("/proc/thread-self/schedstat");
  OnCores on;
  schedstat >> on.ran >> on.queued;
  return {on.ran / 1e9, on.queued / 1e9};
}

events::v1::Event EventOf(uint64_t i) {
  const uint64_t number = i % 4 < 2 ? i / 4 * 2 + i % 4 : i / 4 * 2 + i % 4 - 2;
  return ClockEvent(number, i % 4 < 2 ? 1 : 2, i % 4 == 3);
}

void BM_Durable(benchmark::State& state) {
  const auto events = static_cast<uint64_t>(state.range(0));
  const AlwaysOpen calendars;
  std::atomic<int64_t> live{0};
  for (auto _ : state) {
    state.PauseTiming();
    {
      const contract::TempFolder folder;
      const base::SystemClock clock;
      app::EmbeddedOptions embedded;
      embedded.data_dir = folder.File("data");
      embedded.topics.data_partitions = 1;
      auto backends = app::OpenEmbedded(embedded, clock);
      if (!backends.ok() || !WriteEvents(*backends->log, events, EventOf).ok()) {
        return state.SkipWithError("no log");
      }
      stage::StageOptions options;
      options.stage = stage::StageId::kSlaTimer;
      options.input_topic = std::string(base::topics::kEvents);
      options.ticks = false;
      auto runner = stage::StageRunner::Create(
          options,
          {.log = *backends->log, .store = *backends->store, .clock = clock, .observer = nullptr},
          [&](uint32_t) { return std::make_unique<Timers>(calendars, AlarmPolicy{}, live); });
      if (!runner.ok()) return state.SkipWithError("no runner");
      state.ResumeTiming();
      const OnCores before = ThisThread();
      const auto began = std::chrono::steady_clock::now();
      while ((*runner)->Stats().applied < events) {
        if (!(*runner)->Step(base::Duration(10)).ok() || !(*runner)->Health().ok()) {
          return state.SkipWithError("the runner failed");
        }
      }
      state.counters["live"] = static_cast<double>(live.load());
      if (!(*runner)->Drain(kLimit).ok()) return state.SkipWithError("not drained");
      const OnCores after = ThisThread();
      const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
      state.counters["ran"] = after.ran - before.ran;
      state.counters["queued"] = after.queued - before.queued;
      state.counters["slept"] =
          wall.count() - (after.ran - before.ran) - (after.queued - before.queued);
      state.PauseTiming();
      state.counters["checkpoints"] = static_cast<double>((*runner)->Stats().checkpoints);
      runner->reset();
      backends->store.reset();
      backends->log.reset();
    }
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(events));
}

BENCHMARK(BM_Durable)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace centralita::sla_timer
