// Ten million live timers: what setting and cancelling one costs, what one takes of memory, and how
// long a burst takes. The rivals in the same run: absl::btree_set ordered by time, bare and with a
// hash map by key as one needs to find what to cancel; and a Redis sorted set on a real server, a
// hundred members a command and a tenth as many live. Redis' own time is what it takes of its core.
//
// One item is one set or one cancel; half are this, half that, so that the number of live ones
// stays. `B_per_timer` is what resident memory has grown by.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "benchmarks/micro/sla/sample_clocks.h"
#include "centralita/timer/wheel.h"
#include "tests/support/redis_client.h"
#include "tests/support/redis_server.h"
#include "timer_table.h"
#include "timers.h"

namespace centralita::sla_timer {
namespace {

constexpr int64_t kLive = 10'000'000;
constexpr int64_t kBurst = 100'000;
constexpr int64_t kSteps = 1'000'000;

double PerTimer(size_t before, int64_t live) {
  return static_cast<double>(ResidentBytes() - before) / static_cast<double>(live);
}

// Each step cancels the timer of a slot and sets another one in its place.
void Churn(benchmark::State& state, int64_t live,
           const std::function<void(size_t, int64_t)>& step) {
  std::mt19937_64 random(7);
  std::vector<std::pair<uint32_t, int64_t>> plan(kSteps);
  for (auto& [slot, due] : plan) {
    slot = static_cast<uint32_t>(random() % live);
    due = kStart + static_cast<int64_t>(random() % kWithin);
  }
  size_t i = 0;
  for (auto _ : state) {
    const auto& [slot, due] = plan[i++ % plan.size()];
    step((slot + i) % live, due);
  }
  state.SetItemsProcessed(state.iterations() * 2);
}

struct Node {
  int64_t due = 0;
  uint32_t next = timer::kNone;
  uint32_t prev = timer::kNone;
  uint16_t list = timer::WheelSlots::kNoList;
};

// By handle: the works alone.
void BM_Wheel(benchmark::State& state) {
  const int64_t live = state.range(0);
  const size_t before = ResidentBytes();
  timer::Slab<Node> slab;
  timer::Wheel<Node> wheel(slab);
  wheel.StartAt(kStart);
  for (int64_t i = 0; i < live; ++i) {
    const uint32_t node = slab.Take();
    slab[node].due = DueOf(i);
    wheel.Set(node);
  }
  state.counters["B_per_timer"] = PerTimer(before, live);
  Churn(state, live, [&](size_t slot, int64_t due) {
    const auto node = static_cast<uint32_t>(slot);
    wheel.Cancel(node);
    slab[node].due = due;
    wheel.Set(node);
  });
}

void BM_Btree(benchmark::State& state) {
  const int64_t live = state.range(0);
  std::vector<int64_t> due_of(live);
  const size_t before = ResidentBytes();
  absl::btree_set<std::pair<int64_t, uint32_t>> timers;
  for (int64_t i = 0; i < live; ++i) {
    due_of[i] = DueOf(i);
    timers.emplace(due_of[i], static_cast<uint32_t>(i));
  }
  state.counters["B_per_timer"] = PerTimer(before, live);
  Churn(state, live, [&](size_t slot, int64_t due) {
    timers.erase({due_of[slot], static_cast<uint32_t>(slot)});
    due_of[slot] = due;
    timers.emplace(due, static_cast<uint32_t>(slot));
  });
}

// As many as there are steps, so that the timer of none is in the cache because it was just asked
// for; side by side, since whoever asks has just read the name.
class Names final {
 public:
  explicit Names(int64_t live) {
    for (int64_t i = 0; i < kSteps; ++i) all_ += Conversation(i * (live / kSteps));
  }
  std::string_view operator[](size_t i) const {
    return std::string_view(all_).substr(i * kLength, kLength);
  }

