// A burst through the whole service: the records of 100,000 clocks that are due within the same
// second, from `events` of the embedded log to alarms that `commands` holds durably (SQLite,
// synchronous=FULL). `late_*_ms`: from due until the log had the alarm. The time is that from the
// first that was due to the last alarm: 1,000 ms is not to fall behind.
//
// With the machine's other work in the way, what the service's thread waits for a core is part of
// it; BM_Burst is the same without log and threads.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "benchmarks/micro/sla/sample_clocks.h"
#include "centralita/app/backends.h"
#include "centralita/base/topics.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/sla_timer/app.h"
#include "tests/contract/temp_folder.h"

namespace centralita::sla_timer {
namespace {

constexpr uint64_t kBurst = 100'000;
constexpr int64_t kSecond = 1000;
// To write and read all clocks before the first is due; `armed_ahead_ms` says whether it was
// enough.
constexpr base::Duration kAhead{12'000};
constexpr base::Duration kLimit{120'000};

events::v1::Event DueAt(uint64_t number, base::TimePoint from) {
  events::v1::Event event = ClockEvent(number, 1, false);
  event.mutable_clocks(0)->mutable_spec()->clear_warn_before_ms();
  event.mutable_clocks(0)->set_deadline_unix_ms(base::ToUnixMillis(from) +
                                                static_cast<int64_t>(number * 7 % kSecond));
  return event;
}

// How late each alarm came; nothing of those that do not come.
std::vector<int64_t> ReadAlarms(eventlog::EventLog& log, const base::Clock& clock) {
  std::vector<int64_t> late;
  const eventlog::TopicPartition place{std::string(base::topics::kCommands), 0};
  auto reader = log.Read({place}, {});
  if (!reader.ok() || !(*reader)->Seek(place, 0).ok()) return late;
  const auto until = clock.Monotonic() + kLimit;
  while (late.size() < kBurst && clock.Monotonic() < until) {
    const auto polled = (*reader)->Poll(base::Duration(100));
    if (!polled.ok()) return late;
    for (const auto& batch : polled->batches) {
      for (const auto& record : batch.records()) {
        commands::v1::Command command;
        if (!command.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
          continue;
        }
        late.push_back(base::ToUnixMillis(record.append_time) -
                       command.alarm().alarm().due_unix_ms());
      }
    }
  }
  std::sort(late.begin(), late.end());
  return late;
}

void BM_ServiceBurst(benchmark::State& state) {
  const AlwaysOpen calendars;
  const Everybody access;
  const base::SystemClock clock;
  for (auto _ : state) {
    const contract::TempFolder folder;
    app::EmbeddedOptions embedded;
    embedded.data_dir = folder.File("data");
    embedded.topics.data_partitions = 1;
    embedded.topics.commands_partitions = 1;
    auto backends = app::OpenEmbedded(embedded, clock);
    if (!backends.ok()) return state.SkipWithError("no log");
    telemetry::Metrics metrics;
    SlaTimerOptions options;
    // Nobody answers here.
    options.resend_after = base::Duration(3'600'000);
    auto service = SlaTimerApp::Create(options, {.log = *backends->log,
                                                 .store = *backends->store,
                                                 .clock = clock,
                                                 .calendars = calendars,
                                                 .access = access,
                                                 .metrics = metrics});
    if (!service.ok() || !(*service)->Start().ok()) return state.SkipWithError("no service");
    const base::TimePoint due = clock.Now() + kAhead;
    const auto make = [due](uint64_t i) { return DueAt(i, due); };
    if (!WriteEvents(*backends->log, kBurst, make).ok()) return state.SkipWithError("no events");
    while ((*service)->Stats().live_clocks < kBurst && clock.Now() < due) {
      std::this_thread::sleep_for(base::Duration(10));
    }
    state.counters["armed_ahead_ms"] = static_cast<double>((due - clock.Now()).count());
    const std::vector<int64_t> late = ReadAlarms(*backends->log, clock);
    if (late.size() != kBurst) return state.SkipWithError("not all alarms came");
    if (late.front() < 0) return state.SkipWithError("an alarm was early");
    state.counters["late_p50_ms"] = static_cast<double>(late[kBurst / 2]);
    state.counters["late_p99_ms"] = static_cast<double>(late[kBurst * 99 / 100]);
    state.counters["late_max_ms"] = static_cast<double>(late.back());
    state.SetIterationTime(static_cast<double>(kSecond + late.back()) / 1000);
    if (!(*service)->Drain(kLimit).ok()) return state.SkipWithError("not drained");
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kBurst));
}

BENCHMARK(BM_ServiceBurst)->Unit(benchmark::kMillisecond)->Iterations(1)->UseManualTime();

}  // namespace
}  // namespace centralita::sla_timer
