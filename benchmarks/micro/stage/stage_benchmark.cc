// What running a stage costs beside what log and machine cost: the runner over a log in memory with
// a machine that does nothing but pass on, beside a bare loop that polls and appends as many
// records. The argument is the size of a record's text. `cpu` counts all threads.
#include <benchmark/benchmark.h>

#include <string>

#include "centralita/base/key.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/routing/v1/routing.pb.h"
#include "centralita/stage/stage_runner.h"
#include "tests/support/memory_log.h"
#include "tests/support/memory_store.h"

namespace centralita::stage {
namespace {

constexpr size_t kRecords = 100'000;
constexpr uint32_t kPartitions = 4;

// Emits one output for each record, of the same size, without parsing it; has no state.
class Passer final : public base::StateMachine {
 public:
  explicit Passer(size_t size) { command_.set_pool(std::string(size, 'x')); }
  base::ApplyResult Apply(const base::InputRecord& record, base::Outputs& outputs) override {
    outputs.Emit(base::OutputTopic::kCommands, record.key, command_);
    return base::ApplyResult::kApplied;
  }
  base::TimePoint NextDue() const override { return base::kNever; }
  void TakeChanges(base::EntrySink& sink) override {}
  void ForEachEntry(base::EntrySink& sink) const override {}
  absl::Status Load(std::string_view key, std::string_view value) override {
    return absl::OkStatus();
  }
  absl::Status LoadDone() override { return absl::OkStatus(); }
  uint32_t EngineLevel() const override { return 1; }

 private:
  commands::v1::Command command_;
};

struct World {
  explicit World(size_t size) {
    log.Create({.name = "routing"});
    log.Create({.name = "commands", .partitions = kPartitions});
    log.Create({.name = "snapshots", .compacted = true});
    commands::v1::Command origin;
    common::v1::Source& source = *origin.mutable_origin()->mutable_source();
    source.set_stage(common::v1::STAGE_CLASSIFIER);
    source.set_log_epoch(1);
    routing::v1::RoutingRecord record;
    record.set_customer_id(std::string(size, 'x'));
    for (size_t i = 0; i < kRecords; ++i) {
      source.set_offset(i);
      log.Append("routing", 0, base::TenantKey("tenant", std::to_string(i % 1000)),
                 origin.SerializeAsString() + record.SerializeAsString());
    }
  }
  base::SystemClock clock;
  testing::LogDisk log{clock};
  testing::StoreDisk store{clock};
  testing::Process process;
};

void Count(benchmark::State& state) {
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kRecords));
}

void BM_RunStage(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    auto world = std::make_unique<World>(size);
    {
      testing::MemoryLog log(world->log, world->process);
      testing::MemoryStore store(world->store, world->process);
      StageOptions options;
      options.input_topic = "routing";
      auto runner = StageRunner::Create(options, {log, store, world->clock, nullptr},
                                        [&](uint32_t) { return std::make_unique<Passer>(size); });
      state.ResumeTiming();
      while ((*runner)->Stats().applied < kRecords) {
        if (!(*runner)->Step(base::Duration(1)).ok() || !(*runner)->Health().ok()) {
          return state.SkipWithError("the runner failed");
        }
      }
      state.PauseTiming();
    }
    world.reset();
    state.ResumeTiming();
  }
  Count(state);
}
BENCHMARK(BM_RunStage)->Arg(200)->Arg(1000)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

void BM_BareLoop(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    auto world = std::make_unique<World>(size);
    {
      testing::MemoryLog log(world->log, world->process);
      auto producer = *log.NewProducer({});
      auto consumer = *log.Read({{"routing", 0}}, {});
      consumer->Seek({"routing", 0}, 0).IgnoreError();
      state.ResumeTiming();
      for (size_t copied = 0; copied < kRecords;) {
        const auto polled = *consumer->Poll(base::Duration(1));
        for (const auto& batch : polled.batches) {
          for (const auto& record : batch.records()) {
            producer
                ->Append({.topic = "commands",
                          .partition = base::PartitionOf(record.key, kPartitions),
                          .key = std::string(record.key),
                          .value = std::string(record.value),
                          .tombstone = false},
                         [](const absl::StatusOr<uint64_t>&) {})
                .IgnoreError();
            ++copied;
          }
        }
      }
      state.PauseTiming();
    }
    world.reset();
    state.ResumeTiming();
  }
  Count(state);
}
BENCHMARK(BM_BareLoop)->Arg(200)->Arg(1000)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

}  // namespace
}  // namespace centralita::stage