 private:
  static constexpr size_t kLength = 36;
  std::string all_;
};

// By tenant, conversation and clock, as text: all that the service keeps of a clock.
void BM_TimersByKey(benchmark::State& state) {
  const int64_t live = state.range(0);
  const size_t before = ResidentBytes();
  TimerTable table;
  table.wheel().StartAt(kStart);
  clocks::v1::ClockSpec spec = ClockEvent(0, 1, false).clocks(0).spec();
  const Place place{"luna", "care"};
  const auto set = [&](std::string_view conversation, int64_t due) {
    const uint32_t timer = table.Add(place, conversation, spec);
    table[timer].due = due;
    table.wheel().Set(timer);
  };
  for (int64_t i = 0; i < live; ++i) set(Conversation(i), DueOf(i));
  state.counters["B_per_timer"] = PerTimer(before, live);
  const Names names(live);
  size_t i = 0;
  for (auto _ : state) {
    const std::string_view name = names[i++ % kSteps];
    table.Remove(table.Find("luna", name, "first_response"));
    set(name, kStart + static_cast<int64_t>(i * 7919 % kWithin));
  }
  state.SetItemsProcessed(state.iterations() * 2);
}

void BM_BtreeByKey(benchmark::State& state) {
  const int64_t live = state.range(0);
  const size_t before = ResidentBytes();
  absl::btree_set<std::pair<int64_t, std::string>> timers;
  absl::flat_hash_map<std::string, int64_t> due_of;
  const auto key = [](std::string_view conversation) {
    return "luna/" + std::string(conversation) + "/first_response";
  };
  for (int64_t i = 0; i < live; ++i) {
    due_of.emplace(key(Conversation(i)), DueOf(i));
    timers.emplace(DueOf(i), key(Conversation(i)));
  }
  state.counters["B_per_timer"] = PerTimer(before, live);
  const Names names(live);
  size_t i = 0;
  for (auto _ : state) {
    const std::string name = key(names[i++ % kSteps]);
    const auto found = due_of.find(name);
    timers.erase({found->second, name});
    due_of.erase(found);
    const int64_t due = kStart + static_cast<int64_t>(i * 7919 % kWithin);
    due_of.emplace(name, due);
    timers.emplace(due, name);
  }
  state.SetItemsProcessed(state.iterations() * 2);
}

constexpr size_t kMembers = 100;

absl::Status Zadd(testing::RedisClient& redis, uint64_t first) {
  std::vector<std::string> command{"ZADD", "timers"};
  for (size_t i = 0; i < kMembers; ++i) {
    command.push_back(std::to_string(DueOf(first + i)));
    command.push_back(Conversation(first + i));
  }
  return redis.Run(command).status();
}

// That the server has used.
double CpuSeconds(testing::RedisClient& redis) {
  const auto info = redis.Run({"INFO", "cpu"});
  if (!info.ok()) return 0;
  const auto field = [&](const std::string& name) {
    return std::stod(info->substr(info->find(name) + name.size()));
  };
  return field("used_cpu_sys:") + field("used_cpu_user:");
}

void BM_RedisSortedSet(benchmark::State& state) {
  const int64_t live = state.range(0);
  auto server = testing::RedisServer::Start({"--appendonly", "no"});
  if (!server.ok()) return state.SkipWithError("no redis-server");
  auto redis = testing::RedisClient::Connect((*server)->port());
  if (!redis.ok()) return state.SkipWithError("no connection");
  for (int64_t i = 0; i < live; i += kMembers) {
    if (!Zadd(*redis, i).ok()) return state.SkipWithError("ZADD");
  }
  const auto info = redis->Run({"INFO", "memory"});
  if (info.ok()) {
    const size_t at = info->find("used_memory:") + 12;
    state.counters["B_per_timer"] = std::stod(info->substr(at)) / static_cast<double>(live);
  }
  const double began = CpuSeconds(*redis);
  uint64_t first = 0;
  for (auto _ : state) {
    std::vector<std::string> command{"ZREM", "timers"};
    for (size_t i = 0; i < kMembers; ++i) command.push_back(Conversation(first + i));
    if (!redis->Run(command).ok() || !Zadd(*redis, live + first).ok()) {
      return state.SkipWithError("ZREM");
    }
    first += kMembers;
  }
  const auto items = static_cast<double>(state.iterations()) * 2 * kMembers;
  state.counters["server_items_per_second"] = items / (CpuSeconds(*redis) - began);
  state.SetItemsProcessed(static_cast<int64_t>(items));
}

class NoOutputs final : public base::Outputs {
 public:
  void Emit(base::OutputTopic, std::string_view, const google::protobuf::MessageLite&) override {}
  void Notify(const google::protobuf::MessageLite&) override {}
};

// A hundred thousand alarms that are due in the same second, as commands and as bytes, taken every
// five milliseconds as the service does; `longest_turn_ms` is how late the last of a turn is.
void BM_Burst(benchmark::State& state) {
  const AlwaysOpen calendars;
  std::atomic<int64_t> live{0};
  NoOutputs outputs;
  double longest = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto timers = std::make_unique<Timers>(calendars, AlarmPolicy{}, live);
    for (uint64_t i = 0; i < static_cast<uint64_t>(kBurst); ++i) {
      events::v1::Event event = ClockEvent(i, 1, false);
      event.mutable_clocks(0)->mutable_spec()->clear_warn_before_ms();
      event.mutable_clocks(0)->set_deadline_unix_ms(kStart + 3'600'000 +
                                                    static_cast<int64_t>(i * 7 % 1000));
      timers->Apply({0, i, base::FromUnixMillis(kStart), "", event.SerializeAsString()}, outputs);
    }
    state.ResumeTiming();
    size_t taken = 0;
    for (int64_t at = kStart + 3'600'000 - 70'000; at <= kStart + 3'601'000; at += 5) {
      const auto began = std::chrono::steady_clock::now();
      for (;;) {
        const auto due = timers->TakeDue(base::FromUnixMillis(at), 1000);
        for (const auto& each : due) {
          benchmark::DoNotOptimize(each.alarm.SerializeAsString());
          ++taken;
        }
        if (due.empty()) break;
      }
      const std::chrono::duration<double, std::milli> turn =
          std::chrono::steady_clock::now() - began;
      longest = std::max(longest, turn.count());
    }
    if (taken != static_cast<size_t>(kBurst)) return state.SkipWithError("not all came");
    state.PauseTiming();
    timers.reset();
    state.ResumeTiming();
  }
  state.counters["longest_turn_ms"] = longest;
  state.SetItemsProcessed(state.iterations() * kBurst);
}

// Once each: filling takes longer than what is measured.
BENCHMARK(BM_Wheel)->Arg(kLive)->Iterations(kSteps);
BENCHMARK(BM_TimersByKey)->Arg(kLive)->Iterations(kSteps);
BENCHMARK(BM_Burst)->Unit(benchmark::kMillisecond)->Iterations(3);
BENCHMARK(BM_RedisSortedSet)->Arg(kLive / 10)->Unit(benchmark::kMicrosecond)->Iterations(2000);
BENCHMARK(BM_Btree)->Arg(kLive)->Iterations(kSteps);
BENCHMARK(BM_BtreeByKey)->Arg(kLive)->Iterations(kSteps);

}  // namespace
}  // namespace centralita::sla_timer
