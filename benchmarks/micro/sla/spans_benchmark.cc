// Business time on a calendar of a year with two spans a working day (522 spans), at random moments
// of it. The rivals are walks over the same spans: the naive one begins at the first span of all,
// the other searches the span of its beginning and walks from there.
// Argument: the duration in business hours; 4 is a response, 120 a resolution within three weeks.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "centralita/sla/spans.h"

namespace centralita::sla {
namespace {

using base::Duration;
using base::FromUnixMillis;
using base::TimePoint;

constexpr int64_t kStart = 1'767'225'600'000;
constexpr int64_t kMinute = 60'000;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;

struct Open {
  int64_t start;
  int64_t end;
};

std::vector<Open> Year() {
  std::vector<Open> spans;
  for (int64_t day = 0; day < 365; ++day) {
    // The 1st of January 2026 is a Thursday.
    if ((day + 3) % 7 >= 5) continue;
    const int64_t midnight = kStart + day * kDay;
    spans.push_back({midnight + 8 * kHour, midnight + 13 * kHour});
    spans.push_back({midnight + 14 * kHour + 30 * kMinute, midnight + 17 * kHour});
  }
  return spans;
}

Spans Compiled(const std::vector<Open>& spans) {
  clocks::v1::Calendar calendar;
  for (const Open& open : spans) {
    auto& span = *calendar.add_spans();
    span.set_start_unix_ms(open.start);
    span.set_end_unix_ms(open.end);
  }
  return calendar;
}

std::vector<TimePoint> Moments() {
  std::mt19937_64 random(8);
  std::vector<TimePoint> moments(4096);
  for (TimePoint& moment : moments) {
    moment = FromUnixMillis(kStart + 40 * kDay + static_cast<int64_t>(random() % (280 * kDay)));
  }
  return moments;
}

template <bool search>
class Walk final {
 public:
  explicit Walk(std::vector<Open> spans) : spans_(std::move(spans)) {}

  TimePoint Add(TimePoint start, Duration business) const {
    const int64_t from = base::ToUnixMillis(start);
    int64_t left = business.count();
    for (auto span = After(from); span != spans_.end(); ++span) {
      const int64_t begin = std::max(from, span->start);
      if (left <= span->end - begin) return FromUnixMillis(begin + left);
      left -= span->end - begin;
    }
    return base::kNever;
  }

  Duration Between(TimePoint from, TimePoint to) const {
    const int64_t a = base::ToUnixMillis(from);
    const int64_t b = base::ToUnixMillis(to);
    int64_t sum = 0;
    for (auto span = After(a); span != spans_.end() && span->start < b; ++span) {
      sum += std::min(b, span->end) - std::max(a, span->start);
    }
    return Duration(sum);
  }

 private:
  std::vector<Open>::const_iterator After(int64_t t) const {
    const auto ends_after = [t](const Open& span) { return t < span.end; };
    if (!search) return std::find_if(spans_.begin(), spans_.end(), ends_after);
    return std::partition_point(spans_.begin(), spans_.end(), std::not_fn(ends_after));
  }

  std::vector<Open> spans_;
};

template <typename Question>
void Ask(benchmark::State& state, Question question) {
  const std::vector<TimePoint> moments = Moments();
  const Duration business(state.range(0) * kHour);
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(question(moments[i++ % moments.size()], business));
  }
  state.SetItemsProcessed(state.iterations());
}

void BM_Add(benchmark::State& state) {
  Ask(state, [hours = Compiled(Year())](TimePoint t, Duration d) { return hours.Add(t, d); });
}
void BM_AddWalkNaive(benchmark::State& state) {
  Ask(state, [walk = Walk<false>(Year())](TimePoint t, Duration d) { return walk.Add(t, d); });
}
void BM_AddWalkSearched(benchmark::State& state) {
  Ask(state, [walk = Walk<true>(Year())](TimePoint t, Duration d) { return walk.Add(t, d); });
}
void BM_AddAlwaysOpen(benchmark::State& state) {
  Ask(state, [hours = Spans()](TimePoint t, Duration d) { return hours.Add(t, d); });
}
void BM_Between(benchmark::State& state) {
  Ask(state,
      [hours = Compiled(Year())](TimePoint t, Duration d) { return hours.Between(t, t + 4 * d); });
}
void BM_BetweenWalkNaive(benchmark::State& state) {
  Ask(state,
      [walk = Walk<false>(Year())](TimePoint t, Duration d) { return walk.Between(t, t + 4 * d); });
}
void BM_BetweenWalkSearched(benchmark::State& state) {
  Ask(state,
      [walk = Walk<true>(Year())](TimePoint t, Duration d) { return walk.Between(t, t + 4 * d); });
}
void BM_WarnAt(benchmark::State& state) {
  Ask(state, [hours = Compiled(Year())](TimePoint t, Duration d) { return hours.WarnAt(t, d); });
}
void BM_NextOpen(benchmark::State& state) {
  Ask(state, [hours = Compiled(Year())](TimePoint t, Duration) { return hours.NextOpen(t); });
}

BENCHMARK(BM_Add)->Arg(4)->Arg(120);
BENCHMARK(BM_AddWalkNaive)->Arg(4)->Arg(120);
BENCHMARK(BM_AddWalkSearched)->Arg(4)->Arg(120);
BENCHMARK(BM_AddAlwaysOpen)->Arg(4);
BENCHMARK(BM_Between)->Arg(4)->Arg(120);
BENCHMARK(BM_BetweenWalkNaive)->Arg(4)->Arg(120);
BENCHMARK(BM_BetweenWalkSearched)->Arg(4)->Arg(120);
BENCHMARK(BM_WarnAt)->Arg(4)->Arg(120);
BENCHMARK(BM_NextOpen)->Arg(0);

}  // namespace
}  // namespace centralita::sla
