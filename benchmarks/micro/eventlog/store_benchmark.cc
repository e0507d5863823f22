// The embedded store as stages and services use it: checkpoints of many entries, and profiles in
// batches.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "centralita/base/clock.h"
#include "centralita/store/sqlite_store.h"
#include "tests/contract/temp_folder.h"

namespace centralita::store {
namespace {

struct OpenStore {
  OpenStore() { store = *OpenSqliteStore({.path = folder.File("store.db")}, clock); }
  contract::TempFolder folder;
  base::SystemClock clock;
  std::unique_ptr<Store> store;
};

// A checkpoint of `range` entries of 300 bytes among 100,000, with a condition. Items are entries.
void BM_StoreCheckpoint(benchmark::State& state) {
  OpenStore open;
  const std::string value(300, 'v');
  uint64_t next = 0;
  uint64_t header = 0;
  Transaction transaction{.partition = "stage/route/0", .conditions = {}, .puts = {}, .erases = {}};
  for (auto _ : state) {
    transaction.conditions.clear();
    transaction.puts.clear();
    if (header != 0) transaction.conditions.push_back({"header", std::to_string(header)});
    transaction.puts.push_back({"header", std::to_string(++header), base::Duration(0)});
    for (int64_t i = 0; i < state.range(0); ++i) {
      next = (next * 6364136223846793005U + 1442695040888963407U);
      transaction.puts.push_back(
          {"e/conversation-" + std::to_string((next >> 33) % 100'000), value, base::Duration(0)});
    }
    if (!open.store->Commit(transaction).ok()) state.SkipWithError("a commit failed");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_StoreCheckpoint)
    ->Arg(1)
    ->Arg(100)
    ->Arg(10'000)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

// `range` transactions of one entry each in one round. Items are transactions.
void BM_StoreCommitMany(benchmark::State& state) {
  OpenStore open;
  std::vector<Transaction> transactions;
  for (int64_t i = 0; i < state.range(0); ++i) {
    transactions.push_back(
        {.partition = "profile/" + std::to_string(i % 64),
         .conditions = {},
         .puts = {{"customer-" + std::to_string(i), std::string(300, 'v'), base::Duration(0)}},
         .erases = {}});
  }
  for (auto _ : state) benchmark::DoNotOptimize(open.store->CommitMany(transactions));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_StoreCommitMany)->Arg(1)->Arg(100)->Arg(1'000)->UseRealTime()->MeasureProcessCPUTime();

// `range` of 100,000 keys in one round. Items are keys.
void BM_StoreGetMany(benchmark::State& state) {
  OpenStore open;
  constexpr int kKeys = 100'000;
  const auto key_of = [](uint64_t i) {
    return Key{"profile/" + std::to_string(i % 64), "customer-" + std::to_string(i)};
  };
  std::vector<Transaction> fill;
  for (int i = 0; i < kKeys; ++i) {
    const Key key = key_of(static_cast<uint64_t>(i));
    fill.push_back({.partition = key.partition,
                    .conditions = {},
                    .puts = {{key.name, std::string(300, 'v'), base::Duration(0)}},
                    .erases = {}});
  }
  (void)open.store->CommitMany(fill);
  uint64_t next = 0;
  std::vector<Key> keys(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    for (Key& key : keys) {
      next = (next * 6364136223846793005U + 1442695040888963407U);
      key = key_of((next >> 33) % kKeys);
    }
    benchmark::DoNotOptimize(open.store->GetMany(keys));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_StoreGetMany)->Arg(1)->Arg(100)->UseRealTime();

}  // namespace
}  // namespace centralita::store
