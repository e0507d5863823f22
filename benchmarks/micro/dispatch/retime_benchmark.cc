// A policy with another target and other hours comes while a million clocks run: how long until all
// are timed anew, and how long the longest single record takes (nothing else is applied meanwhile).
// Ticks come as fast as they are applied; a router appends one every 5 ms at most.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string>

#include "centralita/base/time.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/dispatch/dispatch.h"
#include "fmt/format.h"

namespace centralita::dispatch {
namespace {

constexpr int64_t kStart = 1'767'571'200'000;  // 2026-01-05, a Monday
constexpr int64_t kHour = 3'600'000;
constexpr int64_t kDay = 24 * kHour;
constexpr int kClocksEach = 2;

class Serialiser final : public base::Outputs {
 public:
  void Emit(base::OutputTopic topic, std::string_view key,
            const google::protobuf::MessageLite& value) override {
    value.SerializeToString(&buffer_);
    bytes += buffer_.size();
    ++outputs;
  }
  void Notify(const google::protobuf::MessageLite& update) override {}
  uint64_t bytes = 0;
  uint64_t outputs = 0;

 private:
  std::string buffer_;
};

clocks::v1::ClockSpec Spec(const char* name, clocks::v1::ClockKind kind, int64_t target) {
  clocks::v1::ClockSpec spec;
  spec.set_name(name);
  spec.set_rule(name);
  spec.set_kind(kind);
  spec.set_target_ms(target);
  spec.set_calendar("office");
  spec.add_warn_before_ms(target / 2);
  spec.add_warn_before_ms(target / 8);
  return spec;
}

// Two spans a day for a year.
void FillOffice(clocks::v1::Calendar& calendar, int64_t opens) {
  calendar.set_name("office");
  calendar.set_known_from_unix_ms(kStart - 30 * kDay);
  for (int day = -30; day < 365; ++day) {
    if ((day + 35) % 7 >= 5) continue;
    for (const int64_t hour : {opens, opens + 6}) {
      auto& span = *calendar.add_spans();
      span.set_start_unix_ms(kStart + day * kDay + hour * kHour);
      span.set_end_unix_ms(span.start_unix_ms() + 4 * kHour);
    }
  }
  calendar.set_known_until_unix_ms(kStart + 365 * kDay);
}

class Shop final {
 public:
  explicit Shop(int conversations) : machine_(0) {
    Apply(Activation(1, 9, 8 * kHour));
    for (int i = 0; i < conversations; ++i) Apply(Enqueue(i));
  }

  struct Result {
    double total_s = 0;
    double worst_s = 0;
    int records = 0;
  };
  Result Change() {
    Result result;
    now_ += kHour;
    commands::v1::Command tick;
    tick.mutable_tick();
    const auto take = [&](const commands::v1::Command& command) {
      const double seconds = Apply(command);
      result.total_s += seconds;
      result.worst_s = std::max(result.worst_s, seconds);
      ++result.records;
    };
    take(Activation(2, 8, 6 * kHour));
    while (machine_.NextDue() <= base::FromUnixMillis(now_)) take(tick);
    return result;
  }
  const Serialiser& out() const { return out_; }

 private:
  double Apply(const commands::v1::Command& command) {
    command.SerializeToString(&bytes_);
    const auto begin = std::chrono::steady_clock::now();
    machine_.Apply({0, offset_++, base::FromUnixMillis(now_), "acme/support", bytes_}, out_);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  static commands::v1::Command Begin() {
    commands::v1::Command command;
    command.set_tenant("acme");
    command.set_pool("support");
    return command;
  }

  static commands::v1::Command Activation(uint64_t version, int64_t opens, int64_t target) {
    auto command = Begin();
    auto& activate = *command.mutable_activate();
    activate.set_version(version);
    activate.set_parts(1);
    activate.mutable_pool()->add_queues()->set_name("general");
    FillOffice(*activate.add_calendars(), opens);
    for (const auto& spec : Specs(target)) {
      auto& rule = *activate.add_clocks();
      rule.set_name(spec.rule());
      *rule.mutable_spec() = spec;
    }
    return command;
  }

  static std::array<clocks::v1::ClockSpec, kClocksEach> Specs(int64_t target) {
    return {Spec("first", clocks::v1::CLOCK_KIND_FIRST_RESPONSE, target),
            Spec("resolution", clocks::v1::CLOCK_KIND_RESOLUTION, 3 * target)};
  }

  commands::v1::Command Enqueue(int i) {
    now_ += i % 16 == 0 ? 1 : 0;
    auto command = Begin();
    auto& enqueue = *command.mutable_enqueue();
    enqueue.set_conversation_id(fmt::format("{:08x}-0000-4000-8000-{:012x}", i, i * 7919LL));
    enqueue.set_customer_id(fmt::format("customer-{}", i));
    enqueue.set_revision(1);
    enqueue.set_units(25);
    enqueue.set_eligible_unix_ms(now_);
    enqueue.add_steps()->set_queue("general");
    enqueue.mutable_facts()->set_intent("order_status");
    enqueue.mutable_facts()->set_language("es");
    auto& message = *enqueue.add_messages();
    message.set_message_id(enqueue.conversation_id());
    message.set_sequence(1);
    message.set_accepted_unix_ms(now_);
    message.set_said_unix_ms(now_);
    enqueue.set_first_sequence(1);
    enqueue.set_policy_version(1);
    for (const auto& spec : Specs(8 * kHour)) {
      auto& clock = *enqueue.add_clocks();
      *clock.mutable_spec() = spec;
      clock.set_policy_version(1);
    }
    return command;
  }

  Dispatch machine_;
  Serialiser out_;
  int64_t now_ = kStart + 9 * kHour;
  uint64_t offset_ = 0;
  std::string bytes_;
};

void BM_PolicyChange(benchmark::State& state) {
  const auto clocks = static_cast<double>(state.range(0));
  for (auto _ : state) {
    auto shop = std::make_unique<Shop>(static_cast<int>(state.range(0)) / kClocksEach);
    const uint64_t before = shop->out().outputs;
    const Shop::Result result = shop->Change();
    state.SetIterationTime(result.total_s);
    state.counters["worst_record_ms"] = result.worst_s * 1e3;
    state.counters["records"] = result.records;
    state.counters["events"] = static_cast<double>(shop->out().outputs - before);
    state.counters["with_5ms_ticks_s"] = result.total_s + 0.005 * result.records;
    state.counters["us_per_clock"] = result.total_s * 1e6 / clocks;
  }
}
BENCHMARK(BM_PolicyChange)
    ->ArgName("clocks")
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace centralita::dispatch
