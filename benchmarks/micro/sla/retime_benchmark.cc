// What a policy that changes costs: a clock under a calendar of a year that is refreshed, which
// moves nothing, and under one whose hours differ, which moves each deadline. One item is one
// clock, copy of its state included; a million of them are a shard's bulk work in slices.
#include <cstdint>
#include <random>
#include <vector>

#include "benchmark/benchmark.h"
#include "centralita/sla/clock.h"

namespace centralita::sla {
namespace {

constexpr int64_t kStart = 1'767'225'600'000;
constexpr int64_t kHour = 3'600'000;
constexpr int64_t kDay = 24 * kHour;

Spans Office(int64_t opens, int64_t days) {
  clocks::v1::Calendar calendar;
  calendar.set_known_from_unix_ms(kStart);
  calendar.set_known_until_unix_ms(kStart + days * kDay);
  for (int64_t day = 0; day < days; ++day) {
    if (day % 7 >= 5) continue;
    auto& span = *calendar.add_spans();
    span.set_start_unix_ms(kStart + day * kDay + opens * kHour);
    span.set_end_unix_ms(kStart + day * kDay + 17 * kHour);
  }
  return calendar;
}

std::vector<clocks::v1::ClockState> Running(const Spans& hours) {
  std::mt19937_64 random(8);
  std::vector<clocks::v1::ClockState> clocks(4096);
  for (auto& clock : clocks) {
    auto& spec = *clock.mutable_spec();
    spec.set_name("first_response");
    spec.set_calendar("office");
    spec.set_target_ms(4 * kHour);
    spec.add_warn_before_ms(kHour);
    spec.add_warn_before_ms(kHour / 4);
    clock = Start(clock, hours,
                  base::FromUnixMillis(kStart + 7 * kDay + static_cast<int64_t>(random() % kDay)));
  }
  return clocks;
}

void Retimed(benchmark::State& state, const Spans& after) {
  const Spans before = Office(9, 365);
  const std::vector<clocks::v1::ClockState> clocks = Running(before);
  const base::TimePoint now = base::FromUnixMillis(kStart + 8 * kDay);
  size_t i = 0;
  for (auto _ : state) {
    const auto& clock = clocks[i++ % clocks.size()];
    benchmark::DoNotOptimize(Retime(clock, clock.spec(), before, after, now));
  }
  state.SetItemsProcessed(state.iterations());
}

void BM_RetimeRefreshed(benchmark::State& state) { Retimed(state, Office(9, 393)); }
void BM_RetimeOtherHours(benchmark::State& state) { Retimed(state, Office(10, 365)); }

BENCHMARK(BM_RetimeRefreshed);
BENCHMARK(BM_RetimeOtherHours);

}  // namespace
}  // namespace centralita::sla
